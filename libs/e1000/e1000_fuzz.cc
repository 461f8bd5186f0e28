// Fuzzes the driver: the input is what a lying device writes into its descriptors, and what the
// stack does meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "libs/base/aligned_bytes.h"
#include "libs/base/units.h"
#include "libs/e1000/e1000.h"
#include "libs/e1000/fake_nic.h"
#include "libs/e1000/registers.h"
#include "libs/events/events.h"
#include "libs/netdev/frame_holder.h"
#include "libs/netdev/netdev.h"
#include "libs/pci/fake_config_space.h"

namespace {

using namespace ashlar;
using TestNic = e1000::Nic<e1000::FakeNicBus>;

constexpr e1000::Options kSmall = {.receive_buffers = 8, .transmit_descriptors = 8};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kBytes = TestNic::MemoryFor(kSmall);
  const AlignedBytes memory = MakeAlignedBytes(kBytes, kPageSize);
  e1000::FakeNic fake;
  fake.sends_at_once = false;  // it would follow what the fuzzer wrote
  events::Event event;
  pci::FakeConfigSpace config;
  e1000::Options options = kSmall;
  options.family = (size & 1) == 0 ? e1000::Family::k82574 : e1000::Family::k8254x;
  const auto nic = TestNic::Start({e1000::FakeNicBus(fake), e1000::kRegisterBytes, config, {}},
                                  std::span(memory.get(), kBytes), event, options);
  if (!nic) {
    return 0;
  }
  netdev::Queue& queue = *(*nic)->queues()[0];
  netdev::FrameHolder stack;
  std::size_t queued = 0;
  static const std::vector<std::byte> frame(60);
  while (size >= 4) {
    const std::uint8_t slot = data[0] >> 4 & 7;
    switch (data[0] & 7) {
      case 0: {  // the device fills in a receive descriptor
        e1000::ReceiveDescriptor& descriptor = fake.ReceiveAt(slot);
        std::memcpy(&descriptor.length, data + 1, 2);
        descriptor.status = data[3];
        descriptor.errors = data[1];
        break;
      }
      case 1:  // or a transmit descriptor
        fake.TransmitAt(slot).status = data[1];
        break;
      case 2:  // or all that it may write to
        std::memset(static_cast<void*>(&fake.ReceiveAt(slot)), data[1],
                    sizeof(e1000::ReceiveDescriptor));
        break;
      case 3: {
        const std::array<netdev::Fragment, 2> fragments = {
            std::span(frame).first(14 + data[1] % 32), std::span(frame).first(data[2] % 32)};
        const netdev::Offload offload = {
            .checksum = (data[3] & 1) != 0,
            .checksum_start = data[3],
            .checksum_offset = data[2],
            .segmentation = static_cast<netdev::Offload::Segmentation>(data[3] >> 4 & 1),
            .segment_size = data[1],
            .header_size = data[2]};
        if (queue.Transmit(fragments, offload, nullptr)) {
          ++queued;
        }
        queue.Flush();
        break;
      }
      case 4:
        queue.Poll(stack, data[1]);
        break;
      case 5:
        stack.ReleaseOne(queue);
        break;
      case 6:
        queue.EnableNotifications();
        break;
      default:
        event.Note();
        queue.DisableNotifications();
        break;
    }
    data += 4;
    size -= 4;
  }
  // Out of use, it owes nothing.
  const bool broken = queue.Transmit(std::array<netdev::Fragment, 1>{frame}, {}, nullptr) ==
                      std::unexpected(Error::kBroken);
  if (stack.transmitted > queued || (broken && stack.transmitted != queued) ||
      stack.held.size() > kSmall.receive_buffers) {
    __builtin_trap();
  }
  return 0;
}
