// A back end that writes anything to the console page: we write to the ring alone, and always come
// to an end.
//
// Input: pairs of a 4-byte consumer index for the page and a byte that says how much we write then.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "libs/xen/abi.h"
#include "libs/xen/console_ring.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar::xen;
  constexpr std::size_t kStep = sizeof(std::uint32_t) + 1;
  char text[256];
  std::memset(text, 't', sizeof text);
  // On the heap, so that a sanitizer sees a byte behind it.
  const auto page = std::make_unique<ConsoleInterface>();
  ConsoleOutput output(*page);
  for (; size >= kStep; data += kStep, size -= kStep) {
    std::uint32_t consumer;
    std::memcpy(&consumer, data, sizeof consumer);
    page->output_consumer = consumer;
    page->output_producer = ~consumer;
    const std::string_view written(text, data[sizeof consumer]);
    if (output.Put(written) > written.size()) {
      std::abort();
    }
  }
  for (const char byte : page->input) {
    if (byte != 0) {
      std::abort();
    }
  }
  return 0;
}
