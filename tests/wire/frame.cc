// TCP over IPv4: cutting, checksums, corruption that the checksums tell.
// SPDX-License-Identifier: Apache-2.0
#include "tests/wire/frame.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::wire {
namespace {

constexpr std::size_t kEthernetSize = 14;
constexpr std::size_t kTcpChecksum = 16;  // its place in the TCP header
constexpr std::uint8_t kFin = 0x01;
constexpr std::uint8_t kPush = 0x08;
constexpr std::uint8_t kCongestionReduced = 0x80;

std::uint32_t Load(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + size; ++i) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return value;
}

void Store(std::string& bytes, std::size_t at, std::size_t size, std::uint32_t value) {
  for (std::size_t i = at + size; i > at; --i) {
    bytes[i - 1] = static_cast<char>(value & 0xff);
    value >>= 8;
  }
}

// Where things lie in a frame for which IsTcp4() holds.
struct Layout {
  std::size_t tcp;      // where the TCP header begins
  std::size_t payload;  // and its payload
  std::size_t end;      // and padding, if any
};

Layout LayoutOf(std::string_view bytes) {
  const std::size_t tcp = kEthernetSize + 4 * (Load(bytes, kEthernetSize, 1) & 15);
  return {.tcp = tcp,
          .payload = tcp + 4 * (Load(bytes, tcp + 12, 1) >> 4),
          .end = kEthernetSize + Load(bytes, kEthernetSize + 2, 2)};
}

// The ones' complement sum, folded [RFC1071].
std::uint32_t Sum(std::string_view bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i])) << (i % 2 == 0 ? 8 : 0);
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}

std::uint32_t IpSum(std::string_view bytes, const Layout& layout) {
  return Sum(bytes.substr(kEthernetSize, layout.tcp - kEthernetSize));
}

std::uint32_t TcpSum(std::string_view bytes, const Layout& layout) {
  constexpr std::uint32_t kTcp = 6;
  const std::string_view addresses = bytes.substr(kEthernetSize + 12, 8);
  const std::size_t size = layout.end - layout.tcp;
  return Sum(bytes.substr(layout.tcp, size),
             Sum(addresses, kTcp + static_cast<std::uint32_t>(size)));
}

void FinishChecksums(std::string& bytes) {
  const Layout layout = LayoutOf(bytes);
  Store(bytes, kEthernetSize + 10, 2, 0);
  Store(bytes, kEthernetSize + 10, 2, ~IpSum(bytes, layout));
  Store(bytes, layout.tcp + kTcpChecksum, 2, 0);
  Store(bytes, layout.tcp + kTcpChecksum, 2, ~TcpSum(bytes, layout));
}

}  // namespace

bool IsTcp4(const Frame& frame) {
  constexpr std::uint32_t kIpv4 = 0x0800;
  constexpr std::uint32_t kTcp = 6;
  const std::string_view bytes = frame.bytes;
  if (bytes.size() < kEthernetSize + 40 || Load(bytes, 12, 2) != kIpv4 ||
      Load(bytes, kEthernetSize, 1) >> 4 != 4 || Load(bytes, kEthernetSize + 9, 1) != kTcp) {
    return false;
  }
  const std::size_t tcp = kEthernetSize + 4 * (Load(bytes, kEthernetSize, 1) & 15);
  if (tcp < kEthernetSize + 20 || tcp + 20 > bytes.size()) {
    return false;
  }
  const Layout layout = LayoutOf(bytes);
  return layout.payload >= tcp + 20 && layout.payload <= layout.end && layout.end <= bytes.size();
}

std::size_t WireFrames(const Frame& frame) {
  if (frame.header.segmentation_type == 0 || !IsTcp4(frame)) {
    return 1;
  }
  const Layout layout = LayoutOf(frame.bytes);
  const std::size_t size = std::max<std::size_t>(frame.header.segment_size, 1);
  return std::max<std::size_t>((layout.end - layout.payload + size - 1) / size, 1);
}

std::vector<Frame> ToWire(const Frame& frame) {
  std::vector<Frame> wire;
  if (!IsTcp4(frame)) {
    wire.push_back(frame);
    return wire;
  }
  const std::string_view bytes = frame.bytes;
  const Layout layout = LayoutOf(bytes);
  const std::size_t count = WireFrames(frame);
  const std::size_t most = count == 1 ? layout.end - layout.payload : frame.header.segment_size;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t from = layout.payload + i * most;
    const std::size_t size = std::min(most, layout.end - from);
    std::string segment(bytes.substr(0, layout.payload));
    segment += bytes.substr(from, size);
    Store(segment, kEthernetSize + 2, 2,
          static_cast<std::uint32_t>(segment.size() - kEthernetSize));
    const std::uint32_t id = Load(bytes, kEthernetSize + 4, 2);
    Store(segment, kEthernetSize + 4, 2, id + static_cast<std::uint32_t>(i));
    const std::uint32_t sequence = Load(bytes, layout.tcp + 4, 4);
    Store(segment, layout.tcp + 4, 4, sequence + static_cast<std::uint32_t>(i * most));
    // What ends a message stands in the last segment, what begins something in the first.
    std::uint32_t flags = Load(bytes, layout.tcp + 13, 1);
    flags &= i + 1 == count ? ~0u : ~static_cast<std::uint32_t>(kFin | kPush);
    flags &= i == 0 ? ~0u : ~static_cast<std::uint32_t>(kCongestionReduced);
    Store(segment, layout.tcp + 13, 1, flags);
    FinishChecksums(segment);
    wire.push_back({.header = {}, .bytes = std::move(segment)});
  }
  return wire;
}

void CorruptByte(Frame& frame, std::size_t choice) {
  const Layout layout = LayoutOf(frame.bytes);
  const std::size_t at = kEthernetSize + choice % (layout.end - kEthernetSize);
  const auto change = static_cast<std::uint8_t>(1 + choice / 7 % 255);
  frame.bytes[at] = static_cast<char>(static_cast<std::uint8_t>(frame.bytes[at]) ^ change);
}

bool ChecksumsAreRight(const Frame& frame) {
  if (!IsTcp4(frame)) {
    return false;
  }
  const Layout layout = LayoutOf(frame.bytes);
  return IpSum(frame.bytes, layout) == 0xffff && TcpSum(frame.bytes, layout) == 0xffff;
}

}  // namespace ashlar::wire
