// sockaddr and lwIP's addresses.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include "libs/posix/sockets/socket.h"

namespace ashlar::posix {

/// The endpoint that `address` means for a socket of `domain`: an IPv4 address mapped into IPv6 is
/// IPv4. EINVAL: too short; EAFNOSUPPORT: another family; EFAULT: nullptr.
Outcome<Endpoint> ToEndpoint(int domain, const sockaddr* address, socklen_t length);

/// Writes as much of the endpoint as fits into `*length` bytes, in the form that sockets of
/// `domain` use, and its whole size to `*length`. Nothing if `address` is nullptr.
void FromEndpoint(int domain, const Endpoint& endpoint, sockaddr* address, socklen_t* length);

}  // namespace ashlar::posix
