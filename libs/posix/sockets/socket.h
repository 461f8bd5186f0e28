// Sockets: the files behind socket(), directly on lwIP's raw API.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/posix/descriptors/waiting_file.h"
#include "lwip/ip.h"
#include "lwip/ip_addr.h"

namespace ashlar::posix {

/// An address and a port, in host order.
struct Endpoint {
  ip_addr_t address;
  std::uint16_t port;
};

/// What TCP and UDP sockets share. None of the functions blocks: EAGAIN and EINPROGRESS say when it
/// would.
class Socket : public WaitingFile {
 public:
  /// `endpoint.address` may be the any address of its family, or IP_ANY_TYPE: both families.
  virtual Outcome<void> Bind(const Endpoint& endpoint) = 0;
  /// EINPROGRESS: kWritable, or kError, tells when it is decided.
  virtual Outcome<void> Connect(const Endpoint& endpoint) = 0;
  /// `to` is nullptr for the connected peer. `flags` are MSG_...
  virtual Outcome<std::size_t> Send(std::span<const iovec> from, int flags, Lifetime lifetime,
                                    const Endpoint* to) = 0;
  /// `sender` may be nullptr. Leaves in `flags` what is to be told: MSG_TRUNC if a datagram was
  /// longer than `into`, whose whole size it returns only if MSG_TRUNC was asked for.
  virtual Outcome<std::size_t> Receive(std::span<const iovec> into, int& flags,
                                       Endpoint* sender) = 0;
  /// SHUT_RD, SHUT_WR, SHUT_RDWR.
  virtual Outcome<void> Shutdown(int how) = 0;
  /// ENOTCONN: it has no peer.
  virtual Outcome<Endpoint> Name(bool peer) = 0;
  /// lwIP's options that all protocols have, or nullptr when the connection is gone.
  virtual ip_pcb* options() = 0;

  Outcome<std::size_t> Read(std::span<const iovec> into) final;
  Outcome<std::size_t> Write(std::span<const iovec> from, Lifetime lifetime) final;
  Outcome<FileStatus> Status() final {
    return FileStatus{.kind = FileKind::kSocket, .permissions = 0777};
  }

  /// AF_INET or AF_INET6, SOCK_STREAM or SOCK_DGRAM.
  int domain() const { return domain_; }
  int type() const { return type_; }
  bool ipv6_only() const { return ipv6_only_; }
  void set_ipv6_only(bool only) { ipv6_only_ = only; }

  /// The errno that waits to be told, once (SO_ERROR). 0: none.
  int TakeError() {
    const int error = error_;
    error_ = 0;
    Lower(kError);
    return error;
  }

 protected:
  Socket(int domain, int type, int flags, Readiness readiness);
  ~Socket() = default;

  int error_ = 0;

 private:
  std::uint8_t domain_;
  std::uint8_t type_;
  bool ipv6_only_ = false;
};

/// A new socket without a reference: Install() it. `flags`: O_NONBLOCK or 0.
/// EAFNOSUPPORT, ESOCKTNOSUPPORT, EPROTONOSUPPORT; ENOMEM: neither a closed connection could make
/// room.
Outcome<Socket*> CreateSocket(int domain, int type, int protocol, int flags);

/// The errno of lwIP's error: the one table.
int ToErrno(err_t error);

/// All pieces' bytes.
std::size_t TotalSize(std::span<const iovec> pieces);

}  // namespace ashlar::posix
