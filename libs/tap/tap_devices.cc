// linuxu's set of network drivers: the tap that the command line names.
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
      return "run as root, or make it for this user: ip tuntap add NAME mode tap user USER vnet_hdr";
    case Error::kExists:
      return "another process has it";
    case Error::kNotFound:
      return "the host has no /dev/net/tun: modprobe tun";
    case Error::kUnsupported:
      return "it must be a tap with vnet_hdr and no packet information";
    case Error::kInvalidArgument:
      return "it is no tap device, or its mode differs (multi_queue, no vnet_hdr)";
    default:
      return "the host refuses";
  }
}

void Look() {
  const std::optional<std::string_view> fd = command_line::Parameter("net.tap_fd");
  const std::optional<std::string_view> name = command_line::Parameter("net.tap");
  if (!fd.has_value() && !name.has_value()) {
    return;
  }
  const Result<tap::Attachment> attachment = fd.has_value() ? AdoptNumber(*fd) : tap::Open(*name);
  if (!attachment.has_value()) {
    log::Error("tap", fd.has_value() ? "descriptor " : "", fd.value_or(name.value_or("")), ": ", attachment.error(),
               ": ", Advice(attachment.error()));
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

}  // namespace

std::span<NetDevice* const> Devices() {
  if (!looked) {
    looked = true;
    Look();
  }
  return std::span(devices).first(count);
}

}  // namespace ashlar::netdev
