// What the blocking calls share: finding the socket, and sleeping until it is ready.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/posix/sockets/socket.h"
#include "libs/posix/sockets/tcp_socket.h"

namespace ashlar::posix {

/// The socket of a descriptor. EBADF, ENOTSOCK.
Outcome<Socket*> FindSocket(int descriptor);

/// Whether a call with these MSG_... flags may sleep.
bool MayBlock(const Socket& socket, int flags);

/// As Socket's functions, but they sleep where those say EAGAIN or EINPROGRESS.
Outcome<TcpSocket*> AcceptBlocking(TcpSocket& listener);
Outcome<void> ConnectBlocking(Socket& socket, const Endpoint& endpoint);
Outcome<std::size_t> SendBlocking(Socket& socket, std::span<const iovec> from, int flags,
                                  const Endpoint* to);
Outcome<std::size_t> ReceiveBlocking(Socket& socket, std::span<const iovec> into, int& flags,
                                     Endpoint* sender);

}  // namespace ashlar::posix
