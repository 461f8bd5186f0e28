// A controller made of memory, for tests: does what a driver's register writes ask for, with the
// descriptors and buffers that they name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "libs/e1000/registers.h"
#include "libs/io/io.h"

namespace ashlar::e1000 {

/// The device. Frames go into `sent`; Deliver() brings one.
class FakeNic {
 public:
  FakeNic() { SetAddress({0x52, 0x54, 0, 0x12, 0x34, 0x56}); }

  void SetAddress(const std::array<std::uint8_t, 6>& address) {
    std::memcpy(&At(Register::kAddressLow), address.data(), 4);
    At(Register::kAddressHigh) = address[4] | std::uint32_t{address[5]} << 8 | kAddressValid;
  }

  std::uint32_t& At(std::size_t offset) { return registers_[offset / 4]; }

  std::uint32_t Read(std::size_t offset) {
    const std::uint32_t value = At(offset);
    if (offset == Register::kInterruptCause) {
      At(offset) = 0;
    } else if (offset == Register::kControl && !stays_in_reset) {
      At(offset) &= ~Control::kReset;
    }
    return value;
  }

  void Write(std::size_t offset, std::uint32_t value) {
    switch (offset) {
      case Register::kInterruptMaskSet:
        At(Register::kInterruptMaskSet) |= value;
        return;
      case Register::kInterruptMaskClear:
        At(Register::kInterruptMaskSet) &= ~value;
        return;
      default:
        At(offset) = value;
    }
    if (offset == Register::kTransmitTail && sends_at_once) {
      SendAll();
    }
  }

  /// Sends what is queued.
  void SendAll() {
    while (At(Register::kTransmitHead) != At(Register::kTransmitTail)) {
      SendOne();
    }
  }

  /// One descriptor's worth.
  void SendOne() {
    TransmitDescriptor& descriptor =
        Ring<TransmitDescriptor>(Register::kTransmitBaseLow)[At(Register::kTransmitHead)];
    if ((descriptor.command & TransmitDescriptor::kTypeData) == 0) {
      start_ = static_cast<std::uint8_t>(descriptor.address >> 32);
      position_ = static_cast<std::uint8_t>(descriptor.address >> 40);
    } else {
      if (frame_.empty()) {
        insert_ = (descriptor.options & TransmitDescriptor::kInsertTcpUdpChecksum) != 0;
      }
      const auto* bytes = reinterpret_cast<const std::byte*>(descriptor.address);
      frame_.insert(frame_.end(), bytes, bytes + (descriptor.command & 0xfffff));
    }
    if ((descriptor.command & TransmitDescriptor::kEndOfPacket) != 0) {
      if (insert_) {
        InsertChecksum();
      }
      sent.push_back(frame_);
      frame_.clear();
    }
    if ((descriptor.command & TransmitDescriptor::kReportStatus) != 0) {
      descriptor.status = TransmitDescriptor::kDone;
    }
    Advance(Register::kTransmitHead, Register::kTransmitLength, sizeof descriptor);
  }

  /// Puts a frame into the next buffer. False: the driver has given none.
  bool Deliver(std::span<const std::byte> frame,
               std::uint8_t status = ReceiveDescriptor::kDone | ReceiveDescriptor::kEndOfPacket,
               std::uint8_t errors = 0) {
    if (At(Register::kReceiveHead) == At(Register::kReceiveTail)) {
      return false;
    }
    ReceiveDescriptor& descriptor =
        Ring<ReceiveDescriptor>(Register::kReceiveBaseLow)[At(Register::kReceiveHead)];
    std::memcpy(reinterpret_cast<std::byte*>(descriptor.address), frame.data(), frame.size());
    descriptor.length = static_cast<std::uint16_t>(frame.size());
    descriptor.errors = errors;
    descriptor.status = status;
    Advance(Register::kReceiveHead, Register::kReceiveLength, sizeof descriptor);
    return true;
  }

  /// A descriptor, to be filled in as no device should.
  ReceiveDescriptor& ReceiveAt(std::size_t slot) {
    return Ring<ReceiveDescriptor>(Register::kReceiveBaseLow)[slot];
  }
  TransmitDescriptor& TransmitAt(std::size_t slot) {
    return Ring<TransmitDescriptor>(Register::kTransmitBaseLow)[slot];
  }

  bool stays_in_reset = false;
  bool sends_at_once = true;
  std::vector<std::vector<std::byte>> sent;

 private:
  template <typename T>
  T* Ring(std::size_t base) {
    return reinterpret_cast<T*>(At(base) | std::uint64_t{At(base + 4)} << 32);
  }
  void Advance(std::size_t head, std::size_t length, std::size_t size) {
    At(head) = static_cast<std::uint32_t>((At(head) + 1) % (At(length) / size));
  }

  void InsertChecksum() {
    std::uint32_t sum = 0;
    for (std::size_t i = start_; i < frame_.size(); ++i) {
      const auto byte = std::to_integer<std::uint32_t>(frame_[i]);
      sum += (i - start_) % 2 == 0 ? byte << 8 : byte;
    }
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    frame_[position_] = static_cast<std::byte>(~sum >> 8);
    frame_[position_ + 1u] = static_cast<std::byte>(~sum);
  }

  std::array<std::uint32_t, kRegisterBytes / 4> registers_ = {};
  std::vector<std::byte> frame_;
  std::uint8_t start_ = 0;
  std::uint8_t position_ = 0;
  bool insert_ = false;
};

/// The bus to it.
class FakeNicBus {
 public:
  explicit FakeNicBus(FakeNic& nic) : nic_(&nic) {}

  std::uint8_t Read8(std::size_t offset) { return static_cast<std::uint8_t>(Read32(offset)); }
  std::uint16_t Read16(std::size_t offset) { return static_cast<std::uint16_t>(Read32(offset)); }
  std::uint32_t Read32(std::size_t offset) { return nic_->Read(offset); }
  void Write8(std::size_t offset, std::uint8_t value) { Write32(offset, value); }
  void Write16(std::size_t offset, std::uint16_t value) { Write32(offset, value); }
  void Write32(std::size_t offset, std::uint32_t value) { nic_->Write(offset, value); }

 private:
  FakeNic* nic_;
};
static_assert(io::Bus<FakeNicBus>);

}  // namespace ashlar::e1000
