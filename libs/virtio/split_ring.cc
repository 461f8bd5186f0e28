// The split ring: what is not on the path of every request.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/split_ring.h"

#include <bit>

namespace ashlar::virtio {

void SplitRing::Start(std::span<std::byte> memory, std::uint16_t size, Features features) {
  ASHLAR_CHECK(std::has_single_bit(size) && size <= kMaxRingSize &&
               memory.size() >= MemoryFor(size) && IsAligned(DeviceAddress(memory.data()), 16));
  *this = SplitRing();
  descriptors_ = reinterpret_cast<SplitDescriptor*>(memory.data());
  available_ = reinterpret_cast<SplitAvailable*>(memory.data() + AvailableOffset(size));
  available_entries_ = reinterpret_cast<std::uint16_t*>(available_ + 1);
  used_event_ = available_entries_ + size;
  used_ = reinterpret_cast<SplitUsed*>(memory.data() + UsedOffset(size));
  used_entries_ = reinterpret_cast<SplitUsedEntry*>(used_ + 1);
  available_event_ = reinterpret_cast<std::uint16_t*>(used_entries_ + size);
  // The rest of the tables is read only after one side has written it for the other.
  *available_ = {};
  *used_event_ = 0;
  *used_ = {};
  *available_event_ = 0;
  chains_ = reinterpret_cast<Chain*>(memory.data() + ChainsOffset(size));
  Chain* const chains = chains_;
  for (unsigned i = 0; i < size; ++i) {
    // The last one's next is never followed.
    chains[i] = {.writable = 0, .state = 0, .last = 0, .next = static_cast<std::uint16_t>(i + 1)};
  }
  size_ = size;
  mask_ = static_cast<std::uint16_t>(size - 1);
  free_ = size;
  event_index_ = (features & kEventIndex) != 0;
  DisableInterrupts();
}

RingAddresses SplitRing::addresses() const {
  return {
      .size = size_,
      .descriptors = DeviceAddress(descriptors_),
      .driver = DeviceAddress(available_),
      .device = DeviceAddress(used_),
  };
}

bool SplitRing::Abandon(std::uint16_t id) {
  ASHLAR_CHECK(id < size_);
  const bool was_in_flight = chains_[id].state >= kInFlight;
  chains_[id].state &= static_cast<std::uint16_t>(~kInFlight);
  return was_in_flight;
}

std::nullopt_t SplitRing::Break() {
  broken_ = true;
  seen_ = taken_;
  return std::nullopt;
}

}  // namespace ashlar::virtio
