// The split ring: a descriptor table, a ring of available chains and a ring of used ones
// [virtio-1.2 §2.7].
//
// The driver keeps its own record of every chain: what lies in the shared tables is written, never
// believed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libs/base/check.h"
#include "libs/base/units.h"
#include "libs/virtio/ring.h"
#include "libs/virtio/shared_memory.h"

namespace ashlar::virtio {

/// A descriptor as the device reads it [virtio-1.2 §2.7.5].
struct SplitDescriptor {
  static constexpr std::uint16_t kNext = 1;
  static constexpr std::uint16_t kWrite = 2;

  std::uint64_t address;
  std::uint32_t length;
  std::uint16_t flags;
  std::uint16_t next;
};
static_assert(sizeof(SplitDescriptor) == 16 && offsetof(SplitDescriptor, flags) == 12);

/// The head of the available ring; its entries follow, then used_event [virtio-1.2 §2.7.6].
struct SplitAvailable {
  static constexpr std::uint16_t kNoInterrupt = 1;

  std::uint16_t flags;
  std::uint16_t index;
};
static_assert(sizeof(SplitAvailable) == 4);

/// An entry of the used ring [virtio-1.2 §2.7.8].
struct SplitUsedEntry {
  std::uint32_t id;
  std::uint32_t length;
};
static_assert(sizeof(SplitUsedEntry) == 8);

/// The head of the used ring; its entries follow, then avail_event [virtio-1.2 §2.7.8].
struct SplitUsed {
  static constexpr std::uint16_t kNoNotify = 1;

  std::uint16_t flags;
  std::uint16_t index;
};
static_assert(sizeof(SplitUsed) == 4);

/// The driver's side of a split ring: a Ring (ring.h says what its functions do).
class SplitRing {
 public:
  static constexpr Features kRequired = 0;

  static constexpr std::size_t MemoryFor(std::uint16_t size) {
    return ChainsOffset(size) + size * sizeof(Chain);
  }

  void Start(std::span<std::byte> memory, std::uint16_t size, Features features);
  RingAddresses addresses() const;

  std::uint16_t size() const { return size_; }
  std::uint16_t free() const { return free_; }
  std::uint16_t next_id() const { return free_head_; }
  bool broken() const { return broken_; }

  template <typename SegmentAt>
  void Add(std::uint16_t count, SegmentAt&& segment_at) {
    ASHLAR_CHECK(count > 0 && count <= free_ && count < kInFlight);
    const std::uint16_t id = free_head_;
    unsigned index = id;
    unsigned last;
    std::uint32_t writable = 0;
    for (unsigned i = 0;;) {
      const Segment segment = segment_at(static_cast<std::uint16_t>(i));
      unsigned flags = 0;
      if (segment.device_writes) {
        flags = SplitDescriptor::kWrite;
        writable += segment.length;
      }
      last = index;
      index = chains_[index].next;
      const bool more = ++i < count;
      if (more) {
        flags |= SplitDescriptor::kNext;
      }
      descriptors_[last] = {segment.address, segment.length, static_cast<std::uint16_t>(flags),
                            static_cast<std::uint16_t>(index)};
      if (!more) {
        break;
      }
    }
    free_head_ = static_cast<std::uint16_t>(index);
    free_ = static_cast<std::uint16_t>(free_ - count);
    Chain& chain = chains_[id];
    chain.writable = writable;
    chain.last = static_cast<std::uint16_t>(last);
    Offer(chain, id, count);
  }

  template <typename SegmentAt>
  void Fill(SegmentAt&& segment_at) {
    ASHLAR_CHECK(free_ == size_);
    // Copies: for all the compiler knows, the stores could change the members.
    SplitDescriptor* const descriptors = descriptors_;
    Chain* const chains = chains_;
    std::uint16_t* const available_entries = available_entries_;
    const unsigned first = available_index_;
    const unsigned mask = mask_;
    for (unsigned i = 0; i <= mask; ++i) {
      const auto id = static_cast<std::uint16_t>(i);
      const Segment segment = segment_at(id);
      descriptors[i] = {segment.address, segment.length,
                        segment.device_writes ? SplitDescriptor::kWrite : std::uint16_t{0}, 0};
      chains[i] = {.writable = segment.device_writes ? segment.length : 0,
                   .state = kInFlight | 1,
                   .last = id,
                   .next = 0};
      StoreOnce(available_entries[(first + i) & mask], id);
    }
    free_ = 0;
    available_index_ = static_cast<std::uint16_t>(first + size_);
    in_flight_ = size_;
  }

  void Repeat(std::uint16_t id, const Segment&) {
    ASHLAR_CHECK(id < size_);
    Chain& chain = chains_[id];
    ASHLAR_CHECK(chain.state == 1);
    Offer(chain, id, 1);  // the descriptor still says the same
  }

  bool Publish() {
    if (available_index_ == published_) {
      return false;
    }
    const std::uint16_t before = published_;
    published_ = available_index_;
    StoreToDevice(available_->index, published_);
    StoreBeforeLoad();
    if (!event_index_) {
      return (LoadOnce(used_->flags) & SplitUsed::kNoNotify) == 0;
    }
    // Whether the index at which the device wants to be told lies between the two [virtio-1.2
    // §2.7.10].
    const std::uint16_t event = LoadOnce(*available_event_);
    return static_cast<std::uint16_t>(published_ - event - 1) <
           static_cast<std::uint16_t>(published_ - before);
  }

  // On the path of every frame: inline, the test for "nothing there" is two instructions.
  [[gnu::always_inline]] std::optional<Used> Take() {
    if (taken_ == seen_ && !LookForUsed()) {
      return std::nullopt;
    }
    const SplitUsedEntry& entry = used_entries_[taken_ & mask_];
    const std::uint32_t id = LoadOnce(entry.id);
    std::uint32_t length = LoadOnce(entry.length);
    if (id >= size_) [[unlikely]] {
      return Break();
    }
    Chain& chain = chains_[id];
    if (chain.state < kInFlight) [[unlikely]] {
      return Break();
    }
    if (length > chain.writable) [[unlikely]] {
      if (chain.writable != 0) {
        return Break();
      }
      length = 0;  // some devices tell the length of what they read: nobody asks
    }
    chain.state ^= kInFlight;
    ++taken_;
    --in_flight_;
    return Used{static_cast<std::uint16_t>(id), length};
  }

  void Free(std::uint16_t id) {
    ASHLAR_CHECK(id < size_);
    Chain& chain = chains_[id];
    ASHLAR_CHECK(chain.state != 0 && chain.state < kInFlight);
    chains_[chain.last].next = free_head_;
    free_head_ = id;
    free_ = static_cast<std::uint16_t>(free_ + chain.state);
    chain.state = 0;
  }

  bool Abandon(std::uint16_t id);

  bool EnableInterrupts() {
    if (event_index_) {
      StoreOnce(*used_event_, taken_);
    } else {
      StoreOnce(available_->flags, std::uint16_t{0});
    }
    StoreBeforeLoad();
    return LoadFromDevice(used_->index) == taken_;
  }

  void DisableInterrupts() {
    if (event_index_) {
      StoreOnce(*used_event_, static_cast<std::uint16_t>(taken_ - 1));  // passed already
    } else {
      StoreOnce(available_->flags, SplitAvailable::kNoInterrupt);
    }
  }

 private:
  // What the driver knows of a chain, under the index of its first descriptor.
  struct Chain {
    std::uint32_t writable;  // bytes
    std::uint16_t state;  // zero: not in use; else its number of descriptors, and kInFlight if the
                          // device has it
    std::uint16_t last;   // descriptor
    std::uint16_t next;   // of each descriptor: the one after it in its chain or in the free list
  };
  static constexpr std::uint16_t kInFlight = 0x8000;

  static constexpr std::size_t AvailableOffset(std::uint16_t size) {
    return size * sizeof(SplitDescriptor);
  }
  // The used ring begins a cache line of its own: the device writes it.
  static constexpr std::size_t UsedOffset(std::uint16_t size) {
    return AlignUp(
        AvailableOffset(size) + sizeof(SplitAvailable) + (size + 1) * sizeof(std::uint16_t), 64);
  }
  static constexpr std::size_t ChainsOffset(std::uint16_t size) {
    return AlignUp(UsedOffset(size) + sizeof(SplitUsed) + size * sizeof(SplitUsedEntry) +
                       sizeof(std::uint16_t),
                   64);
  }

  void Offer(Chain& chain, std::uint16_t id, std::uint16_t count) {
    chain.state = static_cast<std::uint16_t>(count | kInFlight);
    ++in_flight_;
    StoreOnce(available_entries_[available_index_ & mask_], id);
    ++available_index_;
  }

  [[gnu::always_inline]] bool LookForUsed() {
    const std::uint16_t index = LoadFromDevice(used_->index);
    if (index == taken_) {
      return false;
    }
    if (broken_ || static_cast<std::uint16_t>(index - taken_) > in_flight_) [[unlikely]] {
      Break();
      return false;
    }
    seen_ = index;
    return true;
  }

  [[gnu::cold]] std::nullopt_t Break();

  SplitDescriptor* descriptors_ = nullptr;
  SplitAvailable* available_ = nullptr;
  std::uint16_t* available_entries_ = nullptr;
  std::uint16_t* used_event_ = nullptr;
  SplitUsed* used_ = nullptr;
  SplitUsedEntry* used_entries_ = nullptr;
  std::uint16_t* available_event_ = nullptr;
  Chain* chains_ = nullptr;
  std::uint16_t size_ = 0;
  std::uint16_t mask_ = 0;
  std::uint16_t free_ = 0;
  std::uint16_t free_head_ = 0;
  std::uint16_t available_index_ = 0;  // what was added
  std::uint16_t published_ = 0;        // what the device knows of
  std::uint16_t seen_ = 0;             // the device's used index when last read
  std::uint16_t taken_ = 0;            // what the driver took of it
  std::uint16_t in_flight_ = 0;        // chains the device has
  bool event_index_ = false;
  bool broken_ = false;
};

static_assert(Ring<SplitRing>);

}  // namespace ashlar::virtio
