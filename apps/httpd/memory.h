// Memory: what the status page and /metrics tell of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace ashlar::httpd {

/// Bytes; all zero where there is nothing to tell.
struct Memory {
  std::size_t machine = 0;    ///< RAM of the machine, the image included
  std::size_t free = 0;       ///< pages nobody has
  std::size_t heap = 0;       ///< pages the heap has
  std::size_t heap_used = 0;  ///< of these, in blocks that are handed out
};

Memory MeasureMemory();

}  // namespace ashlar::httpd
