// socket.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/socket.h>

#include "libs/posix/sockets/socket.h"

using namespace ashlar::posix;

static_assert(SOCK_NONBLOCK == O_NONBLOCK);

extern "C" int socket(int domain, int type, int protocol) {
  const auto made =
      CreateSocket(domain, type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC), protocol, type & SOCK_NONBLOCK);
  if (!made) {
    return Fail(made.error());
  }
  const auto descriptor = Install(**made, (type & SOCK_CLOEXEC) != 0);
  if (!descriptor) {
    (*made)->Close();
  }
  return static_cast<int>(Return(descriptor));
}
