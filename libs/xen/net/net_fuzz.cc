// Fuzzes netfront: the input is what a lying back end writes into the rings, and what the stack
// does meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "libs/base/units.h"
#include "libs/events/events.h"
#include "libs/log/log.h"
#include "libs/netdev/frame_holder.h"
#include "libs/netdev/netdev.h"
#include "libs/xen/abi.h"
#include "libs/xen/doorbell.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/net/fake_back_end.h"
#include "libs/xen/net/net_queue.h"
#include "libs/xen/peer.h"

namespace {

using namespace ashlar;
using namespace ashlar::xen;

struct Bell final : Doorbell {
  void Ring() override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)log::SetMinimum(static_cast<log::Level>(4));  // lies are expected here
  const auto memory = std::make_unique<FakeNetMemory>();
  std::vector<GrantEntry> entries(64);
  GrantTable table(entries);
  Bell bell;
  events::Event event;
  const Peer peer = {
      .grants = &table,
      .frames = Frames(nullptr, reinterpret_cast<std::uintptr_t>(memory.get())),
      .back_end = 1,
  };
  const netdev::Properties properties = {.transmit_checksum = true,
                                         .tcp4_segmentation = true,
                                         .max_fragments = NetQueue::kMaxFragments};
  NetQueue queue({.transmit = memory->transmit,
                  .receive = memory->receive,
                  .buffers = memory->buffers,
                  .doorbell = bell,
                  .event = event,
                  .number = 0},
                 properties);
  if (!queue.Share(peer)) {
    return 0;
  }
  queue.Connect();
  FakeNetBackEnd back(*memory, entries);
  netdev::FrameHolder stack;
  std::size_t queued = 0;
  for (; size >= 4; data += 4, size -= 4) {
    std::uint16_t value;
    std::memcpy(&value, data + 2, sizeof value);
    switch (data[0] & 15) {
      case 0:
        back.RawAnswer({.id = data[1], .status = static_cast<std::int16_t>(value)});
        break;
      case 1:
        back.RawDeliver({.id = data[1],
                         .offset = static_cast<std::uint16_t>(data[0] << 4),
                         .flags = static_cast<std::uint16_t>(data[0] >> 6),
                         .status = static_cast<std::int16_t>(value)});
        break;
      case 2:
        memory->transmit.header.response_producer = value;
        break;
      case 3:
        memory->receive.header.response_producer = value;
        break;
      case 4:
        memory->transmit.header.request_event = value;
        memory->transmit.header.request_producer = value;
        break;
      case 5:  // all of a slot, and what is Xen's of a grant
        std::memset(static_cast<void*>(&memory->transmit.slots[data[1]]), data[2],
                    sizeof memory->transmit.slots[0]);
        entries[data[3] % entries.size()].flags |= GrantEntry::kReading;
        break;
      case 6:
      case 7:
      case 8: {
        const std::array<netdev::Fragment, 2> fragments = {
            std::span(memory->data).subspan(data[1], 14 + value % 8192),
            std::span(memory->data).subspan(4000, data[1])};
        const netdev::Offload offload = {.checksum = (data[0] & 0x10) != 0,
                                         .segmentation = (data[0] & 0x20) != 0
                                                             ? netdev::Offload::Segmentation::kTcp4
                                                             : netdev::Offload::Segmentation::kNone,
                                         .segment_size = 1460};
        if (queue.Transmit(fragments, offload, nullptr)) {
          ++queued;
        }
        queue.Flush();
        break;
      }
      case 9:
      case 10:
        queue.Poll(stack, data[1]);
        break;
      case 11:
        stack.ReleaseOne(queue);
        break;
      case 12:
        queue.EnableNotifications();
        break;
      case 13:
        back.Answer(data[1]);
        break;
      case 14:
        (void)back.Deliver(std::span(memory->data).first(14 + data[1]));
        break;
      default:  // the domain is restored
        entries.assign(entries.size(), GrantEntry{});
        table.Restart();
        back.Restart();
        if (!queue.Share(peer)) {
          __builtin_trap();
        }
        queue.Connect();
        break;
    }
  }
  if (stack.transmitted > queued || stack.held.size() > FakeNetMemory::kBuffers) {
    __builtin_trap();
  }
  // What the stack holds the back end cannot reach.
  for (const netdev::Buffer* buffer : stack.held) {
    const auto offset =
        static_cast<std::size_t>(reinterpret_cast<const char*>(buffer->bytes.data()) -
                                 reinterpret_cast<const char*>(memory.get()));
    for (const GrantEntry& entry : entries) {
      if ((entry.flags & GrantEntry::kPermitAccess) != 0 && entry.frame == offset / kPageSize) {
        __builtin_trap();
      }
    }
  }
  return 0;
}
