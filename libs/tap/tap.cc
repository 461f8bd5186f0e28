// The tap driver [linux drivers/net/tun.c, Documentation/networking/tuntap.rst], which packet
// sockets need no other than [packet.7].
// SPDX-License-Identifier: Apache-2.0
#include "libs/tap/tap.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/linux/linux.h"

namespace ashlar::tap {
namespace {

constexpr std::size_t kEthernetHeaderSize = 14;

std::uint16_t ReadMtu(const linux::InterfaceRequest& named) {
  constexpr std::uint16_t kDefault = 1500;
  const Result<int> socket =
      linux::Socket(linux::kAddressFamilyInet, linux::kSocketDatagram | linux::kSocketCloexec, 0);
  if (!socket.has_value()) {
    return kDefault;  // A process without the host's network may still hold a tap.
  }
  linux::InterfaceRequest request = named;
  const bool known = linux::Ioctl(*socket, linux::kGetInterfaceMtu, &request).has_value();
  linux::Close(*socket);
  // Frames of 64 KiB are the most that can be received.
  return known && request.number >= 576 && request.number <= 65000
             ? static_cast<std::uint16_t>(request.number)
             : kDefault;
}

// The image's address, from the one that an ioctl gave of the host's end. A tap's was chosen at
// random, so its neighbour is free; a card's neighbour is some other card's, hence the bit that
// says "assigned here".
netdev::MacAddress Neighbour(const linux::InterfaceRequest& host) {
  netdev::MacAddress address;
  std::memcpy(address.data(), host.hardware_address + 2, address.size());
  address[0] = static_cast<std::uint8_t>((address[0] | 2) & ~1);
  address[5] ^= 1;
  return address;
}

// What is left to do once the descriptor belongs to an interface.
Result<Attachment> SetUp(int fd, const linux::InterfaceRequest& named) {
  Attachment attachment = {.fd = fd, .mac_address = {}};
  int header_size = sizeof(linux::VnetHeader);
  ASHLAR_TRY(linux::Ioctl(fd, linux::kTunSetVnetHeaderSize, &header_size));
  // What the host may send us; what we may send it needs no asking.
  constexpr unsigned kAll = linux::kTunOffloadChecksum | linux::kTunOffloadTso4 |
                            linux::kTunOffloadTso6 | linux::kTunOffloadTsoEcn;
  attachment.receive_checksum =
      linux::Ioctl(fd, linux::kTunSetOffload, kAll).has_value() ||
      linux::Ioctl(fd, linux::kTunSetOffload, linux::kTunOffloadChecksum).has_value();
  linux::InterfaceRequest request = named;
  ASHLAR_TRY(linux::Ioctl(fd, linux::kGetInterfaceHardwareAddress, &request));
  attachment.mac_address = Neighbour(request);
  attachment.mtu = ReadMtu(named);
  return attachment;
}

bool Fits(const netdev::Offload& offload, std::size_t frame_size) {
  if (!offload.checksum) {
    return offload.segmentation == netdev::Offload::Segmentation::kNone;
  }
  return std::size_t{offload.checksum_start} + offload.checksum_offset + 2 <= frame_size &&
         (offload.segmentation == netdev::Offload::Segmentation::kNone ||
          (offload.segment_size != 0 && offload.header_size < frame_size));
}

linux::VnetHeader HeaderFor(const netdev::Offload& offload) {
  linux::VnetHeader header = {};
  if (offload.checksum) {
    header.flags = linux::kVnetNeedsChecksum;
    header.checksum_start = offload.checksum_start;
    header.checksum_offset = offload.checksum_offset;
  }
  if (offload.segmentation != netdev::Offload::Segmentation::kNone) {
    header.segmentation_type = offload.segmentation == netdev::Offload::Segmentation::kTcp4
                                   ? linux::kVnetSegmentTcp4
                                   : linux::kVnetSegmentTcp6;
    header.segment_size = offload.segment_size;
    header.header_length = offload.header_size;
  }
  return header;
}

}  // namespace

Result<Attachment> Open(std::string_view name) {
  linux::InterfaceRequest request = {};
  if (name.empty() || name.size() >= sizeof(request.name)) {
    return std::unexpected(Error::kInvalidArgument);
  }
  const int fd = ASHLAR_TRY(linux::Open(
      "/dev/net/tun", linux::kOpenReadWrite | linux::kOpenNonblock | linux::kOpenCloexec));
  std::memcpy(request.name, name.data(), name.size());
  request.flags =
      linux::kInterfaceTap | linux::kInterfaceNoPacketInformation | linux::kInterfaceVnetHeader;
  const Result<int> attached = linux::Ioctl(fd, linux::kTunSetIff, &request);
  Result<Attachment> attachment =
      attached.has_value() ? SetUp(fd, request) : std::unexpected(attached.error());
  if (!attachment.has_value()) {
    linux::Close(fd);
  }
  return attachment;
}

Result<Attachment> Adopt(int fd) {
  linux::InterfaceRequest request = {};
  if (!linux::Ioctl(fd, linux::kTunGetIff, &request).has_value() ||
      (request.flags & linux::kInterfaceTap) == 0) {
    return std::unexpected(Error::kInvalidArgument);
  }
  if ((request.flags & linux::kInterfaceVnetHeader) == 0 ||
      (request.flags & linux::kInterfaceNoPacketInformation) == 0) {
    return std::unexpected(Error::kUnsupported);
  }
  // Whoever opened it may have left it blocking.
  ASHLAR_TRY(linux::SetStatusFlags(fd, linux::kOpenNonblock));
  return SetUp(fd, request);
}

Result<Attachment> OpenPacketSocket(std::string_view name) {
  linux::InterfaceRequest request = {};
  if (name.empty() || name.size() >= sizeof(request.name)) {
    return std::unexpected(Error::kInvalidArgument);
  }
  std::memcpy(request.name, name.data(), name.size());
  const linux::InterfaceRequest named = request;
  // No protocol yet: nothing arrives before it is bound to the interface.
  const int fd = ASHLAR_TRY(
      linux::Socket(linux::kAddressFamilyPacket,
                    linux::kSocketRaw | linux::kSocketNonblock | linux::kSocketCloexec, 0));
  const auto set_up = [&]() -> Result<Attachment> {
    constexpr int kOn = 1;
    ASHLAR_TRY(
        linux::SetSocketOption(fd, linux::kSocketLevelPacket, linux::kPacketVnetHeader, kOn));
    ASHLAR_TRY(
        linux::SetSocketOption(fd, linux::kSocketLevelPacket, linux::kPacketIgnoreOutgoing, kOn));
    ASHLAR_TRY(linux::Ioctl(fd, linux::kGetInterfaceHardwareAddress, &request));
    Attachment attachment = {.fd = fd, .mac_address = Neighbour(request), .receive_checksum = true};
    request = named;
    ASHLAR_TRY(linux::Ioctl(fd, linux::kGetInterfaceIndex, &request));
    const linux::PacketMembership promiscuous = {.interface_index = request.number,
                                                 .type = linux::kPacketMembershipPromiscuous,
                                                 .address_length = 0,
                                                 .address = {}};
    ASHLAR_TRY(linux::SetSocketOption(fd, linux::kSocketLevelPacket, linux::kPacketAddMembership,
                                      promiscuous));
    const linux::PacketAddress address = {.family = linux::kAddressFamilyPacket,
                                          .protocol = linux::kEthernetAllBigEndian,
                                          .interface_index = request.number,
                                          .hardware_type = 0,
                                          .packet_type = 0,
                                          .address_length = 0,
                                          .address = {}};
    ASHLAR_TRY(linux::Bind(fd, address));
    attachment.mtu = ReadMtu(named);
    return attachment;
  };
  Result<Attachment> attachment = set_up();
  if (!attachment.has_value()) {
    linux::Close(fd);
  }
  return attachment;
}

Tap::Tap(const Attachment& attachment, std::span<std::byte> memory)
    : fd_(attachment.fd),
      properties_{.mac_address = attachment.mac_address,
                  .mtu = attachment.mtu,
                  .transmit_checksum = true,
                  .receive_checksum = attachment.receive_checksum,
                  .tcp4_segmentation = true,
                  .tcp6_segmentation = true,
                  .max_fragments = kMaxFragments},
      memory_(memory) {
  for (std::size_t i = 0; i < kBufferCount; ++i) {
    free_[free_count_++] = static_cast<std::uint16_t>(i);
  }
  vectors_[0] = {.base = &header_, .length = sizeof(header_)};
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    Fill(slot);
  }
}

// The part of a slot's buffer that a frame is read into.
std::span<std::byte> Tap::Room(std::size_t slot) const {
  const std::span<std::byte> buffer = memory_.subspan(slots_[slot] * kBufferSize, kBufferSize);
  return slot == 0 ? buffer.subspan(kPadding) : buffer;
}

void Tap::Fill(std::size_t slot) {
  slots_[slot] = free_[--free_count_];
  const std::span<std::byte> room = Room(slot);
  vectors_[1 + slot] = {.base = room.data(), .length = room.size()};
}

void Tap::Break() {
  broken_ = true;
  linux::Close(fd_);
}

Result<void> Tap::Transmit(std::span<const netdev::Fragment> fragments,
                           const netdev::Offload& offload, void* cookie) {
  if (broken_) {
    return std::unexpected(Error::kBroken);
  }
  if (transmitted_.full()) {
    return std::unexpected(Error::kWouldBlock);
  }
  if (fragments.size() > kMaxFragments) {
    return std::unexpected(Error::kInvalidArgument);
  }
  const linux::VnetHeader header = HeaderFor(offload);
  std::array<linux::IoVector, 1 + kMaxFragments> vectors;
  vectors[0] = {.base = &header, .length = sizeof(header)};
  std::size_t frame_size = 0;
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    vectors[1 + i] = {.base = fragments[i].data(), .length = fragments[i].size()};
    frame_size += fragments[i].size();
  }
  const bool segmented = offload.segmentation != netdev::Offload::Segmentation::kNone;
  if (frame_size < kEthernetHeaderSize ||
      frame_size > kEthernetHeaderSize + (segmented ? properties_.max_packet : properties_.mtu) ||
      !Fits(offload, frame_size)) {
    return std::unexpected(Error::kInvalidArgument);
  }
  const Result<std::size_t> written =
      linux::WriteVector(fd_, std::span(vectors).first(1 + fragments.size()));
  if (!written.has_value() && written.error() == Error::kBroken) {
    Break();  // The interface was deleted.
    return std::unexpected(Error::kBroken);
  }
  // Any other refusal (the interface is down, the host's buffer is full) loses the frame, as a wire
  // would.
  (void)transmitted_.PushBack(cookie);
  return {};
}

bool Tap::Poll(netdev::Client& client, std::size_t budget) {
  (void)event_.Take();
  bool any = false;
  // What Transmitted() causes to be transmitted is told next time.
  for (std::size_t count = transmitted_.size(); count > 0; --count) {
    client.Transmitted(*transmitted_.PopFront());
    any = true;
  }
  while (!broken_ && budget > 0 && Receive(client)) {
    --budget;
    any = true;
  }
  return any;
}

// Reads one frame. False if there is none.
bool Tap::Receive(netdev::Client& client) {
  const Result<std::size_t> count = linux::ReadVector(fd_, vectors_);
  if (!count.has_value()) {
    if (count.error() == Error::kBroken) {
      Break();
    }
    return false;
  }
  if (*count < sizeof(header_) + kEthernetHeaderSize) {
    return *count != 0;  // Less than a frame.
  }
  const std::size_t frame_size = *count - sizeof(header_);
  const std::size_t used = (frame_size + kPadding + kBufferSize - 1) / kBufferSize;
  if (free_count_ < used) {
    return true;  // The stack holds all buffers: the frame is lost, as on a network card whose ring
                  // is empty.
  }
  netdev::Buffer* first = nullptr;
  netdev::Buffer* last = nullptr;
  std::size_t left = frame_size;
  for (std::size_t slot = 0; slot < used; ++slot) {
    const std::span<std::byte> room = Room(slot);
    netdev::Buffer& buffer = buffers_[slots_[slot]];
    buffer = {.bytes = room.first(std::min(left, room.size()))};
    left -= buffer.bytes.size();
    (last == nullptr ? first : last->next) = &buffer;
    last = &buffer;
    Fill(slot);
  }
  // An unfinished checksum comes from the host itself: nothing can have changed the frame on the
  // way.
  client.Received(*first, frame_size,
                  (header_.flags & (linux::kVnetNeedsChecksum | linux::kVnetDataValid)) != 0);
  return true;
}

void Tap::Release(netdev::Buffer& buffer) {
  free_[free_count_++] = static_cast<std::uint16_t>(&buffer - buffers_.data());
}

}  // namespace ashlar::tap
