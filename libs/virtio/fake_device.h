// A virtio device in memory, for tests: the device's side of both kinds of ring, and a transport to
// it.
//
// It follows the specification as far as it is told to; its fields let a test make it lie.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "libs/virtio/packed_ring.h"
#include "libs/virtio/ring.h"
#include "libs/virtio/split_ring.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {

/// A chain as the device finds it.
struct FakeChain {
  std::uint16_t id = 0;
  std::uint16_t descriptors = 0;
  std::vector<Segment> segments = {};

  /// What the driver lets the device read, as one string of bytes.
  std::vector<std::byte> Readable() const {
    std::vector<std::byte> bytes;
    for (const Segment& segment : segments) {
      if (!segment.device_writes) {
        const auto* from = reinterpret_cast<const std::byte*>(segment.address);
        bytes.insert(bytes.end(), from, from + segment.length);
      }
    }
    return bytes;
  }
  /// Writes `bytes` into what the driver lets the device write; returns how many fitted.
  std::uint32_t Write(std::span<const std::byte> bytes) const {
    std::uint32_t written = 0;
    for (const Segment& segment : segments) {
      if (segment.device_writes) {
        const std::size_t part = std::min<std::size_t>(segment.length, bytes.size() - written);
        if (part != 0) {
          std::memcpy(reinterpret_cast<void*>(segment.address), bytes.data() + written, part);
        }
        written += static_cast<std::uint32_t>(part);
      }
    }
    return written;
  }
};

/// The device's side of a split ring.
class FakeSplitQueue {
 public:
  FakeSplitQueue(const RingAddresses& ring, Features features)
      : size(ring.size),
        event_index((features & kEventIndex) != 0),
        descriptors(reinterpret_cast<SplitDescriptor*>(ring.descriptors)),
        available(reinterpret_cast<SplitAvailable*>(ring.driver)),
        available_entries(reinterpret_cast<std::uint16_t*>(available + 1)),
        used_event(available_entries + size),
        used(reinterpret_cast<SplitUsed*>(ring.device)),
        used_entries(reinterpret_cast<SplitUsedEntry*>(used + 1)),
        available_event(reinterpret_cast<std::uint16_t*>(used_entries + size)) {}

  /// The next available chain; it is not used until Push().
  std::optional<FakeChain> Pop() {
    if (popped == LoadFromDevice(available->index)) {
      return std::nullopt;
    }
    FakeChain chain;
    std::uint16_t index = available_entries[popped++ % size];
    chain.id = index;
    for (;;) {
      const SplitDescriptor& descriptor = descriptors[index];
      chain.segments.push_back({descriptor.address, descriptor.length,
                                (descriptor.flags & SplitDescriptor::kWrite) != 0});
      ++chain.descriptors;
      if ((descriptor.flags & SplitDescriptor::kNext) == 0 || chain.descriptors == size) {
        break;
      }
      index = descriptor.next;
    }
    if (event_index) {
      *available_event = popped;
    }
    return chain;
  }

  /// Returns a chain as used.
  void Push(const FakeChain& chain, std::uint32_t length) {
    used_entries[used->index % size] = {chain.id, length};
    StoreToDevice(used->index, static_cast<std::uint16_t>(used->index + 1));
  }

  /// Whether the driver wants an interrupt for the last `pushed` chains.
  bool WantsInterrupt(std::uint16_t pushed = 1) const {
    if (event_index) {
      return static_cast<std::uint16_t>(used->index - *used_event - 1) < pushed;
    }
    return (available->flags & SplitAvailable::kNoInterrupt) == 0;
  }
  /// Makes the driver not notify.
  void SuppressNotifications() {
    used->flags = SplitUsed::kNoNotify;
    *available_event = static_cast<std::uint16_t>(popped - 1);
  }

  std::uint16_t size;
  bool event_index;
  SplitDescriptor* descriptors;
  SplitAvailable* available;
  std::uint16_t* available_entries;
  std::uint16_t* used_event;
  SplitUsed* used;
  SplitUsedEntry* used_entries;
  std::uint16_t* available_event;
  std::uint16_t popped = 0;
};

/// The device's side of a packed ring.
class FakePackedQueue {
 public:
  FakePackedQueue(const RingAddresses& ring, Features features)
      : size(ring.size),
        event_index((features & kEventIndex) != 0),
        descriptors(reinterpret_cast<PackedDescriptor*>(ring.descriptors)),
        driver_event(reinterpret_cast<PackedEvent*>(ring.driver)),
        device_event(reinterpret_cast<PackedEvent*>(ring.device)) {}

  std::optional<FakeChain> Pop() {
    const std::uint16_t flags = LoadFromDevice(descriptors[position].flags);
    const bool available = (flags & PackedDescriptor::kAvailable) != 0;
    const bool used = (flags & PackedDescriptor::kUsed) != 0;
    if (available == used || available != wrap) {
      return std::nullopt;
    }
    FakeChain chain;
    for (;;) {
      const PackedDescriptor& descriptor = descriptors[position];
      chain.id = descriptor.id;
      chain.segments.push_back({descriptor.address, descriptor.length,
                                (descriptor.flags & PackedDescriptor::kWrite) != 0});
      ++chain.descriptors;
      Advance(position, wrap, 1);
      if ((descriptor.flags & PackedDescriptor::kNext) == 0 || chain.descriptors == size) {
        break;
      }
    }
    if (event_index) {
      device_event->position =
          static_cast<std::uint16_t>(position | (wrap ? PackedEvent::kWrap : 0));
      device_event->flags = PackedEvent::kDescriptor;
    }
    return chain;
  }

  void Push(const FakeChain& chain, std::uint32_t length) {
    PackedDescriptor& descriptor = descriptors[used_position];
    descriptor.id = chain.id;
    descriptor.length = length;
    StoreToDevice(descriptor.flags,
                  static_cast<std::uint16_t>(
                      used_wrap ? PackedDescriptor::kAvailable | PackedDescriptor::kUsed : 0));
    before_last_push =
        static_cast<std::uint16_t>(used_position | (used_wrap ? PackedEvent::kWrap : 0));
    Advance(used_position, used_wrap, chain.descriptors);
  }

  bool WantsInterrupt(std::uint16_t pushed = 1) const {
    if (driver_event->flags == PackedEvent::kDescriptor) {
      return pushed == 1 ? driver_event->position == before_last_push : true;
    }
    return driver_event->flags == PackedEvent::kEnable;
  }
  void SuppressNotifications() { device_event->flags = PackedEvent::kDisable; }

  std::uint16_t size;
  bool event_index;
  PackedDescriptor* descriptors;
  PackedEvent* driver_event;
  PackedEvent* device_event;
  std::uint16_t position = 0;
  bool wrap = true;
  std::uint16_t used_position = 0;
  bool used_wrap = true;
  std::uint16_t before_last_push = 0;

 private:
  void Advance(std::uint16_t& at, bool& counter, std::uint16_t by) {
    at = static_cast<std::uint16_t>(at + by);
    while (at >= size) {
      at = static_cast<std::uint16_t>(at - size);
      counter = !counter;
    }
  }
};

/// The device's side of the driver's kind of ring.
template <typename Ring>
struct FakeQueueOf;
template <>
struct FakeQueueOf<SplitRing> {
  using type = FakeSplitQueue;
};
template <>
struct FakeQueueOf<PackedRing> {
  using type = FakePackedQueue;
};

/// A transport to a device that lives in this object.
class FakeTransport final : public Transport, private Signals {
 public:
  FakeTransport(DeviceType type, Features offered) : offered(offered) { type_ = type; }

  Features offered;
  Features accepted = 0;
  std::uint8_t status = 0;
  std::vector<std::byte> config;
  std::map<std::uint16_t, std::uint16_t> maximum_sizes;  ///< of the queues there are
  std::map<std::uint16_t, RingAddresses> rings;          ///< of the queues that were started
  std::map<std::uint16_t, events::Event*> events;
  std::map<std::uint16_t, int> notifications;
  int acknowledgements = 0;
  std::function<void(std::uint16_t)> on_notify;

  bool never_resets = false;
  bool refuses_features = false;
  bool config_keeps_changing = false;

  void MakeLegacy() { legacy_ = true; }

  /// The device's side of a started queue.
  template <typename FakeQueue>
  FakeQueue Queue(std::uint16_t index) const {
    return FakeQueue(rings.at(index), accepted);
  }

  std::uint8_t ReadStatus() override { return status; }
  void WriteStatus(std::uint8_t value) override {
    if (value == 0) {
      rings.clear();
      events.clear();
      if (never_resets) {
        return;
      }
    }
    status = value;
    if (refuses_features) {
      status &= static_cast<std::uint8_t>(~kStatusFeaturesOk);
    }
  }
  Features ReadFeatures() override { return offered; }
  void WriteFeatures(Features features) override { accepted = features; }
  Result<void> ReadConfig(std::size_t offset, std::span<std::byte> into) override {
    if (config_keeps_changing) {
      return std::unexpected(Error::kBroken);
    }
    if (offset > config.size() || into.size() > config.size() - offset) {
      return std::unexpected(Error::kUnsupported);
    }
    std::memcpy(into.data(), config.data() + offset, into.size());
    return {};
  }
  Result<std::uint16_t> MaximumRingSize(std::uint16_t queue) override {
    const auto found = maximum_sizes.find(queue);
    if (found == maximum_sizes.end()) {
      return std::unexpected(Error::kNotFound);
    }
    return found->second;
  }
  Result<Signals*> StartQueue(std::uint16_t queue, const RingAddresses& ring,
                              events::Event* event) override {
    if (!maximum_sizes.contains(queue) || ring.size > maximum_sizes[queue]) {
      return std::unexpected(Error::kBroken);
    }
    rings[queue] = ring;
    events[queue] = event;
    Signals* signals = this;
    return signals;
  }

 private:
  void Notify(std::uint16_t queue) override {
    ++notifications[queue];
    if (on_notify) {
      on_notify(queue);
    }
  }
  void AcknowledgeInterrupt() override { ++acknowledgements; }
};

}  // namespace ashlar::virtio
