// The ELF reader, with small files made by hand, whole and broken.
// SPDX-License-Identifier: Apache-2.0
#include "tools/elf/elf.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ashlar::elf {
namespace {

constexpr std::size_t kSegment = sizeof(Elf64_Ehdr);
constexpr std::size_t kSections = kSegment + sizeof(Elf64_Phdr);
constexpr std::size_t kSymbols = kSections + 2 * sizeof(Elf64_Shdr);
constexpr std::size_t kStrings = kSymbols + 2 * sizeof(Elf64_Sym);

template <typename T>
void Put(std::string& bytes, std::size_t offset, const T& value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(value));
}

// A file of one segment, which holds the names, and one symbol, "main".
std::string MakeFile() {
  constexpr std::string_view kNames("\0main\0", 6);
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_entry = 0x1234;
  header.e_phoff = kSegment;
  header.e_phnum = 1;
  header.e_shoff = kSections;
  header.e_shnum = 2;
  Elf64_Phdr segment = {};
  segment.p_type = PT_LOAD;
  segment.p_offset = kStrings;
  segment.p_filesz = kNames.size();
  Elf64_Shdr sections[2] = {};
  sections[0].sh_type = SHT_SYMTAB;
  sections[0].sh_offset = kSymbols;
  sections[0].sh_size = 2 * sizeof(Elf64_Sym);
  sections[0].sh_link = 1;
  sections[1].sh_type = SHT_STRTAB;
  sections[1].sh_offset = kStrings;
  Elf64_Sym symbols[2] = {};
  symbols[1].st_name = 1;
  symbols[1].st_value = 77;

  std::string bytes(kStrings, '\0');
  Put(bytes, 0, header);
  Put(bytes, kSegment, segment);
  Put(bytes, kSections, sections);
  Put(bytes, kSymbols, symbols);
  bytes += kNames;
  return bytes;
}

std::optional<File> Parse(const std::string& bytes) {
  return File::Parse(std::as_bytes(std::span(bytes)));
}

TEST(ElfTest, WhatIsNoElfFileIsRefused) {
  EXPECT_FALSE(Parse("").has_value());
  EXPECT_FALSE(Parse(std::string(1000, 'x')).has_value());
  std::string bytes = MakeFile();
  bytes[EI_CLASS] = ELFCLASS32;
  EXPECT_FALSE(Parse(bytes).has_value());
}

TEST(ElfTest, AFilesPartsAreFound) {
  const std::string bytes = MakeFile();
  const auto file = Parse(bytes);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->header().e_entry, 0x1234u);
  const auto segments = file->Segments();
  ASSERT_TRUE(segments.has_value());
  ASSERT_EQ(segments->size(), 1u);
  EXPECT_EQ(file->Contents(segments->front()).size(), 6u);
  EXPECT_EQ(file->Contents(segments->front())[1], std::byte{'m'});
  const auto symbols = file->Symbols();
  ASSERT_TRUE(symbols.has_value());
  ASSERT_EQ(symbols->size(), 1u);
  EXPECT_EQ(symbols->front().name, "main");
  EXPECT_EQ(symbols->front().entry.st_value, 77u);
}

TEST(ElfTest, AFileCutShortAnywhereLacksItsSymbols) {
  const std::string bytes = MakeFile();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string part = bytes.substr(0, size);
    const auto file = Parse(part);
    ASSERT_EQ(file.has_value(), size >= sizeof(Elf64_Ehdr)) << size;
    EXPECT_FALSE(file.has_value() && file->Segments().has_value()) << size;
    EXPECT_FALSE(file.has_value() && file->Symbols().has_value()) << size;
  }
}

TEST(ElfTest, WhatPointsOutOfTheFileIsRefused) {
  constexpr std::uint64_t kFar = ~0ull - 7;
  for (const std::size_t offset :
       {offsetof(Elf64_Ehdr, e_phoff), kSegment + offsetof(Elf64_Phdr, p_offset),
        kSegment + offsetof(Elf64_Phdr, p_filesz)}) {
    std::string bytes = MakeFile();
    Put(bytes, offset, kFar);
    EXPECT_FALSE(Parse(bytes)->Segments().has_value()) << offset;
  }
  for (const std::size_t offset :
       {offsetof(Elf64_Ehdr, e_shoff), kSections + offsetof(Elf64_Shdr, sh_offset),
        kSections + offsetof(Elf64_Shdr, sh_size)}) {
    std::string bytes = MakeFile();
    Put(bytes, offset, kFar);
    EXPECT_FALSE(Parse(bytes)->Symbols().has_value()) << offset;
  }
  std::string bytes = MakeFile();
  Put<std::uint32_t>(bytes, kSections + offsetof(Elf64_Shdr, sh_link), 2);
  EXPECT_FALSE(Parse(bytes)->Symbols().has_value());
  bytes = MakeFile();
  Put<std::uint32_t>(bytes, kSymbols + sizeof(Elf64_Sym) + offsetof(Elf64_Sym, st_name), 1000);
  EXPECT_FALSE(Parse(bytes)->Symbols().has_value());
}

}  // namespace
}  // namespace ashlar::elf
