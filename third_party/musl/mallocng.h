// mallocng, the allocator of musl 1.2.5, on whatever gives it pages.
//
// One CPU, no locks: callers see to it that calls don't overlap.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// As C's malloc, aligned_alloc, realloc and free, but that they leave errno alone.
void* mallocng_allocate(size_t size);
void* mallocng_allocate_aligned(size_t alignment, size_t size);
void* mallocng_reallocate(void* block, size_t size);
void mallocng_free(void* block);
/// The size that was asked for: writing beyond it is found out when the block is freed.
size_t mallocng_usable_size(const void* block);

/// Bytes of all slots that are handed out. Walks every group.
size_t mallocng_used_bytes(void);

/// What the user defines. Pages of 4 KiB, whose contents may be anything; NULL if there are none.
void* mallocng_take_pages(size_t bytes);
/// Gives back all or part of what was taken.
void mallocng_give_pages(void* pages, size_t bytes);
/// A number by which mallocng knows its own bookkeeping from chance and from forgeries.
uint64_t mallocng_secret(void);
/// A block was freed twice, was overrun, or is none. Must not return.
#ifdef __cplusplus
[[noreturn]] void mallocng_corrupt();
#else
_Noreturn void mallocng_corrupt(void);
#endif

#ifdef __cplusplus
}
#endif
