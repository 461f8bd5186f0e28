// Reads every segment and every symbol of a file that somebody made up.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <span>

#include "tools/elf/elf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = ashlar::elf::File::Parse(std::as_bytes(std::span(data, size)));
  if (!file.has_value()) {
    return 0;
  }
  volatile std::size_t sum = 0;  // volatile: every byte is really read
  if (const auto segments = file->Segments(); segments.has_value()) {
    for (const Elf64_Phdr& segment : *segments) {
      for (const std::byte byte : file->Contents(segment)) {
        sum = sum + static_cast<std::size_t>(byte);
      }
    }
  }
  if (const auto symbols = file->Symbols(); symbols.has_value()) {
    for (const ashlar::elf::Symbol& symbol : *symbols) {
      for (const char character : symbol.name) {
        sum = sum + static_cast<std::size_t>(character);
      }
    }
  }
  return 0;
}
