// Block pools: slabs of one page, found from a block by its address.
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/block_pool.h"

#include <new>

#include "libs/base/check.h"
#include "libs/page_allocator/page_allocator.h"

namespace ashlar::net {
namespace {

constinit std::size_t budget_bytes = std::numeric_limits<std::size_t>::max();
constinit std::size_t taken_bytes = 0;

std::byte* TakePages(std::size_t size, bool reserved) {
  if (!reserved && size > budget_bytes - taken_bytes) {
    return nullptr;
  }
  auto pages = page_allocator::Allocate(size);
  if (!pages) {
    return nullptr;
  }
  if (!reserved) {
    taken_bytes += size;
  }
  return pages->data();
}

}  // namespace

// At the beginning of its page. The first member is also that of a large block: there it is
// nullptr.
struct BlockPool::Slab {
  BlockPool* pool;
  void* free = nullptr;  // freed blocks, each pointing to the next
  Slab* next = nullptr;
  Slab* previous = nullptr;
  std::uint16_t used = 0;
  std::uint16_t fresh = 0;  // blocks from this one on were never handed out
};

namespace {

struct LargeHeader {
  BlockPool* pool;  // nullptr
  std::size_t size;
};
constexpr std::size_t kLargeHeaderSize = 16;
static_assert(sizeof(LargeHeader) <= kLargeHeaderSize);

}  // namespace

void* BlockPool::Allocate() {
  Slab* slab = partial_;
  if (slab == nullptr) [[unlikely]] {
    slab = Grow();
    if (slab == nullptr) {
      return nullptr;
    }
  }
  void* block = slab->free;
  if (block != nullptr) {
    slab->free = *static_cast<void**>(block);
  } else {
    block = reinterpret_cast<std::byte*>(slab) + kHeaderSize + std::size_t{size_} * slab->fresh;
    ++slab->fresh;
  }
  if (slab->used == 0) {
    --empty_;
  }
  if (++slab->used == capacity_) {
    Unlink(*slab);
  }
  ++in_use_;
  return block;
}

void BlockPool::Free(void* block) {
  auto* slab =
      reinterpret_cast<Slab*>(AlignDown(reinterpret_cast<std::uintptr_t>(block), kPageSize));
  BlockPool* pool = slab->pool;
  if (pool == nullptr) [[unlikely]] {
    auto* header = reinterpret_cast<LargeHeader*>(slab);
    taken_bytes -= header->size;
    page_allocator::Free({reinterpret_cast<std::byte*>(header), header->size});
    return;
  }
  *static_cast<void**>(block) = slab->free;
  slab->free = block;
  --pool->in_use_;
  if (slab->used == pool->capacity_) {
    pool->Link(*slab);
  }
  if (--slab->used == 0) {
    // One empty slab stays, so that the pages don't go back and forth.
    if (pool->empty_ == 0) {
      ++pool->empty_;
    } else {
      pool->Unlink(*slab);
      --pool->slabs_;
      if (!pool->reserved_) {
        taken_bytes -= kPageSize;
      }
      page_allocator::Free({reinterpret_cast<std::byte*>(slab), kPageSize});
    }
  }
}

void* BlockPool::AllocateLarge(std::size_t size) {
  const std::size_t whole = AlignUp(size + kLargeHeaderSize, kPageSize);
  std::byte* pages = TakePages(whole, false);
  if (pages == nullptr) {
    return nullptr;
  }
  ::new (pages) LargeHeader{nullptr, whole};
  return pages + kLargeHeaderSize;
}

BlockPool::Slab* BlockPool::Grow() {
  static_assert(sizeof(Slab) <= kHeaderSize);
  if (std::uint64_t{slabs_} * capacity_ >= limit_) {
    return nullptr;
  }
  std::byte* page = TakePages(kPageSize, reserved_);
  if (page == nullptr) {
    return nullptr;
  }
  auto* slab = ::new (page) Slab{.pool = this};
  ++slabs_;
  ++empty_;
  Link(*slab);
  return slab;
}

void BlockPool::Link(Slab& slab) {
  slab.previous = nullptr;
  slab.next = partial_;
  if (partial_ != nullptr) {
    partial_->previous = &slab;
  }
  partial_ = &slab;
}

void BlockPool::Unlink(Slab& slab) {
  if (slab.next != nullptr) {
    slab.next->previous = slab.previous;
  }
  if (slab.previous != nullptr) {
    slab.previous->next = slab.next;
  } else {
    ASHLAR_CHECK(partial_ == &slab);
    partial_ = slab.next;
  }
}

void BlockPool::SetBudget(std::size_t bytes) {
  budget_bytes = bytes > taken_bytes ? bytes : taken_bytes;
}
std::size_t BlockPool::budget() { return budget_bytes; }
std::size_t BlockPool::used_bytes() { return taken_bytes; }

}  // namespace ashlar::net
