// mallocng as one translation unit. What follows replaces musl's glue.h, which ties it to Linux and to musl's libc.
// SPDX-License-Identifier: Apache-2.0 (this file; mallocng itself is MIT, see COPYRIGHT in @musl)
#include "third_party/musl/mallocng.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MALLOC_GLUE_H

#define size_classes mallocng_size_classes
#define ctx mallocng_context
#define alloc_meta mallocng_alloc_meta
#define is_allzero mallocng_is_allzero

#define malloc mallocng_allocate
#define aligned_alloc mallocng_allocate_aligned
#define realloc mallocng_reallocate
#define free mallocng_free
#define malloc_usable_size mallocng_nominal_size

// Nobody looks at errno: callers go by the null pointer.
static int ignored_errno;
#undef errno
#define errno ignored_errno

#undef assert
#define assert(condition)   \
  do {                      \
    if (!(condition)) {     \
      mallocng_corrupt();   \
    }                       \
  } while (0)

#undef PAGESIZE
#define PAGESIZE 4096
#define USE_MADV_FREE 0
#define DISABLE_ALIGNED_ALLOC 0
#define MT 0
#define RDLOCK_IS_EXCLUSIVE 1
#define LOCK_OBJ_DEF struct no_lock

static inline void rdlock(void) {}
static inline void wrlock(void) {}
static inline void unlock(void) {}
static inline void upgradelock(void) {}

static inline uint64_t get_random_secret(void) { return mallocng_secret(); }

static inline int a_ctz_32(uint32_t value) { return __builtin_ctz(value); }
static inline int a_clz_32(uint32_t value) { return __builtin_clz(value); }
static inline void a_or(volatile int* target, int bits) { *target |= bits; }
static inline int a_cas(volatile int* target, int expected, int value) {
  const int old = *target;
  if (old == expected) {
    *target = value;
  }
  return old;
}

static inline size_t whole_pages(size_t bytes) { return (bytes + PAGESIZE - 1) & -(size_t)PAGESIZE; }

// Bookkeeping is mapped PROT_NONE, with one guard page first, and then made accessible page by page. The guard
// is left out here: nothing ever touches the page below the pages that this returns.
static inline void* map(size_t bytes, int protection) {
  if (protection == PROT_NONE) {
    unsigned char* pages = mallocng_take_pages(bytes - PAGESIZE);
    return pages == NULL ? MAP_FAILED : pages - PAGESIZE;
  }
  void* pages = mallocng_take_pages(whole_pages(bytes));
  return pages == NULL ? MAP_FAILED : pages;
}

// Shrinks in place. Growing is left to realloc, which copies.
static inline void* remap(void* pages, size_t old_bytes, size_t bytes) {
  if (bytes > old_bytes) {
    return MAP_FAILED;
  }
  mallocng_give_pages((unsigned char*)pages + bytes, old_bytes - bytes);
  return pages;
}

#define brk(address) ((uintptr_t)0)
#define mmap(address, bytes, protection, flags, file, offset) map((bytes), (protection))
#define munmap(address, bytes) mallocng_give_pages((address), whole_pages(bytes))
#define mprotect(address, bytes, protection) 0
#define mremap(address, old_bytes, bytes, flags) remap((address), (old_bytes), (bytes))
#define madvise(address, bytes, advice) ((void)0)

#include <mallocng/malloc.c>

#include <mallocng/free.c>

#include <mallocng/aligned_alloc.c>
#include <mallocng/malloc_usable_size.c>
#include <mallocng/realloc.c>

size_t mallocng_usable_size(const void* block) { return mallocng_nominal_size((void*)block); }

size_t mallocng_used_bytes(void) {
  size_t used = 0;
  for (struct meta_area* area = ctx.meta_area_head; area != NULL; area = area == ctx.meta_area_tail ? NULL : area->next) {
    // The last area's slots are handed out from the first on.
    const int count = area->nslots - (area == ctx.meta_area_tail ? (int)ctx.avail_meta_count : 0);
    for (int i = 0; i < count; ++i) {
      struct meta* group = &area->slots[i];
      if (group->mem == NULL) {
        continue;
      }
      const uint32_t all = (2u << group->last_idx) - 1;
      const uint32_t free_slots = (uint32_t)(group->avail_mask | group->freed_mask);
      used += (size_t)__builtin_popcount(all & ~free_slots) * get_stride(group);
      if (group->maplen == 0) {
        used -= get_stride(get_meta((unsigned char*)group->mem));  // The group itself lies in another's slot.
      }
    }
  }
  return used;
}
