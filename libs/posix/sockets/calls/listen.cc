// listen.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/socket.h>

#include "libs/posix/sockets/blocking.h"

using namespace ashlar::posix;

extern "C" int listen(int descriptor, int backlog) {
  const auto socket = FindSocket(descriptor);
  if (!socket) {
    return Fail(socket.error());
  }
  if ((*socket)->type() != SOCK_STREAM) {
    return Fail(EOPNOTSUPP);
  }
  return static_cast<int>(Return(static_cast<TcpSocket*>(*socket)->Listen(backlog)));
}
