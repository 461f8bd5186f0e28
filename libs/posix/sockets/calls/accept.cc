// accept and accept4.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/socket.h>

#include "libs/posix/sockets/address.h"
#include "libs/posix/sockets/blocking.h"

using namespace ashlar::posix;

extern "C" int accept4(int descriptor, sockaddr* address, socklen_t* length, int flags) {
  const auto socket = FindSocket(descriptor);
  if (!socket) {
    return Fail(socket.error());
  }
  if ((*socket)->type() != SOCK_STREAM) {
    return Fail(EOPNOTSUPP);
  }
  auto& listener = *static_cast<TcpSocket*>(*socket);
  const Reference reference(listener);
  const auto connection = AcceptBlocking(listener);
  if (!connection) {
    return Fail(connection.error());
  }
  const auto installed = Install(**connection, (flags & SOCK_CLOEXEC) != 0);
  if (!installed) {
    listener.Unaccept(**connection);
    return Fail(installed.error());
  }
  (*connection)->set_flags((*connection)->flags() | (flags & SOCK_NONBLOCK));
  if (address != nullptr) {
    FromEndpoint((*connection)->domain(), (*connection)->peer(), address, length);
  }
  return *installed;
}

extern "C" int accept(int descriptor, sockaddr* address, socklen_t* length) {
  return accept4(descriptor, address, length, 0);
}
