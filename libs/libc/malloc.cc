// malloc() and its kin, on the image's heap.
//
// newlib itself calls the forms with _r, which take its per-thread state first: nothing here needs
// it.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <bit>
#include <cstddef>
#include <cstdint>

#include "libs/base/units.h"
#include "libs/heap/heap.h"

namespace {

namespace heap = ashlar::heap;

void* OrNoMemory(void* block) {
  if (block == nullptr) [[unlikely]] {
    errno = ENOMEM;
  }
  return block;
}

void* Allocate(std::size_t size) { return OrNoMemory(heap::Allocate(size)); }

// heap::Reallocate would keep a block of no bytes; so does this: realloc(p, 0) frees nothing (C23
// leaves it undefined).
void* Reallocate(void* block, std::size_t size) {
  return OrNoMemory(heap::Reallocate(block, size));
}

void* AllocateZeroed(std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    return OrNoMemory(nullptr);
  }
  void* const block = Allocate(bytes);
  return block == nullptr ? nullptr : memset(block, 0, bytes);
}

void* AllocateAligned(std::size_t alignment, std::size_t size) {
  if (!std::has_single_bit(alignment)) {
    errno = EINVAL;
    return nullptr;
  }
  return OrNoMemory(heap::AllocateAligned(size, alignment));
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) { return Allocate(size); }
void free(void* block) { heap::Free(block); }
void* realloc(void* block, std::size_t size) { return Reallocate(block, size); }
void* calloc(std::size_t count, std::size_t size) { return AllocateZeroed(count, size); }
void* memalign(std::size_t alignment, std::size_t size) { return AllocateAligned(alignment, size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return AllocateAligned(alignment, size);
}
void* valloc(std::size_t size) { return AllocateAligned(ashlar::kPageSize, size); }
std::size_t malloc_usable_size(void* block) {
  return block == nullptr ? 0 : heap::UsableSize(block);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  if (!std::has_single_bit(alignment) || alignment % sizeof(void*) != 0) {
    return EINVAL;
  }
  void* const memory = heap::AllocateAligned(size, alignment);
  if (memory == nullptr) {
    return ENOMEM;
  }
  *block = memory;
  return 0;
}

void* _malloc_r(_reent*, std::size_t size) { return Allocate(size); }
void _free_r(_reent*, void* block) { heap::Free(block); }
void* _realloc_r(_reent*, void* block, std::size_t size) { return Reallocate(block, size); }
void* _calloc_r(_reent*, std::size_t count, std::size_t size) {
  return AllocateZeroed(count, size);
}
void* _memalign_r(_reent*, std::size_t alignment, std::size_t size) {
  return AllocateAligned(alignment, size);
}
std::size_t _malloc_usable_size_r(_reent*, void* block) { return malloc_usable_size(block); }

struct mallinfo mallinfo() {
  const heap::Statistics statistics = heap::Measure();
  struct mallinfo result = {};
  result.arena = statistics.reserved_bytes;
  result.uordblks = statistics.used_bytes;
  result.fordblks = statistics.reserved_bytes - statistics.used_bytes;
  return result;
}

}  // extern "C"
