// Memory at a multiple of a page or a cache line, for tests of what is given its memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace ashlar {

struct FreeAligned {
  std::align_val_t alignment;
  void operator()(std::byte* bytes) const { ::operator delete[](bytes, alignment); }
};

using AlignedBytes = std::unique_ptr<std::byte[], FreeAligned>;

/// `size` bytes, not initialised, at a multiple of `alignment`: a power of two.
inline AlignedBytes MakeAlignedBytes(std::size_t size, std::size_t alignment) {
  const auto align = std::align_val_t(alignment);
  return AlignedBytes(new (align) std::byte[size], FreeAligned{align});
}

}  // namespace ashlar
