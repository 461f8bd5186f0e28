// The packed ring: one ring of descriptors that both sides write [virtio-1.2 §2.8].
//
// A descriptor is available when its two flag bits differ in the way the driver's wrap counter
// says, and used when they are equal; the counters flip at each turn round the ring.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libs/base/check.h"
#include "libs/base/units.h"
#include "libs/virtio/ring.h"
#include "libs/virtio/shared_memory.h"

namespace ashlar::virtio {

/// A descriptor as both sides read and write it [virtio-1.2 §2.8.13].
struct PackedDescriptor {
  static constexpr std::uint16_t kNext = 1;
  static constexpr std::uint16_t kWrite = 2;
  static constexpr std::uint16_t kAvailable = 1 << 7;
  static constexpr std::uint16_t kUsed = 1 << 15;

  std::uint64_t address;
  std::uint32_t length;
  std::uint16_t id;
  std::uint16_t flags;
};
static_assert(sizeof(PackedDescriptor) == 16 && offsetof(PackedDescriptor, flags) == 14);

/// When a side wants to be told [virtio-1.2 §2.8.14].
struct PackedEvent {
  static constexpr std::uint16_t kEnable = 0;
  static constexpr std::uint16_t kDisable = 1;
  static constexpr std::uint16_t kDescriptor = 2;  // with kEventIndex: at the position named
  static constexpr std::uint16_t kWrap = 1 << 15;

  std::uint16_t position;  // and the wrap counter in its highest bit
  std::uint16_t flags;
};
static_assert(sizeof(PackedEvent) == 4);

/// The driver's side of a packed ring: a Ring (ring.h says what its functions do).
class PackedRing {
 public:
  static constexpr Features kRequired = kPackedRing;

  static constexpr std::size_t MemoryFor(std::uint16_t size) {
    return ChainsOffset(size) + size * sizeof(Chain);
  }

  void Start(std::span<std::byte> memory, std::uint16_t size, Features features);
  RingAddresses addresses() const;

  std::uint16_t size() const { return size_; }
  std::uint16_t free() const { return free_; }
  std::uint16_t next_id() const { return free_id_; }
  bool broken() const { return broken_; }

  template <typename SegmentAt>
  void Add(std::uint16_t count, SegmentAt&& segment_at) {
    ASHLAR_CHECK(count > 0 && count <= free_);
    const std::uint16_t id = free_id_;
    Chain& chain = chains_[id];
    free_id_ = chain.next;
    free_ = static_cast<std::uint16_t>(free_ - count);
    PackedDescriptor& head = descriptors_[position_];
    std::uint16_t head_flags = 0;
    std::uint32_t writable = 0;
    for (std::uint16_t i = 0; i < count; ++i) {
      const Segment segment = segment_at(i);
      std::uint16_t flags = available_flags_;
      if (i + 1 < count) {
        flags |= PackedDescriptor::kNext;
      }
      if (segment.device_writes) {
        flags |= PackedDescriptor::kWrite;
        writable += segment.length;
      }
      PackedDescriptor& descriptor = descriptors_[position_];
      descriptor.address = segment.address;
      descriptor.length = segment.length;
      descriptor.id = id;
      if (i == 0) {
        head_flags = flags;
      } else {
        StoreOnce(descriptor.flags, flags);
      }
      Advance();
    }
    chain.writable = writable;
    chain.count = count;
    chain.in_flight = true;
    added_ = static_cast<std::uint16_t>(added_ + count);
    StoreToDevice(head.flags, head_flags);  // last: now the device may begin with the whole chain
  }

  template <typename SegmentAt>
  void Fill(SegmentAt&& segment_at) {
    ASHLAR_CHECK(free_ == size_);
    for (std::uint16_t id = 0; id < size_; ++id) {
      free_id_ = id;  // in ascending order, whatever order they were freed in
      Add(1, [&](std::uint16_t) { return segment_at(id); });
    }
  }

  void Repeat(std::uint16_t id, const Segment& segment) {
    ASHLAR_CHECK(id < size_ && chains_[id].count == 1 && !chains_[id].in_flight);
    chains_[id].in_flight = true;
    PackedDescriptor& descriptor = descriptors_[position_];
    descriptor.address = segment.address;
    descriptor.length = segment.length;
    descriptor.id = id;
    std::uint16_t flags = available_flags_;
    if (segment.device_writes) {
      flags |= PackedDescriptor::kWrite;
    }
    Advance();
    ++added_;
    StoreToDevice(descriptor.flags, flags);
  }

  bool Publish() {
    if (added_ == 0) {
      return false;
    }
    const std::uint16_t added = added_;
    added_ = 0;
    StoreBeforeLoad();
    const std::uint16_t flags = LoadFromDevice(device_event_->flags);
    if (flags != PackedEvent::kDescriptor || !event_index_) {
      return flags != PackedEvent::kDisable;
    }
    // As in a split ring, with both positions counted in the driver's present turn round the ring.
    const std::uint16_t event = LoadOnce(device_event_->position);
    auto at = static_cast<std::uint16_t>(event & ~PackedEvent::kWrap);
    if (((event & PackedEvent::kWrap) != 0) != available_wrap_) {
      at = static_cast<std::uint16_t>(at - size_);
    }
    return static_cast<std::uint16_t>(position_ - at - 1) < added;
  }

  std::optional<Used> Take() {
    PackedDescriptor& descriptor = descriptors_[used_position_];
    if (!IsUsed(LoadFromDevice(descriptor.flags)) || broken_) {
      return std::nullopt;
    }
    const std::uint16_t id = LoadOnce(descriptor.id);
    std::uint32_t length = LoadOnce(descriptor.length);
    if (id >= size_ || !chains_[id].in_flight) [[unlikely]] {
      return Break();
    }
    Chain& chain = chains_[id];
    if (length > chain.writable) [[unlikely]] {
      if (chain.writable != 0) {
        return Break();
      }
      length = 0;
    }
    chain.in_flight = false;
    used_position_ = static_cast<std::uint16_t>(used_position_ + chain.count);
    if (used_position_ >= size_) {
      used_position_ = static_cast<std::uint16_t>(used_position_ - size_);
      used_wrap_ = !used_wrap_;
    }
    return Used{id, length};
  }

  void Free(std::uint16_t id) {
    ASHLAR_CHECK(id < size_ && chains_[id].count != 0 && !chains_[id].in_flight);
    Chain& chain = chains_[id];
    free_ = static_cast<std::uint16_t>(free_ + chain.count);
    chain.count = 0;
    chain.next = free_id_;
    free_id_ = id;
  }

  bool Abandon(std::uint16_t id);

  bool EnableInterrupts() {
    if (event_index_) {
      StoreOnce(driver_event_->position,
                static_cast<std::uint16_t>(used_position_ | (used_wrap_ ? PackedEvent::kWrap : 0)));
      StoreToDevice(driver_event_->flags, PackedEvent::kDescriptor);
    } else {
      StoreOnce(driver_event_->flags, PackedEvent::kEnable);
    }
    StoreBeforeLoad();
    return !IsUsed(LoadFromDevice(descriptors_[used_position_].flags));
  }

  void DisableInterrupts() { StoreOnce(driver_event_->flags, PackedEvent::kDisable); }

 private:
  // What the driver knows of a chain, under its id.
  struct Chain {
    std::uint32_t writable;  // bytes
    std::uint16_t count;     // descriptors; zero: not in use
    std::uint16_t next;      // free id
    bool in_flight;          // the device has it
  };

  static constexpr std::size_t EventsOffset(std::uint16_t size) {
    return size * sizeof(PackedDescriptor);
  }
  static constexpr std::size_t ChainsOffset(std::uint16_t size) {
    return AlignUp(EventsOffset(size) + 2 * sizeof(PackedEvent), 64);
  }

  bool IsUsed(std::uint16_t flags) const {
    const bool available = (flags & PackedDescriptor::kAvailable) != 0;
    const bool used = (flags & PackedDescriptor::kUsed) != 0;
    return available == used && used == used_wrap_;
  }

  void Advance() {
    if (++position_ == size_) {
      position_ = 0;
      available_wrap_ = !available_wrap_;
      available_flags_ ^= PackedDescriptor::kAvailable | PackedDescriptor::kUsed;
    }
  }

  [[gnu::cold]] std::nullopt_t Break();

  PackedDescriptor* descriptors_ = nullptr;
  PackedEvent* driver_event_ = nullptr;
  PackedEvent* device_event_ = nullptr;
  Chain* chains_ = nullptr;
  std::uint16_t size_ = 0;
  std::uint16_t free_ = 0;
  std::uint16_t free_id_ = 0;
  std::uint16_t position_ = 0;  // where the next descriptor goes
  std::uint16_t added_ = 0;     // descriptors since the last Publish
  std::uint16_t used_position_ = 0;
  std::uint16_t available_flags_ = PackedDescriptor::kAvailable;
  bool available_wrap_ = true;
  bool used_wrap_ = true;
  bool event_index_ = false;
  bool broken_ = false;
};

static_assert(Ring<PackedRing>);

}  // namespace ashlar::virtio
