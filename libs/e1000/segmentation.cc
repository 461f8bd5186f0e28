// What the controller wants before it cuts a large TCP frame into small ones.
// SPDX-License-Identifier: Apache-2.0
#include "libs/e1000/segmentation.h"

namespace ashlar::e1000 {
namespace {

constexpr std::size_t kEthernet = 14;
constexpr std::size_t kIpv4 = 20;  // without options
constexpr std::size_t kIpv6 = 40;
constexpr std::size_t kTcp = 20;
constexpr std::size_t kTcpChecksum = 16;  // in its header
constexpr std::uint32_t kTcpProtocol = 6;

// Where the parts of an IP header are.
constexpr std::size_t kIpv4Length = kEthernet + 2;
constexpr std::size_t kIpv4Checksum = kEthernet + 10;
constexpr std::size_t kIpv4Addresses = kEthernet + 12;
constexpr std::size_t kIpv6Length = kEthernet + 4;
constexpr std::size_t kIpv6Addresses = kEthernet + 8;

std::uint32_t Load16(std::span<const std::byte> bytes, std::size_t offset) {
  return std::to_integer<std::uint32_t>(bytes[offset]) << 8 |
         std::to_integer<std::uint32_t>(bytes[offset + 1]);
}
void Store16(std::span<std::byte> bytes, std::size_t offset, std::uint32_t value) {
  bytes[offset] = static_cast<std::byte>(value >> 8);
  bytes[offset + 1] = static_cast<std::byte>(value);
}

// Where TCP's header begins behind an IP header of this kind; nothing if there is none.
std::optional<std::size_t> EndOfIp(std::span<const std::byte> headers, bool ipv6) {
  if (headers.size() < kEthernet + kIpv4 + kTcp) {
    return std::nullopt;
  }
  const auto first = std::to_integer<unsigned>(headers[kEthernet]);
  if (ipv6) {
    return first >> 4 == 6 ? std::optional(kEthernet + kIpv6) : std::nullopt;
  }
  const std::size_t size = (first & 0xfu) * 4;
  return first >> 4 == 4 && size >= kIpv4 ? std::optional(kEthernet + size) : std::nullopt;
}

// The addresses and the protocol, folded to 16 bits.
std::uint32_t PseudoHeaderSum(std::span<const std::byte> headers, bool ipv6) {
  std::uint32_t sum = kTcpProtocol;
  const std::size_t first = ipv6 ? kIpv6Addresses : kIpv4Addresses;
  const std::size_t end = first + (ipv6 ? 32 : 8);
  for (std::size_t i = first; i < end; i += 2) {
    sum += Load16(headers, i);
  }
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

}  // namespace

std::optional<TransmitDescriptor> PrepareSegmentation(std::span<std::byte> headers,
                                                      const netdev::Offload& offload,
                                                      std::size_t frame_size) {
  const bool ipv6 = offload.segmentation == netdev::Offload::Segmentation::kTcp6;
  const std::optional<std::size_t> tcp = EndOfIp(headers, ipv6);
  if (!tcp || !offload.checksum || offload.checksum_start != *tcp ||
      offload.checksum_offset != kTcpChecksum || offload.segment_size == 0 ||
      headers.size() > kMaxHeaders || headers.size() < *tcp + kTcp ||
      headers.size() >= frame_size) {
    return std::nullopt;
  }
  if (ipv6) {
    Store16(headers, kIpv6Length, 0);
  } else {
    Store16(headers, kIpv4Length, 0);
    Store16(headers, kIpv4Checksum, 0);
  }
  Store16(headers, *tcp + kTcpChecksum, PseudoHeaderSum(headers, ipv6));

  const auto start = static_cast<std::uint8_t>(*tcp);
  std::uint64_t where =
      TransmitDescriptor::Context(start, static_cast<std::uint8_t>(start + kTcpChecksum));
  std::uint32_t command = static_cast<std::uint32_t>(frame_size - headers.size()) |
                          TransmitDescriptor::kExtended | TransmitDescriptor::kSegment |
                          TransmitDescriptor::kContextOfTcp;
  where |= kEthernet;
  if (!ipv6) {
    where |= std::uint64_t{kIpv4Checksum} << 8 | std::uint64_t{start - 1u} << 16;
    command |= TransmitDescriptor::kContextOfIpv4;
  }
  return TransmitDescriptor{where, command, 0, static_cast<std::uint8_t>(headers.size()),
                            offload.segment_size};
}

}  // namespace ashlar::e1000
