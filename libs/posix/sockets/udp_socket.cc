// A UDP socket.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/sockets/udp_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "libs/net/block_pool.h"
#include "libs/net/net.h"

namespace ashlar::posix {
namespace {

constinit net::BlockPool socket_pool{sizeof(UdpSocket)};
constexpr std::size_t kMaxDatagram = 0xffff - 28;  // of IPv4

}  // namespace

struct UdpSocket::Datagram {
  Datagram* next;
  pbuf* data;
  Endpoint from;
};

UdpSocket::UdpSocket(int domain, int flags, udp_pcb& pcb)
    : Socket(domain, SOCK_DGRAM, flags, kWritable), pcb_(&pcb) {}

Outcome<UdpSocket*> UdpSocket::Create(int domain, int flags) {
  void* block = socket_pool.Allocate();
  if (block == nullptr) {
    return Failure(ENOMEM);
  }
  udp_pcb* pcb = udp_new_ip_type(domain == AF_INET ? IPADDR_TYPE_V4 : IPADDR_TYPE_ANY);
  if (pcb == nullptr) {
    net::BlockPool::Free(block);
    return Failure(ENOMEM);
  }
  auto* socket = ::new (block) UdpSocket(domain, flags, *pcb);
  udp_recv(pcb, &UdpSocket::OnReceived, socket);
  return socket;
}

void UdpSocket::OnReceived(void* argument, udp_pcb*, pbuf* data, const ip_addr_t* from,
                           u16_t port) {
  auto& self = *static_cast<UdpSocket*>(argument);
  static constinit net::BlockPool datagram_pool{sizeof(Datagram)};
  void* block = nullptr;
  if (!self.read_shut_ && self.queued_datagrams_ < kReceiveDatagrams &&
      self.queued_bytes_ + data->tot_len <= kReceiveBuffer) {
    block = datagram_pool.Allocate();
  }
  if (block == nullptr) {
    pbuf_free(data);
    return;
  }
  auto* datagram = ::new (block)
      Datagram{.next = nullptr, .data = data, .from = {.address = *from, .port = port}};
  if (self.first_ == nullptr) {
    self.first_ = datagram;
  } else {
    self.last_->next = datagram;
  }
  self.last_ = datagram;
  self.queued_bytes_ += data->tot_len;
  ++self.queued_datagrams_;
  self.Raise(kReadable);
}

Outcome<void> UdpSocket::Bind(const Endpoint& endpoint) {
  if (pcb_->local_port != 0) {
    return Failure(EINVAL);
  }
  const err_t error = udp_bind(pcb_, &endpoint.address, endpoint.port);
  if (error != ERR_OK) {
    return Failure(ToErrno(error));
  }
  return {};
}

Outcome<void> UdpSocket::Connect(const Endpoint& endpoint) {
  const err_t error = udp_connect(pcb_, &endpoint.address, endpoint.port);
  if (error != ERR_OK) {
    return Failure(ToErrno(error));
  }
  connected_ = true;
  return {};
}

Outcome<std::size_t> UdpSocket::Send(std::span<const iovec> from, int, Lifetime,
                                     const Endpoint* to) {
  if (write_shut_) {
    return Failure(EPIPE);
  }
  if (to == nullptr && !connected_) {
    return Failure(EDESTADDRREQ);
  }
  const std::size_t size = TotalSize(from);
  if (size > kMaxDatagram) {
    return Failure(EMSGSIZE);
  }
  pbuf* packet = pbuf_alloc(PBUF_TRANSPORT, static_cast<u16_t>(size), PBUF_RAM);
  if (packet == nullptr) {
    return Failure(ENOMEM);
  }
  auto* bytes = static_cast<std::byte*>(packet->payload);
  for (const iovec& piece : from) {
    if (piece.iov_len > 0) {
      std::memcpy(bytes, piece.iov_base, piece.iov_len);
      bytes += piece.iov_len;
    }
  }
  const err_t error =
      to != nullptr ? udp_sendto(pcb_, packet, &to->address, to->port) : udp_send(pcb_, packet);
  pbuf_free(packet);
  if (error != ERR_OK) {
    return Failure(error == ERR_VAL ? EACCES
                                    : ToErrno(error));  // ERR_VAL: broadcast without SO_BROADCAST
  }
  if ((flags() & O_NONBLOCK) == 0) {
    net::Flush();
  }
  return size;
}

Outcome<std::size_t> UdpSocket::Receive(std::span<const iovec> into, int& flags, Endpoint* sender) {
  if (first_ == nullptr) {
    if (read_shut_) {
      flags = 0;
      return std::size_t{0};
    }
    Lower(kReadable);
    return Failure(EAGAIN);
  }
  const pbuf* data = first_->data;
  const std::size_t whole = data->tot_len;
  std::size_t taken = 0;
  for (const iovec& piece : into) {
    taken += pbuf_copy_partial(data, piece.iov_base,
                               static_cast<u16_t>(std::min(piece.iov_len, whole - taken)),
                               static_cast<u16_t>(taken));
  }
  if (sender != nullptr) {
    *sender = first_->from;
  }
  if ((flags & MSG_PEEK) == 0) {
    DropFirst();
  }
  const bool tell_whole = (flags & MSG_TRUNC) != 0;
  flags = taken < whole ? MSG_TRUNC : 0;
  return tell_whole ? whole : taken;
}

void UdpSocket::DropFirst() {
  Datagram* datagram = first_;
  first_ = datagram->next;
  queued_bytes_ -= datagram->data->tot_len;
  --queued_datagrams_;
  pbuf_free(datagram->data);
  net::BlockPool::Free(datagram);
  if (first_ == nullptr && !read_shut_) {
    Lower(kReadable);
  }
}

Outcome<void> UdpSocket::Shutdown(int how) {
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) {
    return Failure(EINVAL);
  }
  if (!connected_) {
    return Failure(ENOTCONN);
  }
  if (how != SHUT_WR) {
    read_shut_ = true;
    Raise(kReadable | kReadHangUp);
  }
  if (how != SHUT_RD) {
    write_shut_ = true;
  }
  return {};
}

Outcome<Endpoint> UdpSocket::Name(bool peer) {
  if (!peer) {
    return Endpoint{.address = pcb_->local_ip, .port = pcb_->local_port};
  }
  if (!connected_) {
    return Failure(ENOTCONN);
  }
  return Endpoint{.address = pcb_->remote_ip, .port = pcb_->remote_port};
}

Outcome<int> UdpSocket::Control(unsigned long request, void* argument) {
  if (request != FIONREAD) {
    return Failure(ENOTTY);
  }
  *static_cast<int*>(argument) = first_ != nullptr ? first_->data->tot_len : 0;
  return 0;
}

void UdpSocket::Close() {
  while (first_ != nullptr) {
    DropFirst();
  }
  udp_remove(pcb_);
  this->~UdpSocket();
  net::BlockPool::Free(this);
}

}  // namespace ashlar::posix
