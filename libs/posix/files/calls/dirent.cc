// opendir, fdopendir, readdir and their kin.
// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "libs/posix/descriptors/allocation.h"
#include "libs/posix/files/files.h"

using namespace ashlar::posix;

struct __DIR {
  Directory& file;
  int descriptor;
  dirent entry;
};

namespace {

/// Position 0 and 1 are "." and "..".
constexpr std::size_t kDots = 2;

unsigned char TypeOf(FileKind kind) {
  switch (kind) {
    case FileKind::kRegular:
      return DT_REG;
    case FileKind::kDirectory:
      return DT_DIR;
    case FileKind::kDevice:
    case FileKind::kConsole:
      return DT_CHR;
    default:
      return DT_UNKNOWN;
  }
}

Outcome<DirectoryEntry> EntryAt(Directory& directory, std::size_t position) {
  if (position < kDots) {
    return DirectoryEntry{.name = position == 0 ? "." : "..",
                          .kind = FileKind::kDirectory,
                          .serial = 1,
                          .next = position + 1};
  }
  DirectoryEntry entry = ASHLAR_TRY(Entry(directory.path(), position - kDots));
  entry.next += kDots;
  return entry;
}

}  // namespace

extern "C" {

DIR* fdopendir(int descriptor) {
  File* const file = Find(descriptor);
  if (file == nullptr || file->kind() != FileKind::kDirectory) {
    Fail(file == nullptr ? EBADF : ENOTDIR);
    return nullptr;
  }
  DIR* const stream = New<DIR>(static_cast<Directory&>(*file), descriptor, dirent{});
  if (stream == nullptr) {
    Fail(ENOMEM);
  }
  return stream;
}

DIR* opendir(const char* path) {
  const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return nullptr;
  }
  DIR* const stream = fdopendir(descriptor);
  if (stream == nullptr) {
    close(descriptor);
    Fail(ENOMEM);
  }
  return stream;
}

dirent* readdir(DIR* stream) {
  const auto entry = EntryAt(stream->file, stream->file.position());
  if (!entry) {
    if (entry.error() != ENOENT) {
      Fail(entry.error());
    }
    return nullptr;
  }
  stream->file.set_position(entry->next);
  dirent& result = stream->entry;
  result.d_ino = static_cast<ino_t>(entry->serial);
  result.d_off = static_cast<off_t>(entry->next);
  result.d_reclen = sizeof(dirent);
  result.d_type = TypeOf(entry->kind);
  result.d_name[entry->name.copy(result.d_name, MAXNAMLEN)] = '\0';
  return &result;
}

int readdir_r(DIR* stream, dirent* buffer, dirent** result) {
  const int before = errno;
  errno = 0;
  const dirent* const entry = readdir(stream);
  const int error = errno;
  errno = before;
  if (entry != nullptr) {
    *buffer = *entry;
  }
  *result = entry != nullptr ? buffer : nullptr;
  return error;
}

int closedir(DIR* stream) {
  const int descriptor = stream->descriptor;
  Delete(stream);
  return close(descriptor);
}

void rewinddir(DIR* stream) { stream->file.set_position(0); }
long telldir(DIR* stream) { return static_cast<long>(stream->file.position()); }
void seekdir(DIR* stream, long position) {
  stream->file.set_position(static_cast<std::size_t>(position));
}
int dirfd(DIR* stream) { return stream->descriptor; }

}  // extern "C"
