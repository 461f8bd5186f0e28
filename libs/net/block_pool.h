// Block pools: memory of one size each, taken from the page allocator as it is needed and given
// back when it isn't.
//
// All of the network's memory comes from here: connections, buffers, sockets. A budget over all
// pools keeps the network from starving the rest of the image.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "libs/base/units.h"

namespace ashlar::net {

/// Blocks of one size, at most kMaxBlock bytes, aligned to 16. Cost of Allocate and Free: about a
/// dozen instructions. Not in interrupt context.
class BlockPool {
 public:
  /// Two to a page.
  static constexpr std::size_t kMaxBlock = 2016;
  static constexpr std::uint32_t kUnlimited = std::numeric_limits<std::uint32_t>::max();

  /// `reserved` pools don't count against the budget, for what must work even when it is used up;
  /// they should be bounded otherwise.
  constexpr explicit BlockPool(std::size_t block_size, bool reserved = false)
      : size_(static_cast<std::uint16_t>(AlignUp(block_size == 0 ? 1 : block_size, 16))),
        capacity_(static_cast<std::uint16_t>((kPageSize - kHeaderSize) / size_)),
        reserved_(reserved) {}
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  /// A block, or nullptr: the budget, the limit or the machine's memory is used up.
  void* Allocate();
  /// Gives back a block of any pool, or of AllocateLarge(). Not nullptr.
  static void Free(void* block);

  /// Allows about `blocks`, to the next page.
  void set_limit(std::uint32_t blocks) { limit_ = blocks; }
  std::uint32_t limit() const { return limit_; }
  std::uint32_t in_use() const { return in_use_; }

  /// More than kMaxBlock bytes, in whole pages, or nullptr.
  static void* AllocateLarge(std::size_t size);

  /// How much memory all pools together may take, and how much they have taken.
  static void SetBudget(std::size_t bytes);
  static std::size_t budget();
  static std::size_t used_bytes();

 private:
  struct Slab;
  static constexpr std::size_t kHeaderSize = 48;

  Slab* Grow();
  void Link(Slab& slab);
  void Unlink(Slab& slab);

  Slab* partial_ = nullptr;  // slabs with room, the last used first
  std::uint32_t in_use_ = 0;
  std::uint32_t slabs_ = 0;
  std::uint32_t limit_ = kUnlimited;
  std::uint16_t size_;
  std::uint16_t capacity_;
  std::uint16_t empty_ = 0;  // slabs in partial_ without a block in use
  bool reserved_;
};

}  // namespace ashlar::net
