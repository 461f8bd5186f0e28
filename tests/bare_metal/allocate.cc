// Asks for memory, and so for the machine's memory map; ends with the status that its argument
// says.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "libs/base/units.h"
#include "libs/console/console.h"
#include "libs/page_allocator/page_allocator.h"

int main(int argc, char** argv) {
  using namespace ashlar;
  if (!page_allocator::Allocate(kPageSize)) {
    return 1;
  }
  console::Write("There is memory.\n");
  return argc > 1 ? std::atoi(argv[1]) : 0;
}
