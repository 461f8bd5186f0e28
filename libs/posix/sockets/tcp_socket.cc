// A TCP socket: lwIP's callbacks on one side, readiness on the other.
//
// lwIP frees a connection in TIME-WAIT without a word, so the socket lets go of it as soon as both
// directions are over: what is left of its life is lwIP's affair.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/sockets/tcp_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>

#include "libs/event_loop/event_loop.h"
#include "libs/net/block_pool.h"
#include "libs/net/lwip_memory.h"
#include "libs/net/net.h"
#include "libs/timer/timer.h"

namespace ashlar::posix {
namespace {

// What is copied goes into packets of this size, two to a page (//libs/net:block_pool). A segment
// is a chain of them.
constexpr std::size_t kCopySize = 1840;
constexpr std::size_t kMaxWrite = 0xffff;

// How long a socket without anything under way may lack memory before send() says so, and how often
// it tries.
constexpr auto kMaxStarved = std::chrono::seconds(5);
constexpr auto kStarvedRetry = std::chrono::milliseconds(10);

// Outside the network's budget, so that a connection that lwIP has memory for is not reset for want
// of a socket. There are no more of them than connections, descriptors, and what listeners'
// backlogs hold of connections that are over.
constinit net::BlockPool socket_pool{sizeof(TcpSocket), /*reserved=*/true};

int Truncate(std::size_t value) {
  return static_cast<int>(std::min<std::size_t>(value, 0x7fff'ffff));
}

}  // namespace

// The sockets that have something to send when the event loop gets its turn, and those that wait
// for memory.
class PendingOutput final : public event_loop::Poller, private timer::Timer {
 public:
  constexpr PendingOutput() : Timer(&PendingOutput::Retry) {}

  void Add(TcpSocket& socket) {
    if (!added_) {
      added_ = true;
      event_loop::Add(*this);
    }
    Remove(socket);  // it may have waited for memory
    sockets_.PushBack(socket);
  }
  // Makes it writable again after a while.
  void AddStarved(TcpSocket& socket) {
    if (!socket.linked()) {
      starved_.PushBack(socket);
    }
    if (!armed()) {
      Arm(clock::Monotonic::now() + kStarvedRetry);
    }
  }
  static void Remove(TcpSocket& socket) {
    if (socket.linked()) {
      IntrusiveList<TcpSocket>::Remove(socket);
    }
  }

  // Sending makes nobody ready, so this counts as nothing done.
  bool Poll() override {
    if (!sockets_.empty()) {
      do {
        tcp_output(sockets_.PopFront().pcb_);
      } while (!sockets_.empty());
      net::Flush();
    }
    return false;
  }
  bool PrepareToWait() override { return sockets_.empty(); }

 private:
  static void Retry(timer::Timer& timer) {
    auto& self = static_cast<PendingOutput&>(timer);
    while (!self.starved_.empty()) {
      self.starved_.PopFront().Raise(kWritable);
    }
  }

  IntrusiveList<TcpSocket> sockets_;
  IntrusiveList<TcpSocket> starved_;
  bool added_ = false;
};

namespace {
constinit PendingOutput pending_output;
}  // namespace

void TcpSocket::OutputLater() { pending_output.Add(*this); }

TcpSocket::TcpSocket(int domain, int flags, State state, Readiness readiness)
    : Socket(domain, SOCK_STREAM, flags, readiness),
      send_buffer_(net::DefaultSendBuffer()),
      state_(state) {}

Outcome<TcpSocket*> TcpSocket::Create(int domain, int flags) {
  void* block = socket_pool.Allocate();
  if (block == nullptr) {
    return Failure(ENOMEM);
  }
  auto* socket = ::new (block) TcpSocket(domain, flags, State::kNew, kWritable | kHangUp);
  if (auto made = socket->MakePcb(); !made) {
    net::BlockPool::Free(socket);
    return std::unexpected(made.error());
  }
  return socket;
}

Outcome<void> TcpSocket::MakePcb() {
  pcb_ = tcp_new_ip_type(domain() == AF_INET ? IPADDR_TYPE_V4 : IPADDR_TYPE_ANY);
  if (pcb_ == nullptr) {
    return Failure(ENOMEM);
  }
  return {};
}

// Has lwIP call this socket about the connection.
void TcpSocket::Adopt(tcp_pcb& pcb) {
  pcb_ = &pcb;
  tcp_arg(pcb_, this);
  tcp_recv(pcb_, &TcpSocket::OnReceived);
  tcp_sent(pcb_, &TcpSocket::OnSent);
  tcp_err(pcb_, &TcpSocket::OnError);
  if (no_delay_) {
    tcp_nagle_disable(pcb_);
  }
  ApplyKeepAlive();
}

// Takes over what accept() hands on, as on Linux.
void TcpSocket::Inherit(const TcpSocket& listener, tcp_pcb& pcb) {
  send_buffer_ = listener.send_buffer_;
  keep_alive_ = listener.keep_alive_;
  no_delay_ = listener.no_delay_;
  reset_on_close_ = listener.reset_on_close_;
  set_read_timeout(listener.read_timeout());
  set_write_timeout(listener.write_timeout());
  pcb.ttl = listener.pcb_->ttl;
  pcb.tos = listener.pcb_->tos;
}

void TcpSocket::ApplyKeepAlive() {
  pcb_->keep_idle = keep_alive_.idle_seconds * u32_t{1000};
  pcb_->keep_intvl = keep_alive_.interval_seconds * u32_t{1000};
  pcb_->keep_cnt = keep_alive_.count;
}

void TcpSocket::set_keep_alive(const KeepAlive& keep_alive) {
  keep_alive_ = keep_alive;
  if (connection() != nullptr) {
    ApplyKeepAlive();
  }
}

void TcpSocket::set_no_delay(bool no_delay) {
  no_delay_ = no_delay;
  if (connection() == nullptr) {
    return;
  }
  if (no_delay) {
    tcp_nagle_disable(pcb_);
    if (state_ == State::kConnected) {
      tcp_output(pcb_);
    }
  } else {
    tcp_nagle_enable(pcb_);
  }
}

// Lets go of the connection; lwIP finishes it alone.
void TcpSocket::Detach() {
  tcp_arg(pcb_, nullptr);
  tcp_recv(pcb_, nullptr);
  tcp_sent(pcb_, nullptr);
  tcp_err(pcb_, nullptr);
  PendingOutput::Remove(*this);
  pcb_ = nullptr;
  state_ = State::kOver;
}

// --- lwIP's callbacks

err_t TcpSocket::OnReceived(void* argument, tcp_pcb* pcb, pbuf* data, err_t) {
  auto& self = *static_cast<TcpSocket*>(argument);
  if (data == nullptr) {
    self.end_of_data_ = true;
    if (self.write_shut_) {
      // Only marks it. While the FIN still waits for memory, tcp_close() would reset the connection
      // for what was not read.
      tcp_shutdown(pcb, 1, 0);
      self.Detach();
      self.Raise(kReadable | kReadHangUp | kHangUp);
    } else {
      self.Raise(kReadable | kReadHangUp);
    }
    return ERR_OK;
  }
  if (self.read_shut_) {
    tcp_recved(pcb, data->tot_len);
    pbuf_free(data);
    return ERR_OK;
  }
  self.received_bytes_ += data->tot_len;
  if (self.received_ == nullptr) {
    self.received_ = data;
  } else {
    self.received_last_->next = data;
  }
  while (data->next != nullptr) {
    data = data->next;
  }
  self.received_last_ = data;
  self.Raise(kReadable);
  return ERR_OK;
}

err_t TcpSocket::OnSent(void* argument, tcp_pcb*, u16_t) {
  auto& self = *static_cast<TcpSocket*>(argument);
  if ((self.readiness() & kWritable) == 0 && !self.write_shut_ &&
      self.Room(Lifetime::kCall) >= self.send_buffer_ / 3) {
    self.Raise(kWritable);
  }
  return ERR_OK;
}

err_t TcpSocket::OnConnected(void* argument, tcp_pcb*, err_t) {
  auto& self = *static_cast<TcpSocket*>(argument);
  self.state_ = State::kConnected;
  self.Lower(kHangUp);
  self.Raise(kWritable);
  return ERR_OK;
}

// The connection is gone already.
void TcpSocket::OnError(void* argument, err_t error) {
  auto& self = *static_cast<TcpSocket*>(argument);
  const bool connecting = self.state_ == State::kConnecting;
  PendingOutput::Remove(self);
  self.pcb_ = nullptr;
  self.state_ = State::kOver;
  self.end_of_data_ = true;
  if (error == ERR_CLSD) {  // in order, after the last acknowledgement
    self.Raise(kReadable | kReadHangUp | kHangUp);
    return;
  }
  if (error == ERR_RST) {
    self.error_ = connecting ? ECONNREFUSED : ECONNRESET;
  } else {
    self.error_ = ETIMEDOUT;  // lwIP gave up retransmitting
  }
  self.Raise(kReadable | kWritable | kReadHangUp | kHangUp | kError);
}

err_t TcpSocket::OnAccept(void* argument, tcp_pcb* pcb, err_t error) {
  auto& self = *static_cast<TcpSocket*>(argument);
  if (error != ERR_OK || pcb == nullptr) {
    return ERR_VAL;
  }
  // lwIP counts the connections that wait, but not those that are over before they are accepted.
  if (self.waiting_count_ >= self.backlog_) {
    return ERR_MEM;  // lwIP resets the connection: the peer knows
  }
  void* block = socket_pool.Allocate();
  if (block == nullptr) {
    return ERR_MEM;
  }
  auto* connection = ::new (block) TcpSocket(self.domain(), 0, State::kConnected, kWritable);
  connection->Inherit(self, *pcb);
  connection->Adopt(*pcb);
  connection->peer_ = {.address = pcb->remote_ip, .port = pcb->remote_port};
  connection->local_port_ = pcb->local_port;
  tcp_backlog_delayed(pcb);
  if (self.waiting_ == nullptr) {
    self.waiting_ = connection;
  } else {
    self.waiting_last_->next_ = connection;
  }
  self.waiting_last_ = connection;
  ++self.waiting_count_;
  self.Raise(kReadable);
  return ERR_OK;
}

// --- Calls

Outcome<void> TcpSocket::Bind(const Endpoint& endpoint) {
  if (state_ != State::kNew || pcb_->local_port != 0) {
    return Failure(EINVAL);
  }
  const err_t error = tcp_bind(pcb_, &endpoint.address, endpoint.port);
  if (error != ERR_OK) {
    return Failure(ToErrno(error));
  }
  return {};
}

Outcome<void> TcpSocket::Listen(int backlog) {
  if (state_ == State::kListening) {
    return {};
  }
  if (state_ != State::kNew) {
    return Failure(EINVAL);
  }
  if (pcb_->local_port == 0) {
    const err_t error = tcp_bind(pcb_, domain() == AF_INET ? IP4_ADDR_ANY : IP_ANY_TYPE, 0);
    if (error != ERR_OK) {
      return Failure(ToErrno(error));
    }
  }
  err_t error = ERR_OK;
  backlog_ = static_cast<u16_t>(std::clamp(backlog, 1, SOMAXCONN));
  tcp_pcb* listener = tcp_listen_with_backlog_and_err(pcb_, backlog_, &error);
  if (listener == nullptr) {
    return Failure(ToErrno(error));
  }
  pcb_ = listener;
  state_ = State::kListening;
  Lower(kWritable | kHangUp);
  tcp_arg(pcb_, this);
  tcp_accept(pcb_, &TcpSocket::OnAccept);
  return {};
}

Outcome<TcpSocket*> TcpSocket::Accept() {
  if (state_ != State::kListening) {
    return Failure(EINVAL);
  }
  TcpSocket* connection = waiting_;
  if (connection == nullptr) {
    return Failure(EAGAIN);
  }
  waiting_ = connection->next_;
  connection->next_ = nullptr;
  --waiting_count_;
  if (waiting_ == nullptr) {
    Lower(kReadable);
  }
  if (connection->pcb_ != nullptr) {
    tcp_backlog_accepted(connection->pcb_);
  }
  return connection;
}

void TcpSocket::Unaccept(TcpSocket& connection) {
  if (connection.pcb_ != nullptr) {
    tcp_backlog_delayed(connection.pcb_);
  }
  connection.next_ = waiting_;
  if (waiting_ == nullptr) {
    waiting_last_ = &connection;
  }
  waiting_ = &connection;
  ++waiting_count_;
  Raise(kReadable);
}

Outcome<void> TcpSocket::Connect(const Endpoint& endpoint) {
  switch (state_) {
    case State::kNew:
      break;
    case State::kListening:
      return Failure(EOPNOTSUPP);
    case State::kConnecting:
      return Failure(EALREADY);
    case State::kConnected:
      return Failure(EISCONN);
    case State::kOver:
      if (error_ != 0) {
        return Failure(TakeError());
      }
      if (pcb_ == nullptr) {  // else the last attempt got no further
        ASHLAR_TRY(MakePcb());
      }
      DropReceived();
      end_of_data_ = read_shut_ = write_shut_ = false;
      break;
  }
  Adopt(*pcb_);
  const err_t error = tcp_connect(pcb_, &endpoint.address, endpoint.port, &TcpSocket::OnConnected);
  if (error != ERR_OK) {
    return Failure(ToErrno(error));
  }
  state_ = State::kConnecting;
  peer_ = endpoint;
  local_port_ = pcb_->local_port;
  Lower(kReadable | kWritable | kReadHangUp | kHangUp | kError);
  net::Flush();
  return Failure(EINPROGRESS);
}

// Bytes that may be queued now.
std::size_t TcpSocket::Room(Lifetime lifetime) const {
  if (pcb_->snd_queuelen >= TCP_SND_QUEUELEN - 2 * TCP_SEGMENT_MAX_PBUFS) {
    return 0;
  }
  const std::size_t room = pcb_->snd_buf;
  if (lifetime == Lifetime::kImage) {
    return room;
  }
  const std::size_t queued = TCP_SND_BUF - room;
  return queued < send_buffer_ ? std::min(send_buffer_ - queued, room) : 0;
}

Outcome<std::size_t> TcpSocket::Send(std::span<const iovec> from, int flags, Lifetime lifetime,
                                     const Endpoint*) {
  if (state_ != State::kConnected || write_shut_) [[unlikely]] {
    if (error_ != 0) {
      return Failure(TakeError());
    }
    if (state_ == State::kConnecting) {
      return Failure(EAGAIN);
    }
    return Failure(state_ == State::kNew ? ENOTCONN : EPIPE);
  }
  const u8_t copy = lifetime == Lifetime::kImage ? 0 : TCP_WRITE_FLAG_COPY;
  const std::size_t most = lifetime == Lifetime::kImage ? kMaxWrite : kCopySize;
  std::size_t room = Room(lifetime);
  std::size_t taken = 0;
  bool full = false;
  bool out_of_memory = false;
  for (std::size_t i = 0; i < from.size() && !full; ++i) {
    const auto* bytes = static_cast<const std::byte*>(from[i].iov_base);
    std::size_t left = from[i].iov_len;
    while (left > 0) {
      const std::size_t part = std::min({left, room, most});
      if (part == 0) {
        full = true;
        break;
      }
      // Without PSH while more follows at once.
      const bool more = part < left || i + 1 < from.size() || (flags & MSG_MORE) != 0;
      const err_t error = tcp_write(pcb_, bytes, static_cast<u16_t>(part),
                                    static_cast<u8_t>(copy | (more ? TCP_WRITE_FLAG_MORE : 0)));
      if (error != ERR_OK) [[unlikely]] {
        full = true;
        out_of_memory = error == ERR_MEM;
        break;
      }
      bytes += part;
      left -= part;
      room -= part;
      taken += part;
    }
  }
  if (taken > 0) {
    starved_since_ = {};
    const bool no_room = full || room == 0;
    // More can't follow before there is room, and only what is under way makes room.
    if ((flags & MSG_MORE) == 0 || no_room) {
      // Who blocks may compute for long before the event loop gets its turn; who polls comes back
      // to it at once.
      if ((this->flags() & O_NONBLOCK) == 0) {
        tcp_output(pcb_);
        net::Flush();
      } else {
        OutputLater();
      }
    }
    if (no_room) {
      Lower(kWritable);
    }
    return taken;
  }
  if (!full) {
    return 0;
  }
  Lower(kWritable);
  if (out_of_memory && pcb_->snd_queuelen == 0) {
    // Nothing of this socket is under way whose acknowledgement would make room; others' may.
    if (StarvedTooLong()) {
      starved_since_ = {};
      return Failure(ENOMEM);
    }
    pending_output.AddStarved(*this);
    return Failure(EAGAIN);
  }
  tcp_output(pcb_);
  return Failure(EAGAIN);
}

bool TcpSocket::StarvedTooLong() {
  const clock::Instant now = clock::Monotonic::now();
  if (starved_since_ == clock::Instant{}) {
    starved_since_ = now;
  }
  return now - starved_since_ >= kMaxStarved;
}

Outcome<std::size_t> TcpSocket::Receive(std::span<const iovec> into, int& flags, Endpoint* sender) {
  if (sender != nullptr) {
    *sender = peer_;
  }
  if (received_bytes_ == 0) {
    if (error_ != 0) {
      return Failure(TakeError());
    }
    if (end_of_data_ || read_shut_) {
      flags = 0;
      return std::size_t{0};
    }
    if (state_ == State::kNew || state_ == State::kListening || state_ == State::kOver) {
      return Failure(ENOTCONN);
    }
    Lower(kReadable);
    return Failure(EAGAIN);
  }
  const bool peek = (flags & MSG_PEEK) != 0;
  flags = 0;
  std::size_t taken = 0;
  pbuf* packet = received_;
  std::size_t offset = 0;  // into it, while peeking
  for (const iovec& piece : into) {
    auto* to = static_cast<std::byte*>(piece.iov_base);
    std::size_t left = piece.iov_len;
    while (left > 0 && packet != nullptr) {
      const std::size_t part = std::min<std::size_t>(left, packet->len - offset);
      std::memcpy(to, static_cast<const std::byte*>(packet->payload) + offset, part);
      to += part;
      left -= part;
      taken += part;
      if (peek) {
        offset += part;
        if (offset == packet->len) {
          packet = packet->next;
          offset = 0;
        }
      } else if (part == packet->len) {
        received_ = packet->next;
        packet->next = nullptr;
        pbuf_free(packet);
        packet = received_;
      } else {
        packet->payload = static_cast<std::byte*>(packet->payload) + part;
        packet->len = static_cast<u16_t>(packet->len - part);
      }
    }
  }
  if (!peek) {
    received_bytes_ -= taken;
    if (received_bytes_ == 0) {
      DropReceived();  // what is left has no bytes
      if (!end_of_data_) {
        Lower(kReadable);
      }
    }
    if (pcb_ != nullptr) {
      for (std::size_t left = taken; left > 0;) {
        const std::size_t part = std::min(left, kMaxWrite);
        tcp_recved(pcb_, static_cast<u16_t>(part));
        left -= part;
      }
    }
  }
  return taken;
}

void TcpSocket::DropReceived() {
  while (received_ != nullptr) {
    pbuf* packet = received_;
    received_ = packet->next;
    packet->next = nullptr;
    pbuf_free(packet);
  }
  received_last_ = nullptr;
  received_bytes_ = 0;
}

Outcome<void> TcpSocket::Shutdown(int how) {
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) {
    return Failure(EINVAL);
  }
  if (state_ != State::kConnected) {
    return state_ == State::kOver && end_of_data_ && error_ == 0 ? Outcome<void>()
                                                                 : Failure(ENOTCONN);
  }
  if (how != SHUT_WR && !read_shut_) {
    read_shut_ = true;
    if (received_bytes_ > 0) {
      for (std::size_t left = received_bytes_; left > 0;) {
        const std::size_t part = std::min(left, kMaxWrite);
        tcp_recved(pcb_, static_cast<u16_t>(part));
        left -= part;
      }
    }
    DropReceived();
    Raise(kReadable | kReadHangUp);
  }
  if (how != SHUT_RD && !write_shut_) {
    const err_t error = tcp_shutdown(pcb_, 0, 1);
    if (error != ERR_OK) {
      return Failure(ToErrno(error));
    }
    write_shut_ = true;
    if (end_of_data_) {
      tcp_shutdown(pcb_, 1, 0);  // as in OnReceived
      Detach();
      Raise(kWritable | kHangUp);
    } else {
      Raise(kWritable);  // a write fails at once
    }
    net::Flush();
  }
  return {};
}

Outcome<Endpoint> TcpSocket::Name(bool peer) {
  if (peer) {
    if (state_ != State::kConnected &&
        !(state_ == State::kOver && error_ == 0 && peer_.port != 0)) {
      return Failure(ENOTCONN);
    }
    return peer_;
  }
  if (pcb_ == nullptr) {
    return Endpoint{.address = domain() == AF_INET ? *IP4_ADDR_ANY : *IP6_ADDR_ANY,
                    .port = local_port_};
  }
  return Endpoint{.address = pcb_->local_ip, .port = pcb_->local_port};
}

Outcome<int> TcpSocket::Control(unsigned long request, void* argument) {
  if (request != FIONREAD) {
    return Failure(ENOTTY);
  }
  *static_cast<int*>(argument) = Truncate(received_bytes_);
  return 0;
}

void TcpSocket::Close() {
  while (waiting_ != nullptr) {
    TcpSocket* connection = waiting_;
    waiting_ = connection->next_;
    connection->reset_on_close_ = true;
    connection->Close();
  }
  if (pcb_ != nullptr) {
    tcp_pcb* pcb = pcb_;
    if (state_ == State::kListening) {
      tcp_arg(pcb, nullptr);
      tcp_accept(pcb, nullptr);
      tcp_close(pcb);
    } else {
      Detach();
      if (reset_on_close_) {
        tcp_abort(pcb);
      } else {
        tcp_close(pcb);  // resets if data was not read
      }
      if ((flags() & O_NONBLOCK) == 0) {
        net::Flush();
      }
    }
  }
  DropReceived();
  this->~TcpSocket();
  net::BlockPool::Free(this);
}

}  // namespace ashlar::posix
