// The packed ring: what is not on the path of every request.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/packed_ring.h"

#include <bit>
#include <cstring>

namespace ashlar::virtio {

void PackedRing::Start(std::span<std::byte> memory, std::uint16_t size, Features features) {
  ASHLAR_CHECK(std::has_single_bit(size) && size <= kMaxRingSize &&
               memory.size() >= MemoryFor(size) && IsAligned(DeviceAddress(memory.data()), 16));
  std::memset(memory.data(), 0, MemoryFor(size));
  *this = PackedRing();
  descriptors_ = reinterpret_cast<PackedDescriptor*>(memory.data());
  driver_event_ = reinterpret_cast<PackedEvent*>(memory.data() + EventsOffset(size));
  device_event_ = driver_event_ + 1;
  chains_ = reinterpret_cast<Chain*>(memory.data() + ChainsOffset(size));
  for (std::uint16_t i = 0; i < size; ++i) {
    chains_[i].next = static_cast<std::uint16_t>(i + 1);  // the last one's is never followed
  }
  size_ = size;
  free_ = size;
  event_index_ = (features & kEventIndex) != 0;
  DisableInterrupts();
}

RingAddresses PackedRing::addresses() const {
  return {
      .size = size_,
      .descriptors = DeviceAddress(descriptors_),
      .driver = DeviceAddress(driver_event_),
      .device = DeviceAddress(device_event_),
  };
}

bool PackedRing::Abandon(std::uint16_t id) {
  ASHLAR_CHECK(id < size_);
  const bool was_in_flight = chains_[id].in_flight;
  chains_[id].in_flight = false;
  return was_in_flight;
}

std::nullopt_t PackedRing::Break() {
  broken_ = true;
  return std::nullopt;
}

}  // namespace ashlar::virtio
