// Ramfs: a file system in memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/ramfs.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "libs/posix/descriptors/allocation.h"
#include "libs/posix/files/positioned_file.h"
#include "libs/posix/time/time.h"

namespace ashlar::posix {
namespace {

std::chrono::nanoseconds Today() {
  return Now(CLOCK_REALTIME).value_or(std::chrono::nanoseconds(0));
}

/// An open file of a ramfs.
class RamFile final : public PositionedFile {
 public:
  RamFile(Ramfs::Node& node, int flags) : PositionedFile(FileKind::kRegular, flags), node_(node) {
    ++node_.open_files;
  }
  ~RamFile() = default;

  Outcome<FileStatus> Status() override { return node_.ToStatus(); }
  void Close() override {
    --node_.open_files;
    Ramfs::FreeIfUnused(node_);
    Delete(this);
  }

 private:
  Outcome<std::size_t> ReadAt(std::size_t offset, std::span<std::byte> into) override {
    if (offset >= node_.size) {
      return 0;
    }
    const std::size_t count = std::min(into.size(), node_.size - offset);
    std::memcpy(into.data(), node_.bytes + offset, count);
    return count;
  }

  Outcome<std::size_t> WriteAt(std::size_t offset, std::span<const std::byte> from) override {
    if (from.size() > std::numeric_limits<std::int64_t>::max() - offset) {
      return Failure(EFBIG);
    }
    if (offset + from.size() > node_.size) {
      ASHLAR_TRY(node_.Resize(offset + from.size()));
    }
    std::memcpy(node_.bytes + offset, from.data(), from.size());
    node_.modified = Today();
    return from.size();
  }

  Outcome<void> Resize(std::size_t size) override {
    node_.modified = Today();
    return node_.Resize(size);
  }

  void SetPermissions(std::uint16_t permissions) override { node_.permissions = permissions; }
  void SetModified(std::chrono::nanoseconds modified) override { node_.modified = modified; }

  Ramfs::Node& node_;
};

}  // namespace

Outcome<void> Ramfs::Node::Resize(std::size_t new_size) {
  if (new_size > capacity) {
    // Half as much again, so that appending in small pieces copies each byte but a few times.
    const std::size_t wanted = std::max(new_size, capacity + capacity / 2);
    void* larger = heap::Reallocate(bytes, wanted);
    std::size_t granted = wanted;
    if (larger == nullptr && wanted > new_size) {
      larger = heap::Reallocate(bytes, new_size);
      granted = new_size;
    }
    if (larger == nullptr) {
      return Failure(ENOSPC);
    }
    bytes = static_cast<std::byte*>(larger);
    capacity = granted;
  }
  if (new_size > size) {
    std::memset(bytes + size, 0, new_size - size);
  } else if (new_size == 0) {
    heap::Free(bytes);
    bytes = nullptr;
    capacity = 0;
  }
  size = new_size;
  return {};
}

FileStatus Ramfs::Node::ToStatus() const {
  return {.kind = kind,
          .permissions = permissions,
          .serial = serial,
          .links = parent != nullptr || name == nullptr ? 1u : 0u,
          .size = static_cast<std::int64_t>(size),
          .modified = modified,
          .constant_contents = {}};
}

Ramfs::~Ramfs() {
  Node* node = &root_;
  while (true) {
    if (!node->children.empty()) {
      node = &node->children.front();
    } else if (node == &root_) {
      return;
    } else {
      Node* const parent = node->parent;
      Unlink(*node);
      FreeIfUnused(*node);
      node = parent;
    }
  }
}

void Ramfs::FreeIfUnused(Node& node) {
  if (node.parent == nullptr && node.open_files == 0) {
    heap::Free(node.name);
    heap::Free(node.bytes);
    Delete(&node);
  }
}

void Ramfs::Unlink(Node& node) {
  IntrusiveList<Node>::Remove(node);
  node.parent = nullptr;
}

Outcome<void> Ramfs::SetName(Node& node, std::string_view name) {
  auto* const copy = static_cast<char*>(heap::Allocate(name.size()));
  if (copy == nullptr) {
    return Failure(ENOSPC);
  }
  name.copy(copy, name.size());
  heap::Free(node.name);
  node.name = copy;
  node.name_size = name.size();
  return {};
}

Ramfs::Node* Ramfs::FindChild(Node& directory, std::string_view name) {
  for (Node& child : directory.children) {
    if (child.name_view() == name) {
      return &child;
    }
  }
  return nullptr;
}

Outcome<Ramfs::Node*> Ramfs::Find(std::string_view path) {
  Node* node = &root_;
  while (!path.empty()) {
    if (node->kind != FileKind::kDirectory) {
      return Failure(ENOTDIR);
    }
    const std::size_t end = std::min(path.find('/'), path.size());
    node = FindChild(*node, path.substr(0, end));
    if (node == nullptr) {
      return Failure(ENOENT);
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return node;
}

Outcome<Ramfs::Place> Ramfs::FindPlace(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const bool in_root = slash == std::string_view::npos;
  Node* const directory = ASHLAR_TRY(Find(in_root ? std::string_view() : path.substr(0, slash)));
  if (directory->kind != FileKind::kDirectory) {
    return Failure(ENOTDIR);
  }
  return Place{*directory, in_root ? path : path.substr(slash + 1)};
}

Outcome<Ramfs::Node*> Ramfs::Create(const Place& place, FileKind kind, std::uint16_t permissions) {
  Node* const node = New<Node>(kind, permissions);
  if (node == nullptr) {
    return Failure(ENOSPC);
  }
  if (const auto named = SetName(*node, place.name); !named) {
    Delete(node);
    return Failure(named.error());
  }
  node->parent = &place.directory;
  node->serial = ++last_serial_;
  node->place = ++last_place_;
  node->modified = place.directory.modified = Today();
  place.directory.children.PushBack(*node);
  return node;
}

Outcome<File*> Ramfs::Open(std::string_view path, int flags, std::uint16_t permissions) {
  Outcome<Node*> node = Find(path);
  if (node && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) {
    return Failure(EEXIST);
  }
  if (!node) {
    if (node.error() != ENOENT || (flags & O_CREAT) == 0) {
      return Failure(node.error());
    }
    node = Create(ASHLAR_TRY(FindPlace(path)), FileKind::kRegular, permissions);
    if (!node) {
      return Failure(node.error());
    }
  }
  if ((*node)->kind == FileKind::kDirectory) {
    return Failure(EISDIR);
  }
  RamFile* const file = New<RamFile>(**node, flags);
  if (file == nullptr) {
    return Failure(ENOMEM);
  }
  if ((flags & O_TRUNC) != 0 && (flags & O_ACCMODE) != O_RDONLY) {
    (void)(*node)->Resize(0);
  }
  return file;
}

Outcome<FileStatus> Ramfs::Status(std::string_view path) {
  return ASHLAR_TRY(Find(path))->ToStatus();
}

Outcome<DirectoryEntry> Ramfs::Entry(std::string_view path, std::size_t position) {
  Node* const directory = ASHLAR_TRY(Find(path));
  if (directory->kind != FileKind::kDirectory) {
    return Failure(ENOTDIR);
  }
  for (Node& child : directory->children) {
    if (child.place >= position) {
      return DirectoryEntry{.name = child.name_view(),
                            .kind = child.kind,
                            .serial = child.serial,
                            .next = child.place + 1};
    }
  }
  return Failure(ENOENT);
}

Outcome<void> Ramfs::MakeDirectory(std::string_view path, std::uint16_t permissions) {
  if (path.empty()) {
    return Failure(EEXIST);
  }
  const Place place = ASHLAR_TRY(FindPlace(path));
  if (FindChild(place.directory, place.name) != nullptr) {
    return Failure(EEXIST);
  }
  (void)ASHLAR_TRY(Create(place, FileKind::kDirectory, permissions));
  return {};
}

Outcome<void> Ramfs::Remove(std::string_view path, Removal removal) {
  Node* const node = ASHLAR_TRY(Find(path));
  const bool is_directory = node->kind == FileKind::kDirectory;
  if (is_directory != (removal == Removal::kDirectory)) {
    return Failure(is_directory ? EISDIR : ENOTDIR);
  }
  if (node == &root_) {
    return Failure(EBUSY);
  }
  if (!node->children.empty()) {
    return Failure(ENOTEMPTY);
  }
  node->parent->modified = Today();
  Unlink(*node);
  FreeIfUnused(*node);
  return {};
}

Outcome<void> Ramfs::Rename(std::string_view from, std::string_view to) {
  Node* const node = ASHLAR_TRY(Find(from));
  if (node == &root_ || to.empty()) {
    return Failure(EBUSY);
  }
  const Place place = ASHLAR_TRY(FindPlace(to));
  for (const Node* directory = &place.directory; directory != nullptr;
       directory = directory->parent) {
    if (directory == node) {
      return Failure(EINVAL);  // into itself
    }
  }
  Node* const replaced = FindChild(place.directory, place.name);
  if (replaced == node) {
    return {};
  }
  if (replaced != nullptr) {
    const bool onto_directory = replaced->kind == FileKind::kDirectory;
    if (onto_directory != (node->kind == FileKind::kDirectory)) {
      return Failure(onto_directory ? EISDIR : ENOTDIR);
    }
    if (!replaced->children.empty()) {
      return Failure(ENOTEMPTY);
    }
  }
  ASHLAR_TRY(SetName(*node, place.name));
  if (replaced != nullptr) {
    Unlink(*replaced);
    FreeIfUnused(*replaced);
  }
  node->parent->modified = place.directory.modified = Today();
  Unlink(*node);
  node->parent = &place.directory;
  node->place = ++last_place_;
  place.directory.children.PushBack(*node);
  return {};
}

Outcome<void> Ramfs::Change(std::string_view path, const Changes& changes) {
  Node* const node = ASHLAR_TRY(Find(path));
  if (changes.size) {
    if (node->kind == FileKind::kDirectory) {
      return Failure(EISDIR);
    }
    ASHLAR_TRY(node->Resize(static_cast<std::size_t>(*changes.size)));
    node->modified = Today();
  }
  if (changes.permissions) {
    node->permissions = *changes.permissions;
  }
  if (changes.modified) {
    node->modified = *changes.modified;
  }
  return {};
}

}  // namespace ashlar::posix
