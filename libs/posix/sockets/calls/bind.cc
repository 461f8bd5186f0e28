// bind.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include "libs/posix/sockets/address.h"
#include "libs/posix/sockets/blocking.h"

using namespace ashlar::posix;

extern "C" int bind(int descriptor, const sockaddr* address, socklen_t length) {
  const auto socket = FindSocket(descriptor);
  if (!socket) {
    return Fail(socket.error());
  }
  auto endpoint = ToEndpoint((*socket)->domain(), address, length);
  if (!endpoint) {
    return Fail(endpoint.error());
  }
  if ((*socket)->domain() == AF_INET6 && ip_addr_isany(&endpoint->address) &&
      !(*socket)->ipv6_only()) {
    endpoint->address = *IP_ANY_TYPE;
  }
  return static_cast<int>(Return((*socket)->Bind(*endpoint)));
}
