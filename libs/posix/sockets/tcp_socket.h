// A TCP socket.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/base/intrusive_list.h"
#include "libs/clock/clock.h"
#include "libs/posix/sockets/socket.h"
#include "lwip/pbuf.h"
#include "lwip/tcp.h"

namespace ashlar::posix {

/// Received data stays in the packets it came in until it is copied to the reader; data to send is
/// copied into lwIP's packets, or queued by reference if it lives as long as the image.
///
/// What a non-blocking socket is given to send leaves when the event loop gets its turn, so that an
/// answer written in pieces, and the end of the connection behind it, go out in one frame.
class TcpSocket final : public Socket, private IntrusiveListNode<TcpSocket> {
 public:
  /// ENOMEM.
  static Outcome<TcpSocket*> Create(int domain, int flags);

  Outcome<void> Bind(const Endpoint& endpoint) override;
  Outcome<void> Connect(const Endpoint& endpoint) override;
  Outcome<std::size_t> Send(std::span<const iovec> from, int flags, Lifetime lifetime,
                            const Endpoint* to) override;
  Outcome<std::size_t> Receive(std::span<const iovec> into, int& flags, Endpoint* sender) override;
  Outcome<void> Shutdown(int how) override;
  Outcome<Endpoint> Name(bool peer) override;
  ip_pcb* options() override { return reinterpret_cast<ip_pcb*>(pcb_); }
  Outcome<int> Control(unsigned long request, void* argument) override;
  void Close() override;

  Outcome<void> Listen(int backlog);
  bool listening() const { return state_ == State::kListening; }
  /// The next connection, which leaves the queue; EAGAIN. Give it back by Unaccept if it can't be
  /// installed.
  Outcome<TcpSocket*> Accept();
  void Unaccept(TcpSocket& connection);

  /// The connection, or nullptr when it is over, or listens.
  tcp_pcb* connection() { return listening() ? nullptr : pcb_; }
  /// As accept() tells it, also when the connection is over.
  const Endpoint& peer() const { return peer_; }
  std::size_t send_buffer() const { return send_buffer_; }
  void set_send_buffer(std::size_t bytes) { send_buffer_ = bytes; }
  /// TCP_NODELAY: small segments don't wait for acknowledgements. Accepted connections have what
  /// the listener has, as with the other options.
  bool no_delay() const { return no_delay_; }
  void set_no_delay(bool no_delay);
  /// SO_LINGER with a time of zero: close() resets.
  bool reset_on_close() const { return reset_on_close_; }
  void set_reset_on_close(bool reset) { reset_on_close_ = reset; }
  /// TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT: what SO_KEEPALIVE does.
  struct KeepAlive {
    std::uint16_t idle_seconds = 7200;
    std::uint16_t interval_seconds = 75;
    std::uint16_t count = 9;
  };
  const KeepAlive& keep_alive() const { return keep_alive_; }
  void set_keep_alive(const KeepAlive& keep_alive);

 private:
  enum class State : std::uint8_t { kNew, kListening, kConnecting, kConnected, kOver };

  TcpSocket(int domain, int flags, State state, Readiness readiness);
  ~TcpSocket() = default;

  static err_t OnAccept(void* self, tcp_pcb* pcb, err_t error);
  static err_t OnConnected(void* self, tcp_pcb* pcb, err_t error);
  static err_t OnReceived(void* self, tcp_pcb* pcb, pbuf* data, err_t error);
  static err_t OnSent(void* self, tcp_pcb* pcb, u16_t bytes);
  static void OnError(void* self, err_t error);

  void Adopt(tcp_pcb& pcb);
  void Inherit(const TcpSocket& listener, tcp_pcb& pcb);
  void ApplyKeepAlive();
  void Detach();
  void DropReceived();
  std::size_t Room(Lifetime lifetime) const;
  Outcome<void> MakePcb();
  void OutputLater();
  bool StarvedTooLong();

  friend class IntrusiveList<TcpSocket>;
  friend class PendingOutput;

  tcp_pcb* pcb_ = nullptr;
  pbuf* received_ = nullptr;  // linked by next; tot_len means nothing
  pbuf* received_last_ = nullptr;
  std::size_t received_bytes_ = 0;  // not yet read
  std::size_t send_buffer_;
  // A listener's connections that wait for accept(), and the next of those in such a queue.
  TcpSocket* waiting_ = nullptr;
  TcpSocket* waiting_last_ = nullptr;
  TcpSocket* next_ = nullptr;
  std::uint16_t waiting_count_ = 0;
  std::uint16_t backlog_ = 0;  // more than these don't wait
  KeepAlive keep_alive_;
  Endpoint peer_ = {};
  clock::Instant starved_since_ = {};  // no memory to send with since then; or never
  std::uint16_t local_port_ = 0;
  State state_;
  bool end_of_data_ = false;  // the peer sends no more
  bool read_shut_ = false;    // nobody reads
  bool write_shut_ = false;   // nobody writes
  bool reset_on_close_ = false;
  bool no_delay_ = false;
};

}  // namespace ashlar::posix
