// A fuzz target that dies in one of several ways, as its input says; for the driver's test.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input == "abort") {
    std::abort();
  }
  if (input == "trap") {
    __builtin_trap();
  }
  if (input == "segv") {
    *reinterpret_cast<volatile char*>(std::uintptr_t{16}) = 0;
  }
  return 0;
}
