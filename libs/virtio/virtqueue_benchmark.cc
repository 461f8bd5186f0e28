// How long the driver's side of a ring takes: adding, publishing and taking back, without a
// device's time.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "benchmark/benchmark.h"
#include "libs/base/units.h"
#include "libs/virtio/fake_device.h"
#include "libs/virtio/packed_ring.h"
#include "libs/virtio/ring.h"
#include "libs/virtio/split_ring.h"

namespace ashlar::virtio {
namespace {

constexpr std::uint16_t kSize = 256;

template <typename RingType>
class Fixture {
 public:
  Fixture() : memory_(RingType::MemoryFor(kSize) + kRingAlignment) {
    std::byte* begin = memory_.data();
    begin += AlignUp(DeviceAddress(begin), kRingAlignment) - DeviceAddress(begin);
    ring.Start(std::span(begin, RingType::MemoryFor(kSize)), kSize, kEventIndex);
  }
  RingType ring;

 private:
  std::vector<std::byte> memory_;
};

// The device's part, as short as can be: every published chain is used at once, in order.
class QuickSplitDevice {
 public:
  explicit QuickSplitDevice(const SplitRing& ring) : queue_(ring.addresses(), kEventIndex) {}
  void UseAll() {
    const std::uint16_t available = queue_.available->index;
    for (; at_ != available; ++at_) {
      queue_.used_entries[at_ % kSize] = {queue_.available_entries[at_ % kSize], 0};
    }
    StoreToDevice(queue_.used->index, available);
  }

 private:
  FakeSplitQueue queue_;
  std::uint16_t at_ = 0;
};

class QuickPackedDevice {
 public:
  explicit QuickPackedDevice(const PackedRing& ring) : queue_(ring.addresses(), kEventIndex) {}
  void UseAll() {
    for (;;) {
      PackedDescriptor& descriptor = queue_.descriptors[at_];
      const std::uint16_t flags = descriptor.flags;
      const bool available = (flags & PackedDescriptor::kAvailable) != 0;
      if (available == ((flags & PackedDescriptor::kUsed) != 0) || available != wrap_) {
        return;
      }
      std::uint16_t count = 1;
      while ((queue_.descriptors[(at_ + count - 1) % kSize].flags & PackedDescriptor::kNext) != 0) {
        ++count;
      }
      descriptor.length = 0;
      StoreToDevice(descriptor.flags,
                    static_cast<std::uint16_t>(
                        wrap_ ? PackedDescriptor::kAvailable | PackedDescriptor::kUsed : 0));
      at_ = static_cast<std::uint16_t>(at_ + count);
      if (at_ >= kSize) {
        at_ = static_cast<std::uint16_t>(at_ - kSize);
        wrap_ = !wrap_;
      }
    }
  }

 private:
  FakePackedQueue queue_;
  std::uint16_t at_ = 0;
  bool wrap_ = true;
};

// Chains of range(0) segments, range(1) of them to a batch.
template <typename RingType, typename Device>
void AddPublishTake(benchmark::State& state) {
  Fixture<RingType> fixture;
  RingType& ring = fixture.ring;
  Device device(ring);
  const auto segments = static_cast<std::uint16_t>(state.range(0));
  const auto batch = static_cast<std::uint16_t>(state.range(1));
  for (auto _ : state) {
    for (std::uint16_t i = 0; i < batch; ++i) {
      ring.Add(segments, [&](std::uint16_t j) { return Segment{0x1000u + j, 64}; });
    }
    benchmark::DoNotOptimize(ring.Publish());
    device.UseAll();
    while (const auto used = ring.Take()) {
      ring.Free(used->id);
    }
  }
  if (ring.broken()) {
    state.SkipWithError("the device broke the ring");
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(AddPublishTake<SplitRing, QuickSplitDevice>)
    ->Name("split")
    ->Args({1, 1})
    ->Args({2, 1})
    ->Args({2, 32});
BENCHMARK(AddPublishTake<PackedRing, QuickPackedDevice>)
    ->Name("packed")
    ->Args({1, 1})
    ->Args({2, 1})
    ->Args({2, 32});

// A receive buffer's way: taken and given back under its id.
template <typename RingType, typename Device>
void TakeRepeat(benchmark::State& state) {
  Fixture<RingType> fixture;
  RingType& ring = fixture.ring;
  Device device(ring);
  constexpr Segment kBuffer = {0x1000, 1536, true};
  for (std::uint16_t i = 0; i < 64; ++i) {
    ring.Add(1, [&](std::uint16_t) { return kBuffer; });
  }
  std::int64_t buffers = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ring.Publish());
    device.UseAll();
    while (const auto used = ring.Take()) {
      ring.Repeat(used->id, kBuffer);
      ++buffers;
    }
  }
  state.SetItemsProcessed(buffers);
}
BENCHMARK(TakeRepeat<SplitRing, QuickSplitDevice>)->Name("split_receive");
BENCHMARK(TakeRepeat<PackedRing, QuickPackedDevice>)->Name("packed_receive");

}  // namespace
}  // namespace ashlar::virtio
