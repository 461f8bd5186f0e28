// A back end that writes anything to the console page: we write to the ring alone, and always come
// to an end.
//
// Input: pairs of a 4-byte consumer index for the page and a byte that says how much we write then,
// by lots of eight; a wait takes the next pair's index.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "libs/xen/abi.h"
#include "libs/xen/console_ring.h"

namespace {

using namespace ashlar::xen;

constexpr std::size_t kStep = sizeof(std::uint32_t) + 1;

// The other side, which lies in each word that it can write.
struct Liar {
  void Lie() {
    std::uint32_t consumer;
    std::memcpy(&consumer, data, sizeof consumer);
    page.output_consumer = consumer;
    page.output_producer = ~consumer;
    data += kStep;
    size -= kStep;
  }

  void Notify() {}
  std::int64_t Deadline() const { return 0; }
  bool Wait(std::int64_t) {
    if (size < kStep) {
      return false;
    }
    Lie();
    return true;
  }

  ConsoleInterface& page;
  const std::uint8_t* data;
  std::size_t size;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  char text[8 * 255];
  std::memset(text, 't', sizeof text);
  // On the heap, so that a sanitizer sees a byte behind it.
  const auto page = std::make_unique<ConsoleInterface>();
  ConsoleOutput output(*page);
  Liar liar{*page, data, size};
  while (liar.size >= kStep) {
    const std::string_view written(text, std::size_t{8} * liar.data[sizeof(std::uint32_t)]);
    liar.Lie();
    output.Write(written, liar);
  }
  for (const char byte : page->input) {
    if (byte != 0) {
      std::abort();
    }
  }
  return 0;
}
