// Who has the other end of a ring.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/base/result.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"

namespace ashlar::xen {

/// A back end's domain, and what it takes to let it use a page. Another one after the domain was
/// restored.
struct Peer {
  GrantTable* grants;
  Frames frames;
  std::uint16_t back_end;

  /// kNoSpace: all grants are in use.
  Result<GrantReference> Grant(const volatile void* page, GrantTable::Access access) const {
    return grants->Grant(back_end, frames.Of(page), access);
  }
};

}  // namespace ashlar::xen
