// A controller made of memory, for tests: does what a driver's register writes ask for, with the
// descriptors and buffers that they name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
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
    std::uint32_t value = At(offset);
    if (offset == Register::kInterruptCause) {
      At(offset) = 0;
    } else if (offset == Register::kControl && !stays_in_reset) {
      At(offset) &= ~Control::kReset;
    } else if (offset == Register::kStatus &&
               (goes_on || (At(Register::kControl) & Control::kMasterDisable) == 0)) {
      value |= Status::kMasterEnabled;
    } else if (offset == Register::kEeprom && eeprom_reads-- == 0) {
      value |= kEepromRead;
      eeprom_reads = 0;
    }
    return value;
  }

  void Write(std::size_t offset, std::uint32_t value) {
    switch (offset) {
      case Register::kInterruptCause:
        At(offset) &= ~value;
        return;
      case Register::kInterruptMaskSet:
        At(Register::kInterruptMaskSet) |= value;
        return;
      case Register::kInterruptMaskClear:
        At(Register::kInterruptMaskSet) &= ~value;
        return;
      default:
        At(offset) = value;
    }
    if (offset == Register::kControl && (value & Control::kReset) != 0) {
      Reset();
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
      cut_ = descriptor;
      start_ = static_cast<std::uint8_t>(descriptor.address >> 32);
      position_ = static_cast<std::uint8_t>(descriptor.address >> 40);
      Advance(Register::kTransmitHead, Register::kTransmitLength, sizeof descriptor);
      return;
    }
    if (frame_.empty()) {
      insert_ = (descriptor.options & TransmitDescriptor::kInsertTcpUdpChecksum) != 0;
      cuts_ = (descriptor.command & TransmitDescriptor::kSegment) != 0;
    }
    const auto* bytes = reinterpret_cast<const std::byte*>(descriptor.address);
    const std::size_t size = descriptor.command & 0xfffff;
    frame_.insert(frame_.end(), bytes, bytes + size);
    largest_data = std::max(largest_data, size);
    ++descriptors_;
    if ((descriptor.command & TransmitDescriptor::kEndOfPacket) != 0) {
      descriptors_of_frames.push_back(std::exchange(descriptors_, 0));
      if (cuts_) {
        Cut();
      } else if (insert_) {
        InsertChecksum();
      }
      if (!cuts_) {
        sent.push_back(frame_);
      }
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
  bool forgets = false;  ///< what its registers hold, when it is reset: QEMU's 82540EM does not
  bool goes_on = false;  ///< with what it does, when it is told to begin nothing any more
  int eeprom_reads = 0;  ///< how often it is asked before it has read its EEPROM
  int resets = 0;
  std::uint32_t receive_control_at_reset = 0;
  std::uint32_t transmit_control_at_reset = 0;
  bool sends_at_once = true;
  std::vector<std::vector<std::byte>> sent;
  std::size_t largest_data = 0;                    ///< of the descriptors that were sent
  std::vector<std::size_t> descriptors_of_frames;  ///< of data, for each frame it was given

 private:
  void Reset() {
    ++resets;
    receive_control_at_reset = At(Register::kReceiveControl);
    transmit_control_at_reset = At(Register::kTransmitControl);
    if (forgets) {
      const std::uint32_t low = At(Register::kAddressLow);
      const std::uint32_t high = At(Register::kAddressHigh);
      registers_ = {};
      At(Register::kAddressLow) = low;
      At(Register::kAddressHigh) = high;
      At(Register::kControl) = Control::kReset;
    }
  }

  template <typename T>
  T* Ring(std::size_t base) {
    return reinterpret_cast<T*>(At(base) | std::uint64_t{At(base + 4)} << 32);
  }
  void Advance(std::size_t head, std::size_t length, std::size_t size) {
    At(head) = static_cast<std::uint32_t>((At(head) + 1) % (At(length) / size));
  }

  // Sends the frame in segments, each with the headers [8254x §3.5.2].
  void Cut() {
    const std::vector<std::byte> whole = frame_;
    const std::size_t headers = cut_.options;
    const std::size_t payload = cut_.command & 0xfffff;
    const auto ip = static_cast<std::uint8_t>(cut_.address);
    const bool ipv4 = (cut_.command & TransmitDescriptor::kContextOfIpv4) != 0;
    for (std::size_t done = 0; done < payload; done += cut_.special) {
      const std::size_t part = std::min<std::size_t>(payload - done, cut_.special);
      frame_.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(headers));
      const auto* const from = whole.data() + headers + done;
      frame_.insert(frame_.end(), from, from + part);
      Store16(ip + (ipv4 ? 2u : 4u), frame_.size() - ip - (ipv4 ? 0 : 40));
      Store16(start_ + 6u, Load16(start_ + 6u) + done);  // the sequence number's lower half
      Store16(position_, Fold(Load16(position_) + frame_.size() - start_));
      InsertChecksum();
      if (ipv4) {
        const auto position = static_cast<std::uint8_t>(cut_.address >> 8);
        Store16(position, ~SumOf(ip, (cut_.address >> 16 & 0xffff) + 1));
      }
      sent.push_back(frame_);
    }
  }

  std::size_t Load16(std::size_t at) const {
    return std::to_integer<std::size_t>(frame_[at]) << 8 |
           std::to_integer<std::size_t>(frame_[at + 1]);
  }
  void Store16(std::size_t at, std::size_t value) {
    frame_[at] = static_cast<std::byte>(value >> 8);
    frame_[at + 1] = static_cast<std::byte>(value);
  }
  static std::size_t Fold(std::size_t sum) {
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
  }
  std::size_t SumOf(std::size_t first, std::size_t end) const {
    std::size_t sum = 0;
    for (std::size_t i = first; i < end; i += 2) {
      sum += i + 1 < end ? Load16(i) : std::to_integer<std::size_t>(frame_[i]) << 8;
    }
    return Fold(sum);
  }

  void InsertChecksum() { Store16(position_, ~SumOf(start_, frame_.size())); }

  std::array<std::uint32_t, kRegisterBytes / 4> registers_ = {};
  std::vector<std::byte> frame_;
  std::size_t descriptors_ = 0;  // of it
  std::uint8_t start_ = 0;
  std::uint8_t position_ = 0;
  bool insert_ = false;
  bool cuts_ = false;
  TransmitDescriptor cut_ = {};  // the last context
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
