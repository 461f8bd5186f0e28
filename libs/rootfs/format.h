// The bytes of an archive, as the packer writes them and the reader checks them.
//
//   Header | FileRecord[file_count], by path | uint32 slots[slot_count] | texts | contents
//
// A slot holds an entry's index plus one, or zero. An entry stands in slot Hash(path) & (slot_count
// - 1) or in one of those that follow (linear probing, wrapping round); an empty slot ends the
// search. Texts (paths, media types) are not terminated. Numbers are little-endian, offsets count
// from the archive's first byte.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ashlar::rootfs::format {

static_assert(std::endian::native == std::endian::little, "records are read as they lie");

inline constexpr char kMagic[8] = {'A', 's', 'h', 'l', 'R', 'o', 'o', 't'};
inline constexpr std::uint32_t kVersion = 1;

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t archive_size;  ///< bytes, this header included
  std::uint32_t file_count;
  std::uint32_t slot_count;  ///< a power of two, larger than file_count
  std::uint32_t files_offset;
  std::uint32_t slots_offset;
  std::int64_t modified;  ///< of all files, seconds since 1970 UTC; zero: unknown
};
static_assert(sizeof(Header) == 40);

inline constexpr std::uint8_t kFile = 0;
inline constexpr std::uint8_t kDirectory = 1;

/// Hexadecimal digits of the contents' hash, and the quotes that make them an HTTP entity tag.
inline constexpr std::size_t kEntityTagSize = 18;

struct FileRecord {
  std::uint32_t hash;  ///< Hash(path)
  std::uint32_t path_offset;
  std::uint32_t type_offset;
  std::uint32_t data_offset;
  std::uint32_t data_size;
  std::uint16_t path_size;
  std::uint8_t type_size;
  std::uint8_t kind;
  char entity_tag[kEntityTagSize];
  char padding[6];
};
static_assert(sizeof(FileRecord) == 48);

/// FNV-1a: short, no tables, and good enough where the keys are the builder's own and every
/// candidate is compared in full. Not for keys that somebody else chooses: see Archive::Find, which
/// never inserts.
constexpr std::uint32_t Hash(std::string_view path) {
  std::uint32_t hash = 2166136261u;
  for (const char c : path) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
  }
  return hash;
}
static_assert(Hash("") == 0x811c9dc5 && Hash("foobar") == 0xbf9cf968);

}  // namespace ashlar::rootfs::format
