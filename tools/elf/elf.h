// An ELF file's headers, segments and symbols, for tools that look at images. The file may be cut
// short or made up: whatever it points at is looked for within its bounds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ashlar::elf {

struct Symbol {
  std::string_view name;  ///< lies in the file's bytes
  Elf64_Sym entry;
};

class File {
 public:
  /// The file in `bytes`, which must outlive it; nothing if that is no 64-bit ELF file.
  static std::optional<File> Parse(std::span<const std::byte> bytes);

  const Elf64_Ehdr& header() const { return header_; }

  /// The program headers; nothing if one of them, or what it points at, lies beyond the file's end.
  std::optional<std::vector<Elf64_Phdr>> Segments() const;

  /// The bytes of one of Segments().
  std::span<const std::byte> Contents(const Elf64_Phdr& segment) const {
    return bytes_.subspan(segment.p_offset, segment.p_filesz);
  }

  /// The symbols, none in a stripped file; nothing if a part of them lies beyond the file's end.
  std::optional<std::vector<Symbol>> Symbols() const;

 private:
  File(std::span<const std::byte> bytes, const Elf64_Ehdr& header)
      : bytes_(bytes), header_(header) {}

  bool Has(std::uint64_t offset, std::uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }
  template <typename T>
  std::optional<std::vector<T>> Table(std::uint64_t offset, std::uint64_t count) const;
  std::optional<std::string_view> StringAt(std::uint64_t offset) const;

  std::span<const std::byte> bytes_;
  Elf64_Ehdr header_;
};

}  // namespace ashlar::elf
