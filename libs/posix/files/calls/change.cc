// truncate, ftruncate, chmod, fchmod, fchmodat, utimensat, futimens, and chown as far as there are
// owners.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "libs/posix/files/files.h"
#include "libs/posix/files/positioned_file.h"
#include "libs/posix/time/time.h"

using namespace ashlar::posix;

namespace {

Outcome<void> ChangeAt(int directory, const char* text, const Changes& changes) {
  const Path path = ASHLAR_TRY(Resolve(directory, text));
  const Location location = Locate(path);
  return location.file_system.Change(location.path, changes);
}

Outcome<void> ChangeOpen(int descriptor, const Changes& changes) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Failure(EBADF);
  }
  if (file->kind() == FileKind::kDirectory) {
    const Location location = Locate(static_cast<Directory*>(file)->path());
    return location.file_system.Change(location.path, changes);
  }
  if (file->kind() != FileKind::kRegular) {
    return Failure(EINVAL);
  }
  auto& regular = static_cast<PositionedFile&>(*file);
  if (changes.size) {
    if ((file->flags() & O_ACCMODE) == O_RDONLY) {
      return Failure(EINVAL);
    }
    ASHLAR_TRY(regular.Resize(static_cast<std::size_t>(*changes.size)));
  }
  if (changes.permissions) {
    regular.SetPermissions(*changes.permissions);
  }
  if (changes.modified) {
    regular.SetModified(*changes.modified);
  }
  return {};
}

Changes Permissions(mode_t mode) {
  return {.size = {}, .permissions = static_cast<std::uint16_t>(mode & 0777), .modified = {}};
}

Outcome<Changes> Size(off_t size) {
  if (size < 0) {
    return Failure(EINVAL);
  }
  return Changes{.size = size, .permissions = {}, .modified = {}};
}

/// Of the two times the second: when a file was last read is not kept.
Outcome<Changes> Times(const timespec* times) {
  if (times != nullptr && times[1].tv_nsec == UTIME_OMIT) {
    return Changes{};
  }
  if (times == nullptr || times[1].tv_nsec == UTIME_NOW) {
    return Changes{.size = {}, .permissions = {}, .modified = ASHLAR_TRY(Now(CLOCK_REALTIME))};
  }
  return Changes{.size = {}, .permissions = {}, .modified = ASHLAR_TRY(ToDuration(times[1]))};
}

template <typename Target>
int Apply(Outcome<Changes> changes, Target target) {
  return changes ? static_cast<int>(Return(target(*changes))) : Fail(changes.error());
}

int CheckOwner(uid_t owner, gid_t group) {
  const bool kept = (owner == 0 || owner == static_cast<uid_t>(-1)) &&
                    (group == 0 || group == static_cast<gid_t>(-1));
  return kept ? 0 : Fail(EPERM);
}

}  // namespace

extern "C" {

int truncate(const char* path, off_t size) {
  return Apply(Size(size),
               [&](const Changes& changes) { return ChangeAt(AT_FDCWD, path, changes); });
}
int ftruncate(int descriptor, off_t size) {
  return Apply(Size(size), [&](const Changes& changes) { return ChangeOpen(descriptor, changes); });
}
int chmod(const char* path, mode_t mode) {
  return static_cast<int>(Return(ChangeAt(AT_FDCWD, path, Permissions(mode))));
}
int fchmod(int descriptor, mode_t mode) {
  return static_cast<int>(Return(ChangeOpen(descriptor, Permissions(mode))));
}
int fchmodat(int directory, const char* path, mode_t mode, int) {
  return static_cast<int>(Return(ChangeAt(directory, path, Permissions(mode))));
}
int utimensat(int directory, const char* path, const timespec* times, int) {
  return Apply(Times(times),
               [&](const Changes& changes) { return ChangeAt(directory, path, changes); });
}
int futimens(int descriptor, const timespec* times) {
  return Apply(Times(times),
               [&](const Changes& changes) { return ChangeOpen(descriptor, changes); });
}
int chown(const char*, uid_t owner, gid_t group) { return CheckOwner(owner, group); }
int lchown(const char*, uid_t owner, gid_t group) { return CheckOwner(owner, group); }
int fchown(int, uid_t owner, gid_t group) { return CheckOwner(owner, group); }
int fchownat(int, const char*, uid_t owner, gid_t group, int) { return CheckOwner(owner, group); }

}  // extern "C"
