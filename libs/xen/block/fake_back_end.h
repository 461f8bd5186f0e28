// Blkback made of memory, for tests: a disk behind a ring, by the grants that a front end gave.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/fake_grants.h"

namespace ashlar::xen {

/// Memory as Xen sees it: frame 0 is its first page.
struct alignas(kPageSize) FakeBlockMemory {
  static constexpr std::size_t kDataPages = 24;
  static constexpr std::size_t kBouncePages = 4;
  BlockRing ring;
  std::byte bounce[kBouncePages * kPageSize];
  std::byte data[kDataPages * kPageSize];
};

class FakeBlockBackEnd {
 public:
  static constexpr std::size_t kSector = 512;

  FakeBlockBackEnd(FakeBlockMemory& memory, std::span<GrantEntry> grants, std::size_t sectors)
      : disk(sectors * kSector), memory_(memory), grants_(grants) {}

  /// Does what it is asked; the answers wait for Answer().
  void Work() {
    while (taken_ != memory_.ring.header.request_producer) {
      const BlockRequest request = memory_.ring.slots[taken_++ % kBlockSlots].request;
      requests.push_back(request);
      answers.push_back({.id = request.id,
                         .operation = static_cast<std::uint8_t>(request.operation),
                         .status = static_cast<std::int16_t>(Do(request) ? 0 : -1)});
    }
    memory_.ring.header.request_event = taken_ + 1;
  }
  void Answer() {
    for (const BlockResponse& answer : answers) {
      RawAnswer(answer);
    }
    answers.clear();
  }
  void RawAnswer(const BlockResponse& answer) {
    const std::uint32_t at = memory_.ring.header.response_producer;
    memory_.ring.slots[at % kBlockSlots].response = answer;
    memory_.ring.header.response_producer = at + 1;
  }
  /// The front end began anew.
  void Restart() {
    taken_ = 0;
    answers.clear();
  }

  std::vector<std::byte> disk;
  std::size_t sector_size = kSector;  ///< the disk's own: segments are whole ones of them
  /// Called with each page that it gets at, before it does what it is asked.
  std::function<void(std::span<std::byte, kPageSize> page, bool writable)> evil;
  std::vector<BlockRequest> requests;
  std::vector<BlockResponse> answers;

 private:
  bool Do(const BlockRequest& request) {
    if (request.operation == BlockOperation::kFlush ||
        request.operation == BlockOperation::kDiscard) {
      return true;
    }
    const bool to_memory = request.operation == BlockOperation::kRead;
    std::size_t at = request.sector * kSector;
    if (request.segment_count > kMaxBlockSegments) {
      return false;
    }
    for (std::size_t i = 0; i < request.segment_count; ++i) {
      const BlockSegment& segment = request.segments[i];
      std::byte* const page = Page(segment.grant, to_memory);
      if (page != nullptr && evil) {
        evil(std::span<std::byte, kPageSize>(page, kPageSize), to_memory);
      }
      const std::size_t begin = segment.first_sector * kSector;
      const std::size_t end = (segment.last_sector + std::size_t{1}) * kSector;
      // The last one: [Linux, drivers/block/xen-blkback/blkback.c dispatch_rw_block_io()].
      if (page == nullptr || begin >= end || end > kPageSize || at > disk.size() ||
          end - begin > disk.size() - at || (at | (end - begin)) % sector_size != 0) {
        return false;
      }
      std::byte* const sectors = disk.data() + at;
      std::memcpy(to_memory ? page + begin : sectors, to_memory ? sectors : page + begin,
                  end - begin);
      at += end - begin;
    }
    return true;
  }

  // The page behind a grant; nullptr if there is none that allows this.
  std::byte* Page(std::uint32_t grant, bool write) {
    return GrantedPage(std::span(reinterpret_cast<std::byte*>(&memory_), sizeof memory_), grants_,
                       grant, write);
  }

  FakeBlockMemory& memory_;
  std::span<GrantEntry> grants_;
  std::uint32_t taken_ = 0;
};

}  // namespace ashlar::xen
