// Ramfs: a file system in memory, empty at first, gone at the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/intrusive_list.h"
#include "libs/posix/files/files.h"

namespace ashlar::posix {

/// Files and directories on the heap, as large as that allows. A file that is removed while open
/// lives until it is closed. Looking a name up takes time in proportion to the names in its
/// directory.
class Ramfs final : public FileSystem {
 public:
  constexpr Ramfs() = default;
  ~Ramfs();

  Outcome<File*> Open(std::string_view path, int flags, std::uint16_t permissions) override;
  Outcome<FileStatus> Status(std::string_view path) override;
  Outcome<DirectoryEntry> Entry(std::string_view path, std::size_t position) override;
  Outcome<void> MakeDirectory(std::string_view path, std::uint16_t permissions) override;
  Outcome<void> Remove(std::string_view path, Removal removal) override;
  Outcome<void> Rename(std::string_view from, std::string_view to) override;
  Outcome<void> Change(std::string_view path, const Changes& changes) override;

  /// A file's or directory's own part, apart from who looks at it.
  struct Node : IntrusiveListNode<Node> {
    constexpr Node(FileKind kind, std::uint16_t permissions)
        : kind(kind), permissions(permissions) {}

    Outcome<void> Resize(std::size_t new_size);
    FileStatus ToStatus() const;
    std::string_view name_view() const { return {name, name_size}; }

    Node* parent = nullptr;  ///< nullptr: removed, or the root
    char* name = nullptr;    ///< on the heap
    std::size_t name_size = 0;
    IntrusiveList<Node> children;  ///< a directory's
    std::byte* bytes = nullptr;    ///< a file's, on the heap
    std::size_t size = 0;
    std::size_t capacity = 0;
    std::chrono::nanoseconds modified{0};
    std::uint64_t serial = 0;
    std::size_t place = 0;  ///< ascending along its directory's children
    std::uint32_t open_files = 0;
    FileKind kind;
    std::uint16_t permissions;
  };

  /// Frees a node that is neither named nor open any more.
  static void FreeIfUnused(Node& node);

 private:
  /// The node of a path: ENOENT, ENOTDIR.
  Outcome<Node*> Find(std::string_view path);
  /// The directory that a path's last name lies in, and that name.
  struct Place {
    Node& directory;
    std::string_view name;
  };
  Outcome<Place> FindPlace(std::string_view path);
  static Node* FindChild(Node& directory, std::string_view name);
  Outcome<Node*> Create(const Place& place, FileKind kind, std::uint16_t permissions);
  static Outcome<void> SetName(Node& node, std::string_view name);
  static void Unlink(Node& node);

  Node root_{FileKind::kDirectory, 0777};
  std::uint64_t last_serial_ = 1;
  std::size_t last_place_ = 0;
};

}  // namespace ashlar::posix
