// The descriptor table itself, for this library's files. It starts with room for eight in the
// image's data and grows on the heap; growing is apart from looking up (install.cc), so that
// programs that open nothing need no heap.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

struct Table {
  File** files;         ///< capacity entries, nullptr where closed
  std::uint64_t* used;  ///< a bit for each entry, for finding the lowest free one
  std::uint64_t* close_on_exec;
  int capacity;
};

inline constexpr int kFirstCapacity = 8;

extern Table table;

inline std::uint64_t Bit(int number) { return std::uint64_t{1} << (number % 64); }

}  // namespace ashlar::posix
