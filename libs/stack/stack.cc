// Stacks out of the page allocator: a guard page, the stack, and at its upper end a note that it lives.
// SPDX-License-Identifier: Apache-2.0
#include "libs/stack/stack.h"

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "libs/base/check.h"
#include "libs/base/intrusive_list.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/page_map/page_map.h"

namespace ashlar::stack {
namespace {

// Stands right above a stack's memory, in the same page.
struct alignas(64) Note : IntrusiveListNode<Note> {
  std::span<std::byte> pages;  // guard, stack and note

  std::span<std::byte> guard() const { return pages.first(kPageSize); }
};

constinit IntrusiveList<Note> live;

}  // namespace

Result<Stack> Allocate(std::size_t size) {
  if (size == 0) {
    return std::unexpected(Error::kInvalidArgument);
  }
  if (size > SIZE_MAX / 2) {
    return std::unexpected(Error::kOutOfMemory);
  }
  const std::span<std::byte> pages = ASHLAR_TRY(page_allocator::Allocate(kPageSize + size + sizeof(Note)));
  const Result<void> guarded = page_map::Protect(pages.first(kPageSize), page_map::Access::kNone);
  if (!guarded.has_value()) {
    page_allocator::Free(pages);
    return std::unexpected(guarded.error());
  }
  Note* note = ::new (pages.data() + pages.size() - sizeof(Note)) Note;
  note->pages = pages;
  live.PushBack(*note);
  return Stack{.memory = pages.subspan(kPageSize, pages.size() - kPageSize - sizeof(Note))};
}

void Free(Stack stack) {
  Note& note = *std::launder(reinterpret_cast<Note*>(stack.memory.data() + stack.memory.size()));
  const std::span<std::byte> pages = note.pages;
  ASHLAR_CHECK(note.linked() && pages.data() + kPageSize == stack.memory.data());
  IntrusiveList<Note>::Remove(note);
  // No large page is split by this, so no memory is needed and it can't fail.
  ASHLAR_CHECK(page_map::Protect(note.guard(), page_map::Access::kReadWrite).has_value());
  page_allocator::Free(pages);
}

bool IsGuard(const void* address) {
  for (Note& note : live) {
    const std::span<std::byte> guard = note.guard();
    if (address >= guard.data() && address < guard.data() + guard.size()) {
      return true;
    }
  }
  return false;
}

}  // namespace ashlar::stack
