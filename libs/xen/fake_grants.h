// Xen's side of grants, for tests: what a back end gets at.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/units.h"
#include "libs/xen/abi.h"

namespace ashlar::xen {

/// The page of `memory`, whose first page is frame 0, that the grant `reference` opens; nullptr if
/// it does not allow this.
inline std::byte* GrantedPage(std::span<std::byte> memory, std::span<const GrantEntry> grants,
                              std::uint32_t reference, bool write) {
  if (reference >= grants.size()) {
    return nullptr;
  }
  const GrantEntry& grant = grants[reference];
  const std::size_t offset = std::size_t{grant.frame} * kPageSize;
  if ((grant.flags & GrantEntry::kPermitAccess) == 0 ||
      (write && (grant.flags & GrantEntry::kReadOnly) != 0) || offset >= memory.size()) {
    return nullptr;
  }
  return &memory[offset];
}

}  // namespace ashlar::xen
