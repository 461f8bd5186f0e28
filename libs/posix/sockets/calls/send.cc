// send, sendto, sendmsg.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>

#include "libs/posix/sockets/address.h"
#include "libs/posix/sockets/blocking.h"

using namespace ashlar::posix;

namespace {

ssize_t SendPieces(int descriptor, std::span<const iovec> pieces, int flags,
                   const sockaddr* address, socklen_t length) {
  const auto socket = FindSocket(descriptor);
  if (!socket) {
    return Fail(socket.error());
  }
  if (address == nullptr || (*socket)->type() == SOCK_STREAM) {
    return Return(SendBlocking(**socket, pieces, flags, nullptr));
  }
  const auto endpoint = ToEndpoint((*socket)->domain(), address, length);
  if (!endpoint) {
    return Fail(endpoint.error());
  }
  return Return(SendBlocking(**socket, pieces, flags, &*endpoint));
}

}  // namespace

extern "C" ssize_t sendto(int descriptor, const void* buffer, size_t size, int flags,
                          const sockaddr* address, socklen_t length) {
  const iovec piece = {const_cast<void*>(buffer), size};
  return SendPieces(descriptor, {&piece, 1}, flags, address, length);
}

extern "C" ssize_t send(int descriptor, const void* buffer, size_t size, int flags) {
  return sendto(descriptor, buffer, size, flags, nullptr, 0);
}

// Control messages are not understood, and ignored.
extern "C" ssize_t sendmsg(int descriptor, const msghdr* message, int flags) {
  if (message->msg_iovlen > IOV_MAX) {
    return Fail(EMSGSIZE);
  }
  return SendPieces(descriptor, {message->msg_iov, message->msg_iovlen}, flags,
                    static_cast<const sockaddr*>(message->msg_name), message->msg_namelen);
}
