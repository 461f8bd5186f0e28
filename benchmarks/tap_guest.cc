// The command lines of images on the tap.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/tap_guest.h"

#include <fcntl.h>

#include <chrono>
#include <expected>
#include <format>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace benchmarks {

std::expected<TapNetwork, std::string> TapNetwork::Enter() {
  auto network = ashlar::run::EnterNetworkNamespace();
  if (!network.has_value()) {
    return std::unexpected(network.error());
  }
  fcntl(network->tap.get(), F_SETFD, 0);  // The guests inherit it.
  return TapNetwork(*std::move(network));
}

Words TapNetwork::Kvm(const std::string& qemu, const std::string& image,
                      std::string_view memory) const {
  std::string parameters;
  for (const std::string& parameter : network_.parameters) {
    parameters += parameter + " ";
  }
  return Machine(qemu, "pc", memory, image) +
         Words{"-netdev", std::format("tap,id=net,fd={}", network_.tap.get()),
               "-device", "virtio-net-pci,netdev=net,disable-legacy=on,romfile=",
               "-append", parameters + "--"};
}

Words TapNetwork::Linuxu(const std::string& image, std::string_view memory) const {
  return Words{image, std::format("linuxu.memory={}", memory),
               std::format("net.tap_fd={}", network_.tap.get())} +
         network_.parameters + Words{"--"};
}

bool WaitForAnswer(const Server& server, std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < deadline) {
    auto connection = Connection::Open(server);
    if (connection && connection->Get("/small.txt", false)) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace benchmarks
