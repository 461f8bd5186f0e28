// This domain's way to the store.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/xen/store.h"

namespace ashlar::xen {

/// The store's client; nullptr: the domain has no store, as the initial one.
Store* FindStore();

/// Has `event` note that the daemon sent something. Once.
Result<void> ListenToStore(events::Event& event);

/// The same client goes on with the store of the place where the domain was restored.
Result<void> RestoreStore();

}  // namespace ashlar::xen
