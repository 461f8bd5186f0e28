// The smallest heap: blocks one after another, given back only if they are the last. For images
// that set up and then serve without allocating.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/heap/heap.h"
#include "libs/page_allocator/page_allocator.h"

namespace ashlar::heap {
namespace {

constexpr std::size_t kChunkSize = 16 * kKiB;
constexpr std::uint64_t kMark =
    0x6b636f6c622d6261;  // a block's header, unless somebody wrote over it

// In front of each block.
struct alignas(kAlignment) Header {
  std::size_t size;
  std::uint64_t mark;
};
static_assert(sizeof(Header) == kAlignment);

constinit std::uintptr_t next = 0;  // where the next header may go
constinit std::uintptr_t end = 0;   // of the chunk
constinit Statistics statistics = {.reserved_bytes = 0, .used_bytes = 0};

Header& HeaderOf(const void* block) {
  Header& header = const_cast<Header*>(static_cast<const Header*>(block))[-1];
  if (header.mark != kMark) {
    Panic("heap: freed or resized what is no block, or a block that was overrun");
  }
  return header;
}

// Where the block behind this one would begin.
std::uintptr_t EndOf(const void* block, std::size_t size) {
  return AlignUp(reinterpret_cast<std::uintptr_t>(block) + size, kAlignment);
}

// Makes `size` bytes available from `next` on, in a chunk of its own or behind the present one.
bool Extend(std::size_t size) {
  const Result<std::span<std::byte>> pages = page_allocator::Allocate(std::max(size, kChunkSize));
  if (!pages.has_value()) {
    return false;
  }
  const auto base = reinterpret_cast<std::uintptr_t>(pages->data());
  statistics.reserved_bytes += pages->size();
  if (base != end) {
    next = base;
  }
  end = base + pages->size();
  return true;
}

}  // namespace

void* Allocate(std::size_t size) { return AllocateAligned(size, kAlignment); }

void* AllocateAligned(std::size_t size, std::size_t alignment) {
  alignment = std::max(alignment, kAlignment);
  if (size > SIZE_MAX / 4 || alignment > SIZE_MAX / 4) {
    return nullptr;
  }
  const std::size_t needed = sizeof(Header) + alignment - kAlignment + AlignUp(size, kAlignment);
  if (end - next < needed && !Extend(needed)) {
    return nullptr;
  }
  const std::uintptr_t block = AlignUp(next + sizeof(Header), alignment);
  next = block + AlignUp(size, kAlignment);
  statistics.used_bytes += size;
  ::new (reinterpret_cast<void*>(block - sizeof(Header))) Header{.size = size, .mark = kMark};
  return reinterpret_cast<void*>(block);
}

void* Reallocate(void* block, std::size_t size) {
  if (block == nullptr) {
    return Allocate(size);
  }
  Header& header = HeaderOf(block);
  const std::size_t old_size = header.size;
  const bool last = EndOf(block, old_size) == next;
  if (size <= old_size || (last && size <= end - reinterpret_cast<std::uintptr_t>(block))) {
    if (last) {
      next = EndOf(block, size);
    }
    statistics.used_bytes += size - old_size;
    header.size = size;
    return block;
  }
  void* moved = Allocate(size);
  if (moved != nullptr) {
    std::memcpy(moved, block, old_size);
    Free(block);
  }
  return moved;
}

void Free(void* block) {
  if (block == nullptr) {
    return;
  }
  Header& header = HeaderOf(block);
  header.mark = 0;
  statistics.used_bytes -= header.size;
  if (EndOf(block, header.size) == next) {
    next = reinterpret_cast<std::uintptr_t>(&header);
  }
}

std::size_t UsableSize(const void* block) { return block == nullptr ? 0 : HeaderOf(block).size; }

Statistics Measure() { return statistics; }

}  // namespace ashlar::heap
