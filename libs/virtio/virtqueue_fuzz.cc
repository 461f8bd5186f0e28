// Fuzzes both kinds of ring: the input says what the driver does next and what the device writes,
// where, meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "libs/base/units.h"
#include "libs/virtio/fake_device.h"
#include "libs/virtio/packed_ring.h"
#include "libs/virtio/ring.h"
#include "libs/virtio/split_ring.h"
#include "rules/tools/fuzz_input.h"

namespace ashlar::virtio {
namespace {

constexpr std::uint16_t kSize = 16;
constexpr std::uint32_t kSegmentLength = 100;

using fuzz::Expect;
using fuzz::Input;

// Where the device may write: the whole ring, but not what the driver keeps for itself behind it.
template <typename RingType>
std::span<std::byte> SharedPart(std::span<std::byte> memory);
template <>
std::span<std::byte> SharedPart<SplitRing>(std::span<std::byte> memory) {
  const std::size_t used = AlignUp(kSize * 16 + 4 + (kSize + 1) * 2, 64);
  return memory.first(used + 4 + kSize * 8 + 2);
}
template <>
std::span<std::byte> SharedPart<PackedRing>(std::span<std::byte> memory) {
  return memory.first(kSize * 16 + 8);
}

template <typename RingType>
void Run(Input input, Features features) {
  alignas(kRingAlignment) static constinit std::array<std::byte, RingType::MemoryFor(kSize)>
      memory = {};
  RingType ring;
  ring.Start(memory, kSize, features);
  typename FakeQueueOf<RingType>::type device(ring.addresses(), features);
  const std::span<std::byte> shared = SharedPart<RingType>(memory);

  // What the driver believes of each chain.
  struct Chain {
    bool given = false;
    bool taken = false;
    std::uint16_t count = 0;
    bool writable = false;
  };
  std::array<Chain, kSize> chains;
  unsigned descriptors = 0;

  while (!input.empty()) {
    switch (input.Byte() % 8) {
      case 0: {  // a chain
        const auto count = static_cast<std::uint16_t>(1 + input.Byte() % 4);
        if (count > ring.free()) {
          break;
        }
        const bool writable = input.Byte() % 2 == 0;
        const std::uint16_t id = ring.next_id();
        Expect(id < kSize && !chains[id].given && !chains[id].taken);
        ring.Add(count, [&](std::uint16_t) { return Segment{0x1000, kSegmentLength, writable}; });
        chains[id] = {.given = true, .count = count, .writable = writable};
        descriptors += count;
        break;
      }
      case 1:
        (void)ring.Publish();
        break;
      case 2: {  // one that the device has used
        const std::optional<Used> used = ring.Take();
        if (!used) {
          break;
        }
        Expect(used->id < kSize);
        Chain& chain = chains[used->id];
        Expect(chain.given && !chain.taken);
        Expect(used->length <= (chain.writable ? chain.count * kSegmentLength : 0));
        chain.given = false;
        chain.taken = true;
        break;
      }
      case 3: {  // is given back, or again
        const std::uint8_t id = input.Byte() % kSize;
        if (!chains[id].taken) {
          break;
        }
        if (chains[id].count == 1 && input.Byte() % 2 == 0) {
          ring.Repeat(id, {0x1000, kSegmentLength, chains[id].writable});
          chains[id].taken = false;
          chains[id].given = true;
        } else {
          ring.Free(id);
          descriptors -= chains[id].count;
          chains[id] = {};
        }
        break;
      }
      case 4:
        (void)ring.EnableInterrupts();
        break;
      case 5:
        ring.DisableInterrupts();
        break;
      case 6: {  // the device does as it should
        std::uint16_t position = 0;
        if constexpr (std::is_same_v<RingType, SplitRing>) {
          position = device.available_entries[device.popped % kSize];
          if (device.popped == device.available->index || position >= kSize) {
            break;
          }
          device.Push({.id = position, .descriptors = 1}, input.Byte());
          ++device.popped;
        } else {
          device.Push({.id = static_cast<std::uint16_t>(input.Byte() % kSize), .descriptors = 1},
                      input.Byte());
        }
        break;
      }
      case 7: {  // or whatever it likes
        const std::size_t offset = input.Word() % (shared.size() - 1);
        const std::uint16_t value = input.Word();
        std::memcpy(shared.data() + offset, &value, sizeof(value));
        break;
      }
    }
    Expect(ring.free() == kSize - descriptors);
  }
}

}  // namespace
}  // namespace ashlar::virtio

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar::virtio;
  const std::span<const std::uint8_t> input(data, size);
  Run<SplitRing>(Input(input), kEventIndex);
  Run<SplitRing>(Input(input), 0);
  Run<PackedRing>(Input(input), kEventIndex);
  Run<PackedRing>(Input(input), 0);
  return 0;
}
