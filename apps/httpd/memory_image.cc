// Memory in an image: the page allocator's and the heap's own figures.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/memory.h"
#include "libs/heap/heap.h"
#include "libs/memory_map/memory_map.h"
#include "libs/page_allocator/page_allocator.h"

namespace ashlar::httpd {

Memory MeasureMemory() {
  const heap::Statistics heap = heap::Measure();
  return {
      .machine = memory_map::TotalBytes(),
      .free = page_allocator::Measure().free_bytes,
      .heap = heap.reserved_bytes,
      .heap_used = heap.used_bytes,
  };
}

}  // namespace ashlar::httpd
