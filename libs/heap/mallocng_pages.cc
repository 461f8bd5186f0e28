// The general-purpose heap: musl's mallocng on the page allocator.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/heap/heap.h"
#include "libs/page_allocator/page_allocator.h"
#include "third_party/musl/mallocng.h"

namespace {

constinit std::size_t reserved_bytes = 0;

}  // namespace

void* mallocng_take_pages(std::size_t bytes) {
  const ashlar::Result<std::span<std::byte>> pages = ashlar::page_allocator::Allocate(bytes);
  if (!pages.has_value()) {
    return nullptr;
  }
  reserved_bytes += pages->size();
  return pages->data();
}

void mallocng_give_pages(void* pages, std::size_t bytes) {
  reserved_bytes -= bytes;
  ashlar::page_allocator::Free({static_cast<std::byte*>(pages), bytes});
}

// It tells bookkeeping from stray writes. Whoever can read the time-stamp counter could guess it.
std::uint64_t mallocng_secret() { return __builtin_readcyclecounter() * 0x9e3779b97f4a7c15 | 1; }

void mallocng_corrupt() {
  ashlar::Panic("heap: freed or resized what is no block, or a block that was overrun");
}

namespace ashlar::heap {

void* Allocate(std::size_t size) { return mallocng_allocate(size); }

void* AllocateAligned(std::size_t size, std::size_t alignment) {
  return mallocng_allocate_aligned(alignment, size);
}

void* Reallocate(void* block, std::size_t size) { return mallocng_reallocate(block, size); }

void Free(void* block) { mallocng_free(block); }

std::size_t UsableSize(const void* block) { return mallocng_usable_size(block); }

Statistics Measure() {
  return {.reserved_bytes = reserved_bytes, .used_bytes = mallocng_used_bytes()};
}

}  // namespace ashlar::heap
