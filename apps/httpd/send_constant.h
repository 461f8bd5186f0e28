// Sending bytes that never change, without a copy where the system can do that.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>

namespace ashlar::httpd {

/// send() on a non-blocking socket, of bytes that stay as they are for the program's life: in an
/// image, a network device may read them where they lie.
ssize_t SendConstant(int socket, std::span<const std::byte> bytes);

}  // namespace ashlar::httpd
