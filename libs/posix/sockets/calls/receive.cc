// recv, recvfrom, recvmsg.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>

#include "libs/posix/sockets/address.h"
#include "libs/posix/sockets/blocking.h"

using namespace ashlar::posix;

namespace {

// Sets `flags` to what came with the message.
ssize_t ReceivePieces(int descriptor, std::span<const iovec> pieces, int& flags, sockaddr* address,
                      socklen_t* length) {
  const auto socket = FindSocket(descriptor);
  if (!socket) {
    return Fail(socket.error());
  }
  if (address == nullptr) {
    return Return(ReceiveBlocking(**socket, pieces, flags, nullptr));
  }
  const Reference reference(**socket);
  Endpoint sender = {};
  const auto got = ReceiveBlocking(**socket, pieces, flags, &sender);
  if (got) {
    if ((*socket)->type() == SOCK_STREAM) {
      *length = 0;
    } else {
      FromEndpoint((*socket)->domain(), sender, address, length);
    }
  }
  return Return(got);
}

}  // namespace

extern "C" ssize_t recvfrom(int descriptor, void* buffer, size_t size, int flags, sockaddr* address,
                            socklen_t* length) {
  const iovec piece = {buffer, size};
  return ReceivePieces(descriptor, {&piece, 1}, flags, length != nullptr ? address : nullptr,
                       length);
}

extern "C" ssize_t recv(int descriptor, void* buffer, size_t size, int flags) {
  return recvfrom(descriptor, buffer, size, flags, nullptr, nullptr);
}

extern "C" ssize_t recvmsg(int descriptor, msghdr* message, int flags) {
  if (message->msg_iovlen > IOV_MAX) {
    return Fail(EMSGSIZE);
  }
  const ssize_t got =
      ReceivePieces(descriptor, {message->msg_iov, message->msg_iovlen}, flags,
                    static_cast<sockaddr*>(message->msg_name), &message->msg_namelen);
  if (got >= 0) {
    message->msg_flags = flags;
    message->msg_controllen = 0;
  }
  return got;
}
