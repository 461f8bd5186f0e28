// getsockname and getpeername.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include "libs/posix/sockets/address.h"
#include "libs/posix/sockets/blocking.h"

using namespace ashlar::posix;

namespace {

int Name(int descriptor, bool peer, sockaddr* address, socklen_t* length) {
  const auto socket = FindSocket(descriptor);
  if (!socket) {
    return Fail(socket.error());
  }
  const auto endpoint = (*socket)->Name(peer);
  if (!endpoint) {
    return Fail(endpoint.error());
  }
  FromEndpoint((*socket)->domain(), *endpoint, address, length);
  return 0;
}

}  // namespace

extern "C" int getsockname(int descriptor, sockaddr* address, socklen_t* length) {
  return Name(descriptor, false, address, length);
}

extern "C" int getpeername(int descriptor, sockaddr* address, socklen_t* length) {
  return Name(descriptor, true, address, length);
}
