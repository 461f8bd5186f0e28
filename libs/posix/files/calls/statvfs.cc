// statvfs, fstatvfs, pathconf and fpathconf.
// SPDX-License-Identifier: Apache-2.0
#include <limits.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/posix/descriptors/pipe.h"
#include "libs/posix/files/files.h"

using namespace ashlar;
using namespace ashlar::posix;

namespace {

/// Every file system that can be written to lives off the same memory.
struct statvfs Describe() {
  const page_allocator::Statistics memory = page_allocator::Measure();
  struct statvfs result = {};
  result.f_bsize = result.f_frsize = kPageSize;
  result.f_blocks = static_cast<fsblkcnt_t>(memory.total_bytes / kPageSize);
  result.f_bfree = result.f_bavail = static_cast<fsblkcnt_t>(memory.free_bytes / kPageSize);
  result.f_namemax = 255;
  return result;
}

long Limit(int name) {
  switch (name) {
    case _PC_NAME_MAX:
      return 255;
    case _PC_PATH_MAX:
      return Path::kCapacity;
    case _PC_PIPE_BUF:
      return kPipeAtomicSize;
    case _PC_LINK_MAX:
      return 1;
    case _PC_NO_TRUNC:
      return 1;
    default:
      return Fail(EINVAL);
  }
}

}  // namespace

extern "C" int statvfs(const char* text, struct statvfs* buffer) {
  const auto path = Resolve(text);
  const auto status = path ? Status(*path) : Failure(path.error());
  if (!status) {
    return Fail(status.error());
  }
  *buffer = Describe();
  return 0;
}
extern "C" int fstatvfs(int descriptor, struct statvfs* buffer) {
  if (Find(descriptor) == nullptr) {
    return Fail(EBADF);
  }
  *buffer = Describe();
  return 0;
}
extern "C" long pathconf(const char*, int name) { return Limit(name); }
extern "C" long fpathconf(int descriptor, int name) {
  return Find(descriptor) == nullptr ? Fail(EBADF) : Limit(name);
}
