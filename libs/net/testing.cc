// For tests: a network device whose other end is the test itself.
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/testing.h"

#include <algorithm>
#include <cstring>

#include "libs/net/checksum.h"

namespace ashlar::net::testing {
namespace {

void Put16(Bytes& bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<std::byte>(value >> 8);
  bytes[at + 1] = static_cast<std::byte>(value);
}
void Put32(Bytes& bytes, std::size_t at, std::uint32_t value) {
  Put16(bytes, at, value >> 16);
  Put16(bytes, at + 2, value & 0xffff);
}
std::uint32_t Get16(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<std::uint32_t>(bytes[at]) << 8 |
         std::to_integer<std::uint32_t>(bytes[at + 1]);
}
std::uint32_t Get32(std::span<const std::byte> bytes, std::size_t at) {
  return Get16(bytes, at) << 16 | Get16(bytes, at + 2);
}

// The sum in memory order becomes a number.
std::uint32_t Swapped(std::uint16_t sum) {
  return static_cast<std::uint32_t>(sum << 8 | sum >> 8) & 0xffff;
}

std::uint32_t Fold(std::uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

std::uint32_t PseudoHeader(std::uint32_t source, std::uint32_t destination, std::uint32_t protocol,
                           std::uint32_t length) {
  return Fold((source >> 16) + (source & 0xffff) + (destination >> 16) + (destination & 0xffff) +
              protocol + length);
}

}  // namespace

struct FakeDevice::Lent {
  netdev::Buffer buffer;  // first: a Buffer is found back as its Lent
  Bytes memory;
};

FakeDevice::~FakeDevice() {
  for (Arrival& arrival : arrivals_) {
    for (netdev::Buffer* buffer = &arrival.first->buffer; buffer != nullptr;) {
      netdev::Buffer* next = buffer->next;
      delete reinterpret_cast<Lent*>(buffer);
      buffer = next;
    }
  }
}

void FakeDevice::Inject(Bytes frame, bool checksum_verified, std::size_t buffer_size) {
  const std::size_t size = frame.size();
  Lent* first = nullptr;
  netdev::Buffer** link = nullptr;
  std::size_t at = 0;
  do {
    auto* lent_buffer = new Lent{};
    const std::size_t part = std::min(buffer_size, size - at);
    lent_buffer->memory.assign(frame.begin() + static_cast<std::ptrdiff_t>(at),
                               frame.begin() + static_cast<std::ptrdiff_t>(at + part));
    lent_buffer->buffer.bytes = lent_buffer->memory;
    if (link == nullptr) {
      first = lent_buffer;
    } else {
      *link = &lent_buffer->buffer;
    }
    link = &lent_buffer->buffer.next;
    at += part;
  } while (at < size);
  arrivals_.push_back({first, size, checksum_verified});
}

Result<void> FakeDevice::Transmit(std::span<const netdev::Fragment> fragments,
                                  const netdev::Offload& offload, void* cookie) {
  if (cookies_.size() >= capacity) {
    return std::unexpected(Error::kWouldBlock);
  }
  if (fragments.size() > properties_.max_fragments) {
    return std::unexpected(Error::kInvalidArgument);
  }
  Sent frame = {.frame = {}, .offload = offload};
  for (netdev::Fragment fragment : fragments) {
    frame.frame.insert(frame.frame.end(), fragment.begin(), fragment.end());
  }
  sent.push_back(std::move(frame));
  cookies_.push_back(cookie);
  return {};
}

bool FakeDevice::Poll(netdev::Client& client, std::size_t budget) {
  bool any = false;
  while (!cookies_.empty()) {
    void* cookie = cookies_.front();
    cookies_.pop_front();
    client.Transmitted(cookie);
    any = true;
  }
  for (; budget > 0 && !arrivals_.empty(); --budget) {
    const Arrival arrival = arrivals_.front();
    arrivals_.pop_front();
    for (const netdev::Buffer* buffer = &arrival.first->buffer; buffer != nullptr;
         buffer = buffer->next) {
      ++lent;
    }
    client.Received(arrival.first->buffer, arrival.size, arrival.verified);
    any = true;
  }
  return any;
}

void FakeDevice::Release(netdev::Buffer& buffer) {
  --lent;
  delete reinterpret_cast<Lent*>(&buffer);
}

Bytes Ipv4Frame(std::uint8_t protocol, std::span<const std::byte> payload) {
  Bytes frame(34);
  std::memcpy(frame.data(), kOurMac.data(), 6);
  std::memcpy(frame.data() + 6, kPeerMac.data(), 6);
  Put16(frame, 12, 0x0800);
  frame[14] = std::byte{0x45};
  Put16(frame, 16, static_cast<std::uint32_t>(20 + payload.size()));
  Put16(frame, 20, 0x4000);
  frame[22] = std::byte{64};
  frame[23] = static_cast<std::byte>(protocol);
  Put32(frame, 26, kPeerAddress);
  Put32(frame, 30, kOurAddress);
  Put16(frame, 24, ~Swapped(Checksum(std::span(frame).subspan(14, 20))));
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

Bytes Frame(const Segment& segment) {
  Bytes tcp(20);
  Put16(tcp, 0, segment.source_port);
  Put16(tcp, 2, segment.destination_port);
  Put32(tcp, 4, segment.sequence);
  Put32(tcp, 8, segment.acknowledgement);
  tcp[12] = static_cast<std::byte>((20 + segment.options.size()) / 4 << 4);
  tcp[13] = static_cast<std::byte>(segment.flags);
  Put16(tcp, 14, segment.window);
  tcp.insert(tcp.end(), segment.options.begin(), segment.options.end());
  tcp.insert(tcp.end(), segment.payload.begin(), segment.payload.end());
  const std::uint32_t pseudo =
      PseudoHeader(segment.source, segment.destination, 6, static_cast<std::uint32_t>(tcp.size()));
  Put16(tcp, 16, ~Fold(pseudo + Swapped(Checksum(tcp))));
  Bytes frame = Ipv4Frame(6, tcp);
  if (segment.source != kPeerAddress) {
    Put32(frame, 26, segment.source);
    Put16(frame, 24, 0);
    Put16(frame, 24, ~Swapped(Checksum(std::span(frame).subspan(14, 20))));
  }
  return frame;
}

std::optional<Segment> Parse(const FakeDevice::Sent& sent, bool* checksum_ok) {
  const std::span<const std::byte> frame = sent.frame;
  if (frame.size() < 54 || Get16(frame, 12) != 0x0800 || frame[14] != std::byte{0x45} ||
      frame[23] != std::byte{6}) {
    return std::nullopt;
  }
  const std::size_t length = Get16(frame, 16);
  if (length < 40 || length + 14 > frame.size()) {
    return std::nullopt;
  }
  const auto tcp = frame.subspan(34, length - 20);
  const std::size_t header = std::to_integer<std::size_t>(tcp[12]) >> 4 << 2;
  if (header < 20 || header > tcp.size()) {
    return std::nullopt;
  }
  Segment segment = {
      .source = Get32(frame, 26),
      .destination = Get32(frame, 30),
      .source_port = static_cast<std::uint16_t>(Get16(tcp, 0)),
      .destination_port = static_cast<std::uint16_t>(Get16(tcp, 2)),
      .sequence = Get32(tcp, 4),
      .acknowledgement = Get32(tcp, 8),
      .flags = std::to_integer<std::uint8_t>(tcp[13]),
      .window = static_cast<std::uint16_t>(Get16(tcp, 14)),
      .options = Bytes(tcp.begin() + 20, tcp.begin() + static_cast<std::ptrdiff_t>(header)),
      .payload = Bytes(tcp.begin() + static_cast<std::ptrdiff_t>(header), tcp.end())};
  if (checksum_ok != nullptr) {
    const std::uint32_t pseudo = PseudoHeader(segment.source, segment.destination, 6,
                                              static_cast<std::uint32_t>(tcp.size()));
    if (sent.offload.checksum) {
      // The device adds the rest: the field holds the pseudo-header's sum.
      *checksum_ok = sent.offload.checksum_start == 34 && sent.offload.checksum_offset == 16 &&
                     Get16(tcp, 16) == pseudo;
    } else {
      *checksum_ok = Fold(pseudo + Swapped(Checksum(tcp))) == 0xffff;
    }
    *checksum_ok = *checksum_ok && Checksum(frame.subspan(14, 20)) == 0xffff;
  }
  return segment;
}

std::vector<Segment> Cut(const FakeDevice::Sent& sent) {
  std::vector<Segment> segments;
  const auto whole = Parse(sent);
  if (!whole) {
    return segments;
  }
  if (sent.offload.segmentation == netdev::Offload::Segmentation::kNone) {
    segments.push_back(*whole);
    return segments;
  }
  for (std::size_t at = 0; at < whole->payload.size(); at += sent.offload.segment_size) {
    const std::size_t size =
        std::min<std::size_t>(sent.offload.segment_size, whole->payload.size() - at);
    Segment part = *whole;
    part.sequence += static_cast<std::uint32_t>(at);
    part.payload.assign(whole->payload.begin() + static_cast<std::ptrdiff_t>(at),
                        whole->payload.begin() + static_cast<std::ptrdiff_t>(at + size));
    if (at + size < whole->payload.size()) {
      part.flags &= static_cast<std::uint8_t>(~(kFin | kPush));
    }
    segments.push_back(std::move(part));
  }
  return segments;
}

Bytes ArpRequest() {
  Bytes frame(60);
  std::memset(frame.data(), 0xff, 6);
  std::memcpy(frame.data() + 6, kPeerMac.data(), 6);
  Put16(frame, 12, 0x0806);
  Put16(frame, 14, 1);
  Put16(frame, 16, 0x0800);
  Put16(frame, 18, 0x0604);
  Put16(frame, 20, 1);
  std::memcpy(frame.data() + 22, kPeerMac.data(), 6);
  Put32(frame, 28, kPeerAddress);
  Put32(frame, 38, kOurAddress);
  return frame;
}

Bytes ToBytes(std::initializer_list<int> values) {
  Bytes bytes;
  for (int value : values) {
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

}  // namespace ashlar::net::testing
