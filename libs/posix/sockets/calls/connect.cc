// connect.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include "libs/posix/sockets/address.h"
#include "libs/posix/sockets/blocking.h"

using namespace ashlar::posix;

extern "C" int connect(int descriptor, const sockaddr* address, socklen_t length) {
  const auto socket = FindSocket(descriptor);
  if (!socket) {
    return Fail(socket.error());
  }
  auto endpoint = ToEndpoint((*socket)->domain(), address, length);
  if (!endpoint) {
    return Fail(endpoint.error());
  }
  if (ip_addr_isany(&endpoint->address)) {  // this host
    if (IP_IS_V6_VAL(endpoint->address)) {
      ip_addr_set_loopback(1, &endpoint->address);
    } else {
      ip_addr_set_loopback(0, &endpoint->address);
    }
  }
  return static_cast<int>(Return(ConnectBlocking(**socket, *endpoint)));
}
