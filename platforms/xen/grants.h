// This domain's grant table.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/result.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"

namespace ashlar::xen {

/// The table, which the first call sets up: for two network devices and some disks. kOutOfMemory:
/// there is no memory for it; kNoSpace and others: Xen refuses.
Result<GrantTable*> FindGrants();

/// What the domain's pages are to others.
Frames OwnFrames();

/// Before a domain is suspended: takes Xen's pages out of a PV domain's page tables.
Result<void> UnmapGrants();
/// Afterwards; `same`: it is the domain that it was, and its grants still stand.
Result<void> RestoreGrants(bool same);

}  // namespace ashlar::xen
