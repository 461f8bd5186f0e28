// What the graphics processor, which sees no cache, is to read and has written.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libs/arch/aarch64/caches.h"
#include "libs/bcm2835/mailbox.h"

namespace ashlar::raspi {

/// For bcm2835::Mailbox.
struct SyncMailboxCaches {
  void operator()(bcm2835::PropertyMessage& shared) const {
    aarch64::CleanAndInvalidate(std::as_bytes(std::span(shared.words)));
  }
};

}  // namespace ashlar::raspi
