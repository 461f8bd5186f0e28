// Images on a tap device in a network namespace of this process's own: the host is 10.0.2.2, the
// image 10.0.2.15.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "benchmarks/guest.h"
#include "benchmarks/http_client.h"
#include "tools/run/host_network.h"

namespace benchmarks {

/// The one tap. Guests use it one after another.
class TapNetwork {
 public:
  /// Moves this process into its namespace, for good: it must have one thread. Or why it can't.
  static std::expected<TapNetwork, std::string> Enter();

  static constexpr Server kServer{.address = 10u << 24 | 2u << 8 | 15, .port = 80};

  /// The command lines that start an image on the tap.
  Words Kvm(const std::string& qemu, const std::string& image, std::string_view memory) const;
  Words Linuxu(const std::string& image, std::string_view memory) const;

 private:
  explicit TapNetwork(ashlar::run::Network network) : network_(std::move(network)) {}

  ashlar::run::Network network_;
};

/// Whether the server answers within `limit`.
bool WaitForAnswer(const Server& server, std::chrono::seconds limit);

}  // namespace benchmarks
