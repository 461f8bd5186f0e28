// Files: paths, and the file systems behind them.
//
// A small table says which file system a path belongs to: "/tmp" is memory (ramfs.h), "/dev" a few
// devices, everything else the read-only files packed into the image (//libs/rootfs). There are no
// links and no users.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <string_view>

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

/// An absolute path without ".", ".." and double slashes, NUL-terminated; "/" or without a slash at
/// its end.
class Path {
 public:
  static constexpr std::size_t kCapacity = 1024;  // PATH_MAX

  /// `text` as seen from `base`, an absolute path. ENOENT: empty; ENAMETOOLONG.
  static Outcome<Path> Resolve(std::string_view base, std::string_view text);

  std::string_view text() const { return {text_.data(), size_}; }
  const char* c_str() const { return text_.data(); }
  /// Whether it was written with a slash at its end, which only directories may have.
  bool must_be_directory() const { return must_be_directory_; }

 private:
  std::array<char, kCapacity> text_;
  std::size_t size_ = 0;
  bool must_be_directory_ = false;
};

/// What may be changed about a file by its name.
struct Changes {
  std::optional<std::int64_t> size;
  std::optional<std::uint16_t> permissions;
  std::optional<std::chrono::nanoseconds> modified;
};

enum class Removal : std::uint8_t { kFile, kDirectory };

/// One name in a directory.
struct DirectoryEntry {
  std::string_view name;  ///< valid until the directory changes
  FileKind kind = FileKind::kRegular;
  std::uint64_t serial = 0;
  std::size_t next = 0;  ///< the position behind it
};

/// A file system. Paths are absolute within it, without slashes at their ends; "" is its root. What
/// a file system doesn't define cannot be done to it: EROFS.
class FileSystem {
 public:
  /// Opens what is there, or creates a file if `flags` have O_CREAT. Never a directory. The file
  /// has no reference yet. ENOENT, ENOTDIR, EISDIR, EEXIST (O_EXCL), EROFS, ENOSPC, ENOMEM.
  virtual Outcome<File*> Open(std::string_view path, int flags, std::uint16_t permissions) = 0;
  virtual Outcome<FileStatus> Status(std::string_view path) = 0;
  /// The first name in the directory `path` at `position` or behind it: 0 is the beginning,
  /// DirectoryEntry::next goes on. Names that come or go meanwhile make no other one be left out or
  /// told twice. ENOENT: no more; ENOTDIR.
  virtual Outcome<DirectoryEntry> Entry(std::string_view path, std::size_t position) = 0;
  virtual Outcome<void> MakeDirectory(std::string_view path, std::uint16_t permissions);
  /// ENOENT, EISDIR, ENOTDIR, ENOTEMPTY.
  virtual Outcome<void> Remove(std::string_view path, Removal removal);
  virtual Outcome<void> Rename(std::string_view from, std::string_view to);
  virtual Outcome<void> Change(std::string_view path, const Changes& changes);

 protected:
  constexpr FileSystem() = default;
  ~FileSystem() = default;
};

/// The file system that a path belongs to, and the path in it.
struct Location {
  FileSystem& file_system;
  std::string_view path;
  std::size_t mount;  ///< which one: renaming works within one only
};
Location Locate(const Path& path);

/// FileSystem::Entry for any directory; "/" has the other file systems' names beside those of the
/// image's files.
Outcome<DirectoryEntry> Entry(const Path& directory, std::size_t position);

/// open(): a file, or with `flags` for reading a directory. The file has no reference yet.
Outcome<File*> Open(const Path& path, int flags, std::uint16_t permissions);
Outcome<FileStatus> Status(const Path& path);

/// The working directory; "/" at first. Only Resolve() and SetWorkingDirectory() look at it.
std::string_view WorkingDirectory();
/// ENOENT, ENOTDIR.
Outcome<void> SetWorkingDirectory(const Path& path);

/// A path as the *at() functions take it: relative to the directory open as `descriptor`, or with
/// AT_FDCWD to the working directory. EBADF, ENOTDIR.
Outcome<Path> Resolve(int descriptor, const char* path);
Outcome<Path> Resolve(const char* path);

/// An open directory: it remembers its path, and readdir's position as its own.
class Directory final : public File {
 public:
  static Outcome<Directory*> Create(const Path& path, const FileStatus& status);

  const Path& path() const { return path_; }
  std::size_t position() const { return position_; }
  void set_position(std::size_t position) { position_ = position; }

  Outcome<std::size_t> Read(std::span<const iovec> into) override;  ///< EISDIR
  Outcome<FileStatus> Status() override;
  Outcome<std::int64_t> Seek(std::int64_t offset, Whence whence) override;
  void Close() override;

  Directory(const Path& path, const FileStatus& status);
  ~Directory() = default;

 private:
  Path path_;
  FileStatus status_;
  std::size_t position_ = 0;
};

}  // namespace ashlar::posix
