// Sending constant bytes on a host: its kernel copies.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include "apps/httpd/send_constant.h"

namespace ashlar::httpd {

ssize_t SendConstant(int socket, std::span<const std::byte> bytes) {
  return send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace ashlar::httpd
