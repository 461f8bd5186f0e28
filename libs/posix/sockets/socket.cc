// What TCP and UDP sockets share.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/sockets/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>

#include "libs/posix/sockets/tcp_socket.h"
#include "libs/posix/sockets/udp_socket.h"

namespace ashlar::posix {

Socket::Socket(int domain, int type, int flags, Readiness readiness)
    : WaitingFile(FileKind::kSocket, O_RDWR | flags, readiness),
      domain_(static_cast<std::uint8_t>(domain)),
      type_(static_cast<std::uint8_t>(type)) {}

Outcome<std::size_t> Socket::Read(std::span<const iovec> into) {
  int flags = 0;
  return Receive(into, flags, nullptr);
}

Outcome<std::size_t> Socket::Write(std::span<const iovec> from, Lifetime lifetime) {
  return Send(from, 0, lifetime, nullptr);
}

Outcome<Socket*> CreateSocket(int domain, int type, int protocol, int flags) {
  if (domain != AF_INET && domain != AF_INET6) {
    return Failure(EAFNOSUPPORT);
  }
  switch (type) {
    case SOCK_STREAM:
      if (protocol != 0 && protocol != IPPROTO_TCP) {
        return Failure(EPROTONOSUPPORT);
      }
      return TcpSocket::Create(domain, flags);
    case SOCK_DGRAM:
      if (protocol != 0 && protocol != IPPROTO_UDP) {
        return Failure(EPROTONOSUPPORT);
      }
      return UdpSocket::Create(domain, flags);
    default:
      return Failure(EPROTONOSUPPORT);
  }
}

int ToErrno(err_t error) {
  switch (error) {
    case ERR_OK:
      return 0;
    case ERR_MEM:
      return ENOMEM;
    case ERR_BUF:
      return ENOBUFS;
    case ERR_TIMEOUT:
      return ETIMEDOUT;
    case ERR_RTE:
      return EHOSTUNREACH;
    case ERR_INPROGRESS:
      return EINPROGRESS;
    case ERR_VAL:
    case ERR_ARG:
      return EINVAL;
    case ERR_WOULDBLOCK:
      return EAGAIN;
    case ERR_USE:
      return EADDRINUSE;
    case ERR_ALREADY:
      return EALREADY;
    case ERR_ISCONN:
      return EISCONN;
    case ERR_CONN:
    case ERR_CLSD:
      return ENOTCONN;
    case ERR_IF:
      return ENETDOWN;
    case ERR_ABRT:
      return ECONNABORTED;
    case ERR_RST:
      return ECONNRESET;
    default:
      return EIO;
  }
}

std::size_t TotalSize(std::span<const iovec> pieces) {
  std::size_t size = 0;
  for (const iovec& piece : pieces) {
    size += piece.iov_len;
  }
  return size;
}

}  // namespace ashlar::posix
