// mmap and munmap: pages of the image's own, filled with zeros or with a copy of the file.
// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <cstring>

#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/posix/descriptors/descriptors.h"
#include "libs/posix/files/calls/mapped_access.h"

using namespace ashlar;
using namespace ashlar::posix;

constinit void (*ashlar::posix::restore_access)(std::span<std::byte>) = nullptr;

namespace {

/// Fills `pages` from the file; what lies behind its end stays zero.
Outcome<void> Load(File& file, std::int64_t offset, std::span<std::byte> pages) {
  const std::int64_t before = ASHLAR_TRY(file.Seek(0, Whence::kCurrent));
  ASHLAR_TRY(file.Seek(offset, Whence::kStart));
  Outcome<void> result;
  while (!pages.empty()) {
    const iovec piece = {pages.data(), pages.size()};
    const auto got = Read(file, std::span(&piece, 1));
    if (!got) {
      result = Failure(got.error());
    }
    if (!got || *got == 0) {
      break;
    }
    pages = pages.subspan(*got);
  }
  (void)file.Seek(before, Whence::kStart);
  return result;
}

Outcome<void*> Map(std::size_t length, int protection, int flags, int descriptor, off_t offset) {
  const bool is_private = (flags & MAP_PRIVATE) != 0;
  const bool is_shared = (flags & MAP_SHARED) != 0;
  if (length == 0 || offset < 0 || !IsAligned(static_cast<std::uintptr_t>(offset), kPageSize) ||
      is_private == is_shared) {
    return Failure(EINVAL);
  }
  // Addresses are given out, not taken; data is never executable.
  if ((flags & MAP_FIXED) != 0 || (protection & PROT_EXEC) != 0) {
    return Failure(ENOTSUP);
  }
  File* file = nullptr;
  if ((flags & MAP_ANONYMOUS) == 0) {
    file = Find(descriptor);
    if (file == nullptr) {
      return Failure(EBADF);
    }
    if (file->kind() != FileKind::kRegular) {
      return Failure(ENODEV);
    }
    // A copy cannot be written back.
    if (is_shared && (protection & PROT_WRITE) != 0) {
      return Failure(ENOTSUP);
    }
  }
  const std::span<std::byte> pages = ASHLAR_TRY(page_allocator::Allocate(length));
  std::memset(pages.data(), 0, pages.size());
  if (file != nullptr) {
    if (const auto loaded = Load(*file, offset, pages.first(length)); !loaded) {
      page_allocator::Free(pages);
      return Failure(loaded.error());
    }
  }
  return pages.data();
}

}  // namespace

extern "C" void* mmap(void*, size_t length, int protection, int flags, int descriptor,
                      off_t offset) {
  const auto mapped = Map(length, protection, flags, descriptor, offset);
  if (!mapped) {
    Fail(mapped.error());
    return MAP_FAILED;
  }
  return *mapped;
}

extern "C" int munmap(void* address, size_t length) {
  if (length == 0 || !IsAligned(reinterpret_cast<std::uintptr_t>(address), kPageSize)) {
    return Fail(EINVAL);
  }
  const std::span pages(static_cast<std::byte*>(address), AlignUp(length, kPageSize));
  if (restore_access != nullptr) {
    restore_access(pages);
  }
  page_allocator::Free(pages);
  return 0;
}
