// A controller with a device made of memory, for tests: it answers what the test says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "libs/base/result.h"
#include "libs/usb/descriptors.h"
#include "libs/usb/host_controller.h"

namespace ashlar::usb {

using Bytes = std::vector<std::byte>;

/// Bytes from numbers.
inline Bytes MakeBytes(std::initializer_list<int> numbers) {
  Bytes bytes;
  for (const int number : numbers) {
    bytes.push_back(static_cast<std::byte>(number));
  }
  return bytes;
}

/// A string descriptor.
inline Bytes MakeString(std::string_view text) {
  Bytes bytes = MakeBytes({static_cast<int>(2 + 2 * text.size()), DescriptorType::kString});
  for (const char character : text) {
    bytes.push_back(static_cast<std::byte>(character));
    bytes.push_back(std::byte{0});
  }
  return bytes;
}

/// A network adapter like QEMU's: its second configuration is CDC-ECM.
inline std::map<std::uint16_t, Bytes> AdapterDescriptors() {
  return {
      {0x100, MakeBytes({18, 1, 0, 2, 2, 0, 0, 64, 0x25, 0x05, 0xa2, 0xa4, 0, 0, 1, 2, 10, 2})},
      {0x200, MakeBytes({9, 2, 18, 0, 1, 2, 0, 0xc0, 50,  // one that is something else
                         9, 4, 0, 0, 0, 2, 2, 0xff, 0})},
      {0x201, MakeBytes({9,  2,    80,   0,    2,  1,  0,  0xc0, 50,  //
                         9,  4,    0,    0,    1,  2,  6,  0,    0,   // control interface
                         5,  0x24, 0,    0x10, 1,                     //
                         5,  0x24, 6,    0,    1,                     // union
                         13, 0x24, 15,   3,    0,  0,  0,  0,    0xea,
                         5,  0,    0,    0,                          // Ethernet, 1,514 bytes
                         7,  5,    0x81, 3,    16, 0,  32,           //
                         9,  4,    1,    0,    0,  10, 0,  0,    0,  // data, without endpoints
                         9,  4,    1,    1,    2,  10, 0,  0,    0,  // and with
                         7,  5,    0x82, 2,    64, 0,  0,            //
                         7,  5,    0x02, 2,    64, 0,  0})},
      {0x300, MakeBytes({4, 3, 9, 4})},
      {0x303, MakeString("400102030405")},
  };
}

/// See above. What is not in `descriptors`, by the value of the request for them, is refused.
class FakeController final : public HostController {
 public:
  /// A transfer that was begun.
  struct Transfer {
    Endpoint endpoint;
    std::span<std::byte> buffer = {};
    bool under_way = false;
    std::optional<Result<std::size_t>> result = {};
  };

  Result<Speed> ResetPort() override {
    return connected ? Result<Speed>(speed) : std::unexpected(Error::kNotFound);
  }
  void Sleep(std::chrono::milliseconds) override {}

  Result<std::size_t> Control(const Link& link, const Setup& setup,
                              std::span<std::byte> data) override {
    constexpr std::uint8_t kGetDescriptor = 6;
    links.push_back(link);
    setups.push_back(setup);
    if (setup.length != data.size()) {
      __builtin_trap();
    }
    if (!setup.in()) {
      return refused == setup.request ? std::unexpected(Error::kInputOutput)
                                      : Result<std::size_t>(0);
    }
    const auto found = descriptors.find(setup.value);
    if (setup.request != kGetDescriptor || found == descriptors.end()) {
      return std::unexpected(Error::kInputOutput);
    }
    const std::size_t size = std::min(data.size(), found->second.size());
    std::ranges::copy(std::span(found->second).first(size), data.begin());
    return size;
  }

  Result<Pipe> OpenBulk(const Link&, const Endpoint& endpoint) override {
    if (pipes == transfers.size()) {
      return std::unexpected(Error::kNoSpace);
    }
    transfers[pipes] = {.endpoint = endpoint};
    return static_cast<Pipe>(pipes++);
  }

  Result<void> Start(Pipe pipe, std::span<std::byte> buffer) override {
    if (start_error) {
      return std::unexpected(*start_error);
    }
    Transfer& transfer = transfers[pipe];
    if (transfer.under_way || reinterpret_cast<std::uintptr_t>(buffer.data()) % kAlignment != 0) {
      __builtin_trap();
    }
    transfer.buffer = buffer;
    transfer.under_way = true;
    if (!transfer.endpoint.in()) {
      sent.emplace_back(buffer.begin(), buffer.end());
    }
    return {};
  }

  Result<std::size_t> Finish(Pipe pipe) override {
    Transfer& transfer = transfers[pipe];
    if (!transfer.result) {
      return std::unexpected(Error::kWouldBlock);
    }
    const Result<std::size_t> result = *transfer.result;
    transfer.result.reset();
    transfer.under_way = false;
    return result;
  }

  bool Interrupt(bool wanted) override {
    interrupts = wanted;
    return std::ranges::none_of(
        transfers, [](const Transfer& transfer) { return transfer.result.has_value(); });
  }

  // What the controller does.

  /// Has a frame arrive; false if none is waited for.
  bool Receive(std::span<const std::byte> frame) {
    Transfer* const transfer = UnderWay(true);
    if (transfer == nullptr) {
      return false;
    }
    const std::size_t size = std::min(frame.size(), transfer->buffer.size());
    std::ranges::copy(frame.first(size), transfer->buffer.begin());
    transfer->result = size;
    return true;
  }
  /// Ends what is being written, or read, this way; false if nothing is.
  bool End(bool in, const Result<std::size_t>& result) {
    Transfer* const transfer = UnderWay(in);
    if (transfer == nullptr) {
      return false;
    }
    transfer->result = result;
    return true;
  }
  bool EndSending() { return End(false, sent.empty() ? 0 : sent.back().size()); }

  bool connected = true;
  Speed speed = Speed::kFull;
  std::uint8_t refused = 0;  // a request without an answer that fails
  std::optional<Error> start_error;
  std::map<std::uint16_t, Bytes> descriptors;
  std::vector<Link> links;
  std::vector<Setup> setups;
  std::vector<Bytes> sent;
  bool interrupts = false;
  std::array<Transfer, 2> transfers = {};
  std::size_t pipes = 0;

 private:
  Transfer* UnderWay(bool in) {
    for (Transfer& transfer : transfers) {
      if (transfer.under_way && !transfer.result && transfer.endpoint.in() == in) {
        return &transfer;
      }
    }
    return nullptr;
  }
};

}  // namespace ashlar::usb
