// mprotect, and what may be said about memory that changes nothing.
// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include "libs/base/units.h"
#include "libs/page_map/page_map.h"
#include "libs/posix/descriptors/descriptors.h"
#include "libs/posix/files/calls/mapped_access.h"

using namespace ashlar;
using namespace ashlar::posix;

namespace {

void MakeWritable(std::span<std::byte> pages) {
  (void)page_map::Protect(pages, page_map::Access::kReadWrite);
}

}  // namespace

extern "C" {

int mprotect(void* address, size_t length, int protection) {
  if (!IsAligned(reinterpret_cast<std::uintptr_t>(address), kPageSize)) {
    return Fail(EINVAL);
  }
  page_map::Access access = page_map::Access::kNone;
  switch (protection) {
    case PROT_NONE:
      break;
    case PROT_READ:
      access = page_map::Access::kRead;
      break;
    case PROT_WRITE:
    case PROT_READ | PROT_WRITE:
      access = page_map::Access::kReadWrite;
      break;
    case PROT_EXEC:
    case PROT_READ | PROT_EXEC:
      access = page_map::Access::kReadExecute;
      break;
    default:
      return Fail(EACCES);  // writable and executable: never
  }
  restore_access = &MakeWritable;
  const auto done =
      page_map::Protect({static_cast<std::byte*>(address), AlignUp(length, kPageSize)}, access);
  return done ? 0 : Fail(done.error());
}

int msync(void*, size_t, int) { return 0; }
// Advice is not needed, but MADV_DONTNEED is a promise that the pages read as zero afterwards.
int madvise(void*, size_t, int advice) { return advice == MADV_DONTNEED ? Fail(EINVAL) : 0; }
int posix_madvise(void*, size_t, int) { return 0; }
int mlock(const void*, size_t) { return 0; }
int munlock(const void*, size_t) { return 0; }
int mlockall(int) { return 0; }
int munlockall() { return 0; }

}  // extern "C"
