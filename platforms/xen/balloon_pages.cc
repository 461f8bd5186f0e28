// Hands pages over, and in a PV domain takes them out of its page tables first.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/balloon_pages.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/xen/balloon.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/pv_mapping.h"
#include "platforms/xen/pv_page_tables.h"
#include "platforms/xen/start.h"

namespace ashlar::xen {
namespace {

constexpr std::size_t kMostPages = Balloon::kStep / kPageSize;

using Frames = std::array<std::uint64_t, kMostPages>;

std::uintptr_t AddressOf(std::size_t page) { return page * kPageSize; }

// A PV domain's list of its machine pages, which nobody else changes while the domain runs.
std::uint64_t* FrameList() { return const_cast<std::uint64_t*>(PvStart().frames().data()); }

constexpr std::uint64_t kNoFrame = ~std::uint64_t{0};  // as toolstacks have it

// Maps the pages of the list's part [first, first + count) to what it says, kNoFrame to nothing.
// These are the domain's own pages and tables: if Xen refuses that, what it was told before is not
// so, and memory is not where it should be.
void MapAsListed(const std::uint64_t* list, std::size_t first, std::size_t count) {
  PvUpdates updates;
  updates.AddPages(AddressOf(first), AddressOf(first + count), [&](std::uintptr_t page) {
    const std::uint64_t frame = list[page / kPageSize];
    return frame == kNoFrame ? 0 : DataEntry(frame * kPageSize);
  });
  if (!updates.Finish()) {
    Panic("Xen refused to map or unmap memory that is this domain's");
  }
  ForgetTranslations();
}

}  // namespace

BalloonPages::Memory OwnBalloonPages::Measure() const {
  const page_allocator::Statistics statistics = page_allocator::Measure();
  return {.total_bytes = statistics.total_bytes, .free_bytes = statistics.free_bytes};
}

Result<std::span<std::byte>> OwnBalloonPages::Allocate(std::size_t size) {
  return page_allocator::Allocate(size);
}

void OwnBalloonPages::Free(std::span<std::byte> pages) { page_allocator::Free(pages); }

std::size_t OwnBalloonPages::Give(std::size_t first, std::size_t count) {
  ASHLAR_CHECK(count <= kMostPages);
  std::uint64_t* const list = IsPv() ? FrameList() : nullptr;
  Frames frames;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t page = first + count - 1 - i;
    frames[i] = list == nullptr ? page : std::exchange(list[page], kNoFrame);
  }
  if (list != nullptr) {
    MapAsListed(list, first, count);
  }
  const std::size_t given = GivePages(std::span(frames).first(count));
  if (list != nullptr && given != count) {
    const std::size_t kept = count - given;
    std::ranges::reverse_copy(std::span(frames).subspan(given, kept), list + first);
    MapAsListed(list, first, kept);
  }
  return given;
}

std::size_t OwnBalloonPages::Take(std::size_t first, std::size_t count) {
  ASHLAR_CHECK(count <= kMostPages);
  Frames frames;
  for (std::size_t i = 0; i < count; ++i) {
    frames[i] = first + i;
  }
  const std::size_t taken = TakePages(std::span(frames).first(count));
  if (IsPv()) {
    std::uint64_t* const list = FrameList();
    std::ranges::copy(std::span(frames).first(taken), list + first);
    MapAsListed(list, first, taken);
  }
  return taken;
}

}  // namespace ashlar::xen
