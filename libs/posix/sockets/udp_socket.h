// A UDP socket.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "libs/posix/sockets/socket.h"
#include "lwip/pbuf.h"
#include "lwip/udp.h"

namespace ashlar::posix {

/// Datagrams wait in the packets they came in, up to kReceiveBuffer bytes; then further ones are
/// dropped.
class UdpSocket final : public Socket {
 public:
  static constexpr std::size_t kReceiveBuffer = 64 * 1024;
  static constexpr std::size_t kReceiveDatagrams = 256;

  /// ENOMEM.
  static Outcome<UdpSocket*> Create(int domain, int flags);

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

 private:
  struct Datagram;

  UdpSocket(int domain, int flags, udp_pcb& pcb);
  ~UdpSocket() = default;

  static void OnReceived(void* self, udp_pcb* pcb, pbuf* data, const ip_addr_t* from, u16_t port);
  void DropFirst();

  udp_pcb* pcb_;
  Datagram* first_ = nullptr;
  Datagram* last_ = nullptr;
  std::size_t queued_bytes_ = 0;
  std::size_t queued_datagrams_ = 0;
  bool connected_ = false;
  bool read_shut_ = false;
  bool write_shut_ = false;
};

}  // namespace ashlar::posix
