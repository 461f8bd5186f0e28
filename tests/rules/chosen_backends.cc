// Fails unless its image chose the bump heap and the entropy device: each does something that the
// default would not. "with_device" as the argument says that the machine has the device.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/console/console.h"
#include "libs/entropy/entropy.h"
#include "libs/heap/heap.h"

namespace {

using namespace ashlar;

bool Fail(std::string_view what) {
  console::Write(what);
  console::Write("\n");
  return false;
}

// The bump heap takes back the last block alone: with one live block behind each that is freed,
// memory only grows. Any other heap would go on with a few pages.
bool HeapIsBump() {
  constexpr std::size_t kBlocks = 1000;
  void* last = heap::Allocate(kKiB);
  for (std::size_t i = 1; i < kBlocks; ++i) {
    void* next = heap::Allocate(kKiB);
    if (last == nullptr || next == nullptr) {
      return Fail("no memory");
    }
    heap::Free(last);
    last = next;
  }
  return heap::Measure().reserved_bytes >= kBlocks * kKiB || Fail("the heap is not the bump heap");
}

// The default takes the CPU's instruction and needs no device.
bool EntropyIsTheDevices(bool device) {
  std::array<std::byte, 32> first = {};
  std::array<std::byte, 32> second = {};
  const Result<void> filled = entropy::Fill(first);
  if (!device) {
    return (!filled && filled.error() == Error::kUnsupported) ||
           Fail("there is entropy without a device");
  }
  return (filled && entropy::Fill(second) && first != second) ||
         Fail("the device gives no entropy");
}

}  // namespace

int main(int argc, char** argv) {
  const bool device = argc > 1 && std::string_view(argv[1]) == "with_device";
  return HeapIsBump() && EntropyIsTheDevices(device) ? 0 : 1;
}
