// The root file system: files packed into the image at build time, read in place from its read-only
// pages.
//
// There is nothing to mount and nothing to copy: what Find() returns points into the image itself,
// never changes and lives forever, so whoever sends a file may pass its bytes by reference as long
// as it likes. The rule rootfs() (//rules:rootfs.bzl) packs an archive; unikernel_image(rootfs =
// ...) chooses the image's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "libs/base/result.h"

namespace ashlar::rootfs {

/// A file or a directory of an archive. Views into the archive; valid as long as its bytes are.
struct File {
  enum class Kind : std::uint8_t { kFile, kDirectory } kind = Kind::kFile;
  std::uint32_t index = 0;           ///< its place in the archive, 0..size()-1: a key for caches
  std::string_view path;             ///< "docs/index.html": no slash at either end; the root is ""
  std::span<const std::byte> bytes;  ///< the contents; empty for a directory
  std::string_view
      entity_tag;  ///< a strong HTTP entity tag, quotes included; empty for a directory
  std::string_view
      content_type;  ///< a media type such as "text/html; charset=utf-8"; never empty for a file
  std::chrono::sys_seconds modified{};  ///< the same for every file of an archive; zero: unknown

  bool is_directory() const { return kind == Kind::kDirectory; }
};

/// A packed archive. A small value (a pointer and a few numbers): pass it by value or keep it.
///
/// Archives from anywhere may be opened: nothing an archive says is believed before it was checked.
/// Opening checks the header; every entry is checked each time it is read, so that opening costs
/// the same for ten files and for ten thousand.
class Archive {
 public:
  /// An archive without files.
  constexpr Archive() = default;

  /// Reads an archive that lies in `bytes`, which must live as long as the archive and what is
  /// found in it. Any alignment. kBroken: it is not an archive of this version, or it is damaged.
  static Result<Archive> Open(std::span<const std::byte> bytes);

  /// The file or directory with exactly this path; no slash at either end, "" is the root. Paths
  /// are bytes: no
  /// "." and "..", no case folding, no decoding. kNotFound: there is none; kBroken: the archive is
  /// damaged here. About 3 instructions a byte of `path`, and 60; never allocates. Any context.
  Result<File> Find(std::string_view path) const;

  /// Files and directories together.
  std::size_t size() const { return file_count_; }

  /// The entry at `index`, in ascending order of path bytes. kNotFound from size() on; kBroken as
  /// above.
  Result<File> At(std::size_t index) const;

 private:
  std::span<const std::byte> bytes_;
  std::uint32_t file_count_ = 0;
  std::uint32_t slot_mask_ = 0;
  std::uint32_t files_offset_ = 0;
  std::uint32_t slots_offset_ = 0;
};

/// The archive that was linked into this image; one without files if the image has none. A damaged
/// one is a broken build: it panics. Cheap, but not free: keep the value.
Archive Embedded();

}  // namespace ashlar::rootfs
