// Objects on the heap without operator new, whose failure is a null pointer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <new>
#include <utility>

#include "libs/heap/heap.h"

namespace ashlar::posix {

/// A T on the heap, or nullptr if there is no memory. Delete() undoes it.
template <typename T, typename... Arguments>
T* New(Arguments&&... arguments) {
  static_assert(alignof(T) <= heap::kAlignment);
  void* memory = heap::Allocate(sizeof(T));
  return memory == nullptr ? nullptr : ::new (memory) T(std::forward<Arguments>(arguments)...);
}

template <typename T>
void Delete(T* object) {
  object->~T();
  heap::Free(object);
}

}  // namespace ashlar::posix
