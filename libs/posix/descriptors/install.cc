// New descriptors: finding the lowest free one, and a larger table when all are taken.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstring>

#include "libs/heap/heap.h"
#include "libs/posix/descriptors/table.h"

namespace ashlar::posix {
namespace {

/// Makes room for descriptor `number`.
Outcome<void> Grow(int number) {
  static constinit bool on_heap = false;
  if (number >= kMaxDescriptors) {
    return Failure(EMFILE);
  }
  const int capacity =
      std::max(64, static_cast<int>(std::bit_ceil(static_cast<unsigned>(number) + 1)));
  const std::size_t words = static_cast<std::size_t>(capacity) / 64;
  const std::size_t files_size = static_cast<std::size_t>(capacity) * sizeof(File*);
  const std::size_t size = files_size + 2 * words * sizeof(std::uint64_t);
  auto* memory = static_cast<std::byte*>(heap::Allocate(size));
  if (memory == nullptr) {
    return Failure(ENOMEM);
  }
  std::memset(memory, 0, size);
  Table larger = {reinterpret_cast<File**>(memory),
                  reinterpret_cast<std::uint64_t*>(memory + files_size),
                  reinterpret_cast<std::uint64_t*>(memory + files_size) + words, capacity};
  const std::size_t old_words = (static_cast<std::size_t>(table.capacity) + 63) / 64;
  std::copy_n(table.files, table.capacity, larger.files);
  std::copy_n(table.used, old_words, larger.used);
  std::copy_n(table.close_on_exec, old_words, larger.close_on_exec);
  if (on_heap) {
    heap::Free(table.files);
  }
  table = larger;
  on_heap = true;
  return {};
}

/// The lowest free number from `at_least` on; possibly one past the table.
int LowestFree(int at_least) {
  if (at_least >= table.capacity) {
    return at_least;
  }
  std::uint64_t free = ~table.used[at_least / 64] & ~(Bit(at_least) - 1);
  for (int word = at_least / 64;;) {
    if (free != 0) {
      return std::min(word * 64 + std::countr_zero(free), std::max(table.capacity, at_least));
    }
    if (++word * 64 >= table.capacity) {
      return table.capacity;
    }
    free = ~table.used[word];
  }
}

void Put(int number, File& file, bool close_on_exec) {
  file.Retain();
  table.files[number] = &file;
  table.used[number / 64] |= Bit(number);
  set_close_on_exec(number, close_on_exec);
}

}  // namespace

Outcome<int> Install(File& file, bool close_on_exec, int at_least) {
  if (at_least < 0) {
    return Failure(EINVAL);
  }
  const int number = LowestFree(at_least);
  if (number >= table.capacity) [[unlikely]] {
    ASHLAR_TRY(Grow(number));
  }
  Put(number, file, close_on_exec);
  return number;
}

Outcome<void> InstallAt(int number, File& file, bool close_on_exec) {
  if (number < 0 || number >= kMaxDescriptors) {
    return Failure(EBADF);
  }
  if (number >= table.capacity) {
    ASHLAR_TRY(Grow(number));
  }
  File* const previous = table.files[number];
  Put(number, file, close_on_exec);
  if (previous != nullptr) {
    previous->Release();
  }
  return {};
}

}  // namespace ashlar::posix
