// Stacks out of the page allocator, each above a page that allows nothing.
// SPDX-License-Identifier: Apache-2.0
#include "libs/stack/stack.h"

#include <cstddef>
#include <span>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/page_map/page_map.h"

namespace ashlar::stack {

Result<Stack> Allocate(std::size_t size) {
  if (size == 0) {
    return std::unexpected(Error::kInvalidArgument);
  }
  if (size + kPageSize < size) {
    return std::unexpected(Error::kOutOfMemory);
  }
  const std::span<std::byte> pages = ASHLAR_TRY(page_allocator::Allocate(kPageSize + size));
  const Result<void> guarded = page_map::Protect(pages.first(kPageSize), page_map::Access::kNone);
  if (!guarded.has_value()) {
    page_allocator::Free(pages);
    return std::unexpected(guarded.error());
  }
  return Stack{.memory = pages.subspan(kPageSize)};
}

void Free(Stack stack) {
  const std::span<std::byte> pages(stack.memory.data() - kPageSize,
                                   stack.memory.size() + kPageSize);
  // The page stands alone in the page map since Allocate, so no memory is needed, and this can't
  // fail.
  ASHLAR_CHECK(page_map::Protect(pages.first(kPageSize), page_map::Access::kReadWrite).has_value());
  page_allocator::Free(pages);
}

}  // namespace ashlar::stack
