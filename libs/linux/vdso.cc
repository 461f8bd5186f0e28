// Looks a name up in the vDSO: program headers -> dynamic section -> GNU hash table, or the old one
// [ELF-gABI §5; gnu-hash].
// SPDX-License-Identifier: Apache-2.0
#include "libs/linux/vdso.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ashlar::linux::vdso {
namespace {

struct Header {
  std::uint8_t identification[16];
  std::uint16_t type, machine;
  std::uint32_t version;
  std::uint64_t entry, program_header_offset, section_header_offset;
  std::uint32_t flags;
  std::uint16_t size, program_header_size, program_header_count;
  std::uint16_t section_header_size, section_header_count, section_names;
};
static_assert(sizeof(Header) == 64);

struct ProgramHeader {
  std::uint32_t type, flags;
  std::uint64_t offset, address, physical_address, file_size, memory_size, alignment;
};
static_assert(sizeof(ProgramHeader) == 56);
constexpr std::uint32_t kLoad = 1;
constexpr std::uint32_t kDynamic = 2;

struct Dynamic {
  std::int64_t tag;
  std::uint64_t value;
};
constexpr std::int64_t kHash = 4;
constexpr std::int64_t kStringTable = 5;
constexpr std::int64_t kSymbolTable = 6;
constexpr std::int64_t kGnuHash = 0x6ffffef5;

struct Symbol {
  std::uint32_t name;
  std::uint8_t information, other;
  std::uint16_t section;
  std::uint64_t value, size;
};
static_assert(sizeof(Symbol) == 24);

constexpr std::uint32_t HashOf(std::string_view name) {
  std::uint32_t hash = 5381;
  for (const char c : name) {
    hash = hash * 33 + static_cast<std::uint8_t>(c);
  }
  return hash;
}

struct Tables {
  const std::byte* bias;
  const Symbol* symbols;
  const char* strings;

  bool Matches(std::uint32_t index, std::string_view name) const {
    return symbols[index].section != 0 && name == strings + symbols[index].name;
  }
  std::uintptr_t Address(std::uint32_t index) const {
    return reinterpret_cast<std::uintptr_t>(bias + symbols[index].value);
  }
};

std::uintptr_t FindByGnuHash(const Tables& tables, const std::uint32_t* table,
                             std::string_view name) {
  const std::uint32_t bucket_count = table[0];
  const std::uint32_t first_symbol = table[1];
  const std::uint32_t bloom_words = table[2];  // 64 bits each
  const std::uint32_t* buckets = table + 4 + std::size_t{bloom_words} * 2;
  const std::uint32_t* chains = buckets + bucket_count;
  const std::uint32_t hash = HashOf(name);
  std::uint32_t index = bucket_count == 0 ? 0 : buckets[hash % bucket_count];
  if (index < first_symbol) {
    return 0;
  }
  for (;; ++index) {
    const std::uint32_t chain = chains[index - first_symbol];
    if ((chain | 1) == (hash | 1) && tables.Matches(index, name)) {
      return tables.Address(index);
    }
    if ((chain & 1) != 0) {
      return 0;
    }
  }
}

std::uintptr_t FindInOrder(const Tables& tables, const std::uint32_t* table,
                           std::string_view name) {
  const std::uint32_t symbol_count = table[1];
  for (std::uint32_t index = 1; index < symbol_count; ++index) {
    if (tables.Matches(index, name)) {
      return tables.Address(index);
    }
  }
  return 0;
}

}  // namespace

std::uintptr_t Find(const void* image, std::string_view name) {
  if (image == nullptr) {
    return 0;
  }
  const auto* bytes = static_cast<const std::byte*>(image);
  const auto& header = *static_cast<const Header*>(image);
  const auto* program_headers =
      reinterpret_cast<const ProgramHeader*>(bytes + header.program_header_offset);
  const std::byte* bias = nullptr;
  const Dynamic* dynamic = nullptr;
  for (std::uint16_t i = 0; i < header.program_header_count; ++i) {
    const ProgramHeader& part = program_headers[i];
    if (part.type == kLoad && bias == nullptr) {
      bias = bytes + part.offset - part.address;
    } else if (part.type == kDynamic) {
      dynamic = reinterpret_cast<const Dynamic*>(bytes + part.offset);
    }
  }
  if (bias == nullptr || dynamic == nullptr) {
    return 0;
  }
  Tables tables{.bias = bias, .symbols = nullptr, .strings = nullptr};
  const std::uint32_t* hash = nullptr;
  const std::uint32_t* gnu_hash = nullptr;
  for (; dynamic->tag != 0; ++dynamic) {
    const std::byte* address = bias + dynamic->value;
    switch (dynamic->tag) {
      case kHash:
        hash = reinterpret_cast<const std::uint32_t*>(address);
        break;
      case kGnuHash:
        gnu_hash = reinterpret_cast<const std::uint32_t*>(address);
        break;
      case kStringTable:
        tables.strings = reinterpret_cast<const char*>(address);
        break;
      case kSymbolTable:
        tables.symbols = reinterpret_cast<const Symbol*>(address);
        break;
      default:
        break;
    }
  }
  if (tables.symbols == nullptr || tables.strings == nullptr) {
    return 0;
  }
  if (gnu_hash != nullptr) {
    return FindByGnuHash(tables, gnu_hash, name);
  }
  return hash != nullptr ? FindInOrder(tables, hash, name) : 0;
}

}  // namespace ashlar::linux::vdso
