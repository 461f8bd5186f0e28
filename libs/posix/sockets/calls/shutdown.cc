// shutdown.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include "libs/posix/sockets/blocking.h"

using namespace ashlar::posix;

extern "C" int shutdown(int descriptor, int how) {
  const auto socket = FindSocket(descriptor);
  return static_cast<int>(socket ? Return((*socket)->Shutdown(how)) : Fail(socket.error()));
}
