// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/symbols.h"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace benchmarks {

std::optional<std::uint64_t> AddressOf(const std::string& path, std::string_view name) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
  const auto read = [&]<typename T>(std::uint64_t offset, T& value) {
    if (offset > bytes.size() || bytes.size() - offset < sizeof value) {
      return false;
    }
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return true;
  };
  Elf64_Ehdr header;
  if (!read(0, header)) {
    return std::nullopt;
  }
  if (name.empty()) {
    return header.e_entry;
  }
  for (int i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr table;
    Elf64_Shdr strings;
    if (!read(header.e_shoff + i * sizeof table, table) || table.sh_type != SHT_SYMTAB ||
        !read(header.e_shoff + table.sh_link * sizeof strings, strings)) {
      continue;
    }
    Elf64_Sym symbol;
    for (std::uint64_t at = 0;
         at + sizeof symbol <= table.sh_size && read(table.sh_offset + at, symbol);
         at += sizeof symbol) {
      const std::uint64_t start = strings.sh_offset + symbol.st_name;
      if (symbol.st_shndx != SHN_UNDEF && start + name.size() < bytes.size() &&
          std::memcmp(bytes.data() + start, name.data(), name.size()) == 0 &&
          bytes[start + name.size()] == '\0') {
        return symbol.st_value;
      }
    }
  }
  return std::nullopt;
}

}  // namespace benchmarks
