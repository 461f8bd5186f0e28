// Reading ELF files.
// SPDX-License-Identifier: Apache-2.0
#include "tools/elf/elf.h"

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ashlar::elf {

std::optional<File> File::Parse(std::span<const std::byte> bytes) {
  Elf64_Ehdr header;
  if (bytes.size() < sizeof(header)) {
    return std::nullopt;
  }
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64) {
    return std::nullopt;
  }
  return File(bytes, header);
}

template <typename T>
std::optional<std::vector<T>> File::Table(std::uint64_t offset, std::uint64_t count) const {
  // Before the product, which could overflow.
  if (count > bytes_.size() / sizeof(T) || !Has(offset, count * sizeof(T))) {
    return std::nullopt;
  }
  std::vector<T> table(count);
  if (count != 0) {
    std::memcpy(table.data(), bytes_.data() + offset, count * sizeof(T));
  }
  return table;
}

std::optional<std::string_view> File::StringAt(std::uint64_t offset) const {
  if (offset >= bytes_.size()) {
    return std::nullopt;
  }
  const auto* start = reinterpret_cast<const char*>(bytes_.data() + offset);
  const std::size_t room = bytes_.size() - offset;
  const std::size_t size = strnlen(start, room);
  return size == room ? std::nullopt : std::optional(std::string_view(start, size));
}

std::optional<std::vector<Elf64_Phdr>> File::Segments() const {
  auto segments = Table<Elf64_Phdr>(header_.e_phoff, header_.e_phnum);
  if (segments.has_value()) {
    for (const Elf64_Phdr& segment : *segments) {
      if (!Has(segment.p_offset, segment.p_filesz)) {
        return std::nullopt;
      }
    }
  }
  return segments;
}

std::optional<std::vector<Symbol>> File::Symbols() const {
  const auto sections = Table<Elf64_Shdr>(header_.e_shoff, header_.e_shnum);
  if (!sections.has_value()) {
    return std::nullopt;
  }
  std::vector<Symbol> symbols;
  for (const Elf64_Shdr& section : *sections) {
    if (section.sh_type != SHT_SYMTAB) {
      continue;
    }
    const auto entries = Table<Elf64_Sym>(section.sh_offset, section.sh_size / sizeof(Elf64_Sym));
    if (!entries.has_value() || section.sh_link >= sections->size()) {
      return std::nullopt;
    }
    const std::uint64_t strings = (*sections)[section.sh_link].sh_offset;
    for (std::size_t i = 1; i < entries->size(); ++i) {  // The first is no symbol.
      const Elf64_Sym& entry = (*entries)[i];
      const auto name = StringAt(strings + entry.st_name);
      if (!name.has_value()) {
        return std::nullopt;
      }
      symbols.push_back({.name = *name, .entry = entry});
    }
  }
  return symbols;
}

}  // namespace ashlar::elf
