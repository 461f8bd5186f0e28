// Copies the first half of each of the machine's disks to the second half, in transfers of many
// sizes, several at once: the driver and its interrupts against a real device. Exits with 0 if what
// was written can be read again; the disks' files are compared outside.
//
//     disk_app DISKS [BAD_BLOCK]
//
// DISKS is how many there have to be; a read of BAD_BLOCK has to fail, and nothing else.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/blockdev/blockdev.h"
#include "libs/blockdev/blocking.h"
#include "libs/log/log.h"
#include "libs/scheduler/scheduler.h"

namespace {

using namespace ashlar;

constexpr std::size_t kThreads = 4;

bool Fail(const char* what) {
  log::Error("disk_app", what);
  return false;
}

// One thread's share of a disk.
struct Copy {
  blockdev::Blocking& disk;
  std::uint32_t block_size;
  std::uint64_t first;  // of the blocks to copy
  std::uint64_t count;
  std::uint64_t distance;  // to where they go
  bool good = false;
};

// Sizes go up and down past one page, one list of pages, and what the device takes at once.
constexpr std::array<std::size_t, 6> kSizes = {1, 3, 8, 17, 64, 600};

bool Run(Copy& copy) {
  std::vector<std::byte> storage(2 * (600 * copy.block_size + kPageSize));
  std::uint64_t done = 0;
  for (std::size_t round = 0; done < copy.count; ++round) {
    const std::uint64_t blocks =
        std::min<std::uint64_t>(kSizes[round % kSizes.size()], copy.count - done);
    const std::size_t bytes = static_cast<std::size_t>(blocks) * copy.block_size;
    // The buffers begin anywhere in a page that the device takes.
    const std::size_t half = storage.size() / 2;
    const auto buffer = [&](std::size_t at) {
      const auto address = reinterpret_cast<std::uintptr_t>(storage.data() + at);
      return std::span(storage).subspan(at + AlignUp(address, 512) - address, bytes);
    };
    const std::span<std::byte> data = buffer(round * 512 % 2048);
    const std::span<std::byte> again = buffer(half);
    const std::uint64_t from = copy.first + done;
    if (!copy.disk.Read(from, data) || !copy.disk.Write(from + copy.distance, data) ||
        !copy.disk.Read(from + copy.distance, again)) {
      return Fail("a transfer fails");
    }
    if (!std::ranges::equal(data, again)) {
      return Fail("what was read is not what was written");
    }
    done += blocks;
  }
  return true;
}

bool CopyHalf(blockdev::BlockDevice& device, blockdev::Blocking& disk) {
  const blockdev::Properties& properties = device.properties();
  const std::uint64_t half = properties.block_count / 2;
  const std::uint64_t share = half / kThreads;
  std::vector<Copy> copies;
  for (std::uint64_t i = 0; i < kThreads; ++i) {
    copies.push_back({disk, properties.block_size, i * share, share, half});
  }
  std::vector<scheduler::Thread*> threads;
  for (Copy& copy : copies) {
    const auto thread = scheduler::Spawn(
        [](void* argument) {
          Copy& mine = *static_cast<Copy*>(argument);
          mine.good = Run(mine);
        },
        &copy);
    if (!thread) {
      return Fail("no thread");
    }
    threads.push_back(*thread);
  }
  for (scheduler::Thread* thread : threads) {
    scheduler::Join(*thread);
  }
  return std::ranges::all_of(copies, &Copy::good);
}

bool Try(blockdev::BlockDevice& device) {
  const blockdev::Properties& properties = device.properties();
  blockdev::Blocking disk(device);
  log::Information("disk_app", properties.block_count, " blocks of ", properties.block_size,
                   ", at most ", properties.max_blocks,
                   " at once, write cache: ", properties.write_cache,
                   ", discard: ", properties.discard);
  alignas(kPageSize) static std::array<std::byte, 64 * kKiB> block;
  const std::span<std::byte> one = std::span(block).first(properties.block_size);
  if (disk.Read(properties.block_count, one) || disk.Write(properties.block_count, one)) {
    return Fail("there are blocks behind the last");
  }
  if (properties.read_only) {
    return (disk.Read(0, one) && !disk.Write(0, one)) || Fail("a read-only disk is written");
  }
  if (!CopyHalf(device, disk)) {
    return false;
  }
  if (!disk.Flush()) {
    return Fail("the cache is not flushed");
  }
  // The last block is between the shares, or a copy that is not looked at.
  if (properties.discard && !disk.Discard(properties.block_count - 1, 1)) {
    return Fail("a discard fails");
  }
  return true;
}

bool FailsAt(blockdev::BlockDevice& device, std::uint64_t bad) {
  blockdev::Blocking disk(device);
  alignas(kPageSize) static std::array<std::byte, 64 * kKiB> block;
  const std::span<std::byte> one = std::span(block).first(device.properties().block_size);
  const Result<void> result = disk.Read(bad, one);
  if (result || result.error() != Error::kInputOutput) {
    return Fail("a bad block is read");
  }
  return (disk.Read(bad + 64, one) && disk.Write(bad + 64, one)) ||
         Fail("a bad block harms others");
}

}  // namespace

int main(int argc, char** argv) {
  const auto devices = blockdev::Devices();
  const std::size_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  if (devices.size() != wanted) {
    log::Error("disk_app", "there are ", devices.size(), " disks, not ", wanted);
    return 1;
  }
  for (blockdev::BlockDevice* device : devices) {
    const bool good =
        argc > 2 ? FailsAt(*device, std::strtoull(argv[2], nullptr, 10)) : Try(*device);
    if (!good) {
      return 1;
    }
  }
  return 0;
}
