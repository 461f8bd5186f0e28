// linuxu's set of network drivers: the tap or packet socket that the command line names.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cstddef>
#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/command_line/command_line.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/tap/tap.h"

namespace ashlar::netdev {
namespace {

alignas(tap::Tap) constinit std::byte storage[sizeof(tap::Tap)] = {};
constinit std::array<NetDevice*, 1> devices = {};
constinit std::size_t count = 0;
constinit bool looked = false;

Result<tap::Attachment> AdoptNumber(std::string_view number) {
  int fd = -1;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), fd);
  if (error != std::errc() || end != number.data() + number.size()) {
    return std::unexpected(Error::kInvalidArgument);
  }
  return tap::Adopt(fd);
}

std::string_view Advice(Error error) {
  switch (error) {
    case Error::kPermission:
      return "run as root, or for a tap: ip tuntap add NAME mode tap user USER vnet_hdr";
    case Error::kExists:
      return "another process has it";
    case Error::kNotFound:
      return "the host has no such interface, or no /dev/net/tun (modprobe tun)";
    case Error::kUnsupported:
      return "it must be a tap with vnet_hdr and no packet information";
    case Error::kInvalidArgument:
      return "it is no tap device, or its mode differs (multi_queue, no vnet_hdr)";
    default:
      return "the host refuses";
  }
}

// What the command line asks for; the first of these parameters counts.
struct Way {
  std::string_view parameter;
  Result<tap::Attachment> (*open)(std::string_view value);
};
constexpr Way kWays[] = {
    {"net.tap_fd", AdoptNumber},
    {"net.tap", tap::Open},
    {"net.packet", tap::OpenPacketSocket},
};

void Start(const Way& way, std::string_view value) {
  const Result<tap::Attachment> attachment = way.open(value);
  if (!attachment.has_value()) {
    log::Error("tap", way.parameter, "=", value, ": ", attachment.error(), ": ",
               Advice(attachment.error()));
    return;
  }
  const Result<std::span<std::byte>> memory = page_allocator::Allocate(tap::Tap::kMemorySize);
  if (!memory.has_value()) {
    log::Error("tap", "receive buffers: ", memory.error(), ": give the image more linuxu.memory");
    return;
  }
  auto* const device = new (storage) tap::Tap(*attachment, *memory);
  const Result<void> listening = device->Listen();
  if (!listening.has_value()) {
    log::Error("tap", "event: ", listening.error());
    return;
  }
  devices[count++] = device;
}

void Look() {
  for (const Way& way : kWays) {
    if (const std::optional<std::string_view> value = command_line::Parameter(way.parameter)) {
      Start(way, *value);
      return;
    }
  }
}

}  // namespace

std::span<NetDevice* const> Devices() {
  if (!looked) {
    looked = true;
    Look();
  }
  return std::span(devices).first(count);
}

}  // namespace ashlar::netdev
