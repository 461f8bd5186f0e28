// Where an ELF's functions are.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/symbols.h"

#include <elf.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tools/elf/elf.h"

namespace benchmarks {

std::optional<std::uint64_t> AddressOf(const std::string& path, std::string_view name) {
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const auto file = ashlar::elf::File::Parse(std::as_bytes(std::span(bytes)));
  if (!file) {
    return std::nullopt;
  }
  if (name.empty()) {
    return file->header().e_entry;
  }
  const auto symbols = file->Symbols();
  if (!symbols) {
    return std::nullopt;
  }
  for (const ashlar::elf::Symbol& symbol : *symbols) {
    if (symbol.entry.st_shndx != SHN_UNDEF && symbol.name == name) {
      return symbol.entry.st_value;
    }
  }
  return std::nullopt;
}

}  // namespace benchmarks
