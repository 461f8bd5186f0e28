// Fuzzes blkfront: the input is what a lying back end writes into the ring, and what the owner of
// the queue does meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "libs/base/units.h"
#include "libs/blockdev/blockdev.h"
#include "libs/events/events.h"
#include "libs/log/log.h"
#include "libs/xen/abi.h"
#include "libs/xen/block/block.h"
#include "libs/xen/block/fake_back_end.h"
#include "libs/xen/doorbell.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/peer.h"

namespace {

using namespace ashlar;
using namespace ashlar::xen;

struct Bell final : Doorbell {
  void Ring() override {}
};

struct Owner final : blockdev::Client {
  void Completed(void*, Result<void>) override { ++done; }
  std::size_t done = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)log::SetMinimum(static_cast<log::Level>(4));  // lies are expected here
  const auto memory = std::make_unique<FakeBlockMemory>();
  std::vector<GrantEntry> entries(64);
  GrantTable table(entries);
  Bell bell;
  events::Event event;
  const Peer peer = {
      .grants = &table,
      .frames = Frames(nullptr, reinterpret_cast<std::uintptr_t>(memory.get())),
      .back_end = 1,
  };
  constexpr std::size_t kSectors = 64;
  constexpr Disk kDisk = {
      .sectors = kSectors, .sector_size = 512, .read_only = false, .flush = true, .discard = true};
  BlockFront front({.ring = memory->ring,
                    .bounce = memory->bounce,
                    .doorbell = bell,
                    .event = event,
                    .number = 1});
  if (!front.Share(peer) || !front.Connect(kDisk)) {
    return 0;
  }
  blockdev::Queue& queue = *front.queues()[0];
  FakeBlockBackEnd back(*memory, entries, kSectors);
  Owner owner;
  std::size_t submitted = 0;
  // It does what it can to any page that it gets at.
  back.evil = [](std::span<std::byte, kPageSize> page, bool writable) {
    if (writable) {
      std::ranges::fill(page, std::byte{0xee});
    }
  };
  constexpr std::size_t kDataSectors = sizeof memory->data / 512;
  std::array<bool, kDataSectors> asked_for = {};
  for (; size >= 4; data += 4, size -= 4) {
    switch (data[0] & 7) {
      case 0:
        back.RawAnswer({.id = data[1] % 40u,
                        .operation = data[2],
                        .status = static_cast<std::int16_t>(data[3])});
        break;
      case 1:
        memory->ring.header.response_producer = data[1] | std::uint32_t{data[2]} << 24;
        break;
      case 2:
        std::memset(static_cast<void*>(&memory->ring.slots[data[1] % kBlockSlots]), data[2],
                    sizeof memory->ring.slots[0]);
        entries[data[3] % entries.size()].flags |= GrantEntry::kReading;
        break;
      case 3:
        back.Work();
        back.Answer();
        break;
      case 4:
        queue.Poll(owner);
        break;
      case 5:
        queue.EnableNotifications();
        break;
      case 6: {
        const blockdev::Request request = {
            .operation = static_cast<blockdev::Operation>(data[0] >> 3 & 3),
            .first_block = data[1] % 70u,
            .buffer = std::span(memory->data).subspan(512 * (data[2] % 16u), 512 * (data[3] % 90u)),
            .block_count = data[3],
        };
        if (queue.Submit(request)) {
          ++submitted;
          for (std::size_t i = 0; i < request.buffer.size() / 512; ++i) {
            asked_for[data[2] % 16u + i] = true;
          }
        }
        queue.Notify();
        break;
      }
      default:  // the domain is restored
        entries.assign(entries.size(), GrantEntry{});
        table.Restart();
        back.Restart();
        front.Restart();
        if (!front.Share(peer)) {
          __builtin_trap();
        }
        if (!front.Connect(kDisk)) {
          front.GiveUp();
        }
        break;
    }
  }
  if (owner.done > submitted) {
    __builtin_trap();
  }
  for (std::size_t i = 0; i < sizeof memory->data; ++i) {
    if (!asked_for[i / 512] && memory->data[i] != std::byte{}) {
      __builtin_trap();
    }
  }
  return 0;
}
