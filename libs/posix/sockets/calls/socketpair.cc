// socketpair: there are no local sockets.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/socket.h>

extern "C" int socketpair(int, int, int, int[2]) {
  errno = EOPNOTSUPP;
  return -1;
}
