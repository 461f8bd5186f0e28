// The page map of a Linux process that has a C library: unit tests.
// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_map/page_map.h"

namespace ashlar::page_map {
namespace {

int Protection(Access access) {
  switch (access) {
    case Access::kNone:
      return PROT_NONE;
    case Access::kRead:
      return PROT_READ;
    case Access::kReadWrite:
      return PROT_READ | PROT_WRITE;
    case Access::kReadExecute:
      return PROT_READ | PROT_EXEC;
  }
  return PROT_NONE;
}

}  // namespace

Result<void> Protect(std::span<std::byte> pages, Access access) {
  if (!IsAligned(pages.size(), kPageSize)) {
    return std::unexpected(Error::kInvalidArgument);  // mprotect rounds up.
  }
  if (mprotect(pages.data(), pages.size(), Protection(access)) == 0) {
    return {};
  }
  // ENOMEM says both "not mapped" and "no memory for the kernel's tables"; in a test it is the
  // former.
  return std::unexpected(errno == EINVAL || errno == ENOMEM ? Error::kInvalidArgument
                                                            : Error::kPermission);
}

Result<volatile std::byte*> MapDevice(std::uint64_t, std::size_t) {
  return std::unexpected(Error::kUnsupported);
}

}  // namespace ashlar::page_map
