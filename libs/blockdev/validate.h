// What every driver asks of a request before it looks at it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"

namespace ashlar::blockdev {

/// Whether a device with `properties` can be asked for `request`: kInvalidArgument, kPermission or
/// kUnsupported as Queue::Submit() says.
Result<void> Validate(const Properties& properties, const Request& request);

/// Whether a device may say this of itself; drivers answer kBroken where not. Also refuses what
/// would overflow: more than 2^63 bytes.
bool Sane(const Properties& properties);

}  // namespace ashlar::blockdev
