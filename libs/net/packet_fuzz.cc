// Fuzzing of everything that arrives: the input is a sequence of frames, each two bytes of length
// and its bytes, which the stack receives while a TCP listener, a UDP socket, DHCP, DNS and IPv6
// are up. Checksums are taken as verified, so that changed bytes get past them.
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "libs/base/check.h"
#include "libs/event_loop/event_loop.h"
#include "libs/net/net.h"
#include "libs/net/testing.h"
#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/ip4_frag.h"
#include "lwip/ip6_frag.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

namespace ashlar::net::testing {
namespace {

err_t OnReceived(void*, tcp_pcb* pcb, pbuf* data, err_t) {
  if (data == nullptr) {
    tcp_recv(pcb, nullptr);
    return tcp_close(pcb);
  }
  tcp_recved(pcb, data->tot_len);
  const void* first = data->payload;
  tcp_write(pcb, first, data->len, TCP_WRITE_FLAG_COPY);  // an echo
  pbuf_free(data);
  return ERR_OK;
}

err_t OnAccepted(void*, tcp_pcb* pcb, err_t error) {
  if (error != ERR_OK || pcb == nullptr) {
    return ERR_VAL;
  }
  tcp_recv(pcb, &OnReceived);
  return ERR_OK;
}

void OnDatagram(void*, udp_pcb* pcb, pbuf* data, const ip_addr_t* from, u16_t port) {
  udp_sendto(pcb, data, from, port);
  pbuf_free(data);
}

FakeDevice& Start() {
  static netdev::NetDevice* devices[1];
  auto* device = new FakeDevice({.mac_address = kOurMac,
                                 .transmit_checksum = true,
                                 .receive_checksum = true,
                                 .tcp4_segmentation = true,
                                 .tcp6_segmentation = true,
                                 .max_fragments = 64});
  devices[0] = device;
  StartOn(devices, 1 << 20);
  const ip4_addr_t address = {.addr = lwip_htonl(kOurAddress)};
  const ip4_addr_t mask = {.addr = lwip_htonl(0xffff'ff00)};
  const ip4_addr_t gateway = {.addr = lwip_htonl(kPeerAddress)};
  netif_set_addr(netif_default, &address, &mask, &gateway);
  NETIF_SET_CHECKSUM_CTRL(netif_default, 0);
  tcp_pcb* pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);
  ASHLAR_CHECK(tcp_bind(pcb, IP_ANY_TYPE, 80) == ERR_OK);
  pcb = tcp_listen(pcb);
  tcp_accept(pcb, &OnAccepted);
  udp_pcb* datagrams = udp_new_ip_type(IPADDR_TYPE_ANY);
  ASHLAR_CHECK(udp_bind(datagrams, IP_ANY_TYPE, 7) == ERR_OK);
  udp_recv(datagrams, &OnDatagram, nullptr);
  ip_addr_t server;
  ip_addr_set_ip4_u32(&server, lwip_htonl(kPeerAddress));
  dns_setserver(0, &server);
  device->Inject(ArpRequest());
  event_loop::Poll();
  return *device;
}

}  // namespace
}  // namespace ashlar::net::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar::net::testing;
  static FakeDevice& device = Start();
  ip_addr_t unused;
  dns_gethostbyname("example.org", &unused, [](const char*, const ip_addr_t*, void*) {}, nullptr);
  while (size >= 2) {
    const std::size_t length =
        std::min<std::size_t>(std::size_t{data[0]} | std::size_t{data[1] & 0x0fU} << 8, size - 2);
    const bool small_buffers = (data[1] & 0x80) != 0;
    const auto* frame = reinterpret_cast<const std::byte*>(data + 2);
    device.Inject(Bytes(frame, frame + length), true, small_buffers ? 100 : 2048);
    ashlar::event_loop::Poll();
    if ((data[1] & 0x40) != 0) {
      tcp_tmr();
      etharp_tmr();
      dhcp_fine_tmr();
    }
    data += 2 + length;
    size -= 2 + length;
  }
  while (tcp_active_pcbs != nullptr) {
    tcp_abort(tcp_active_pcbs);
  }
  while (tcp_tw_pcbs != nullptr) {
    tcp_abort(tcp_tw_pcbs);
  }
  // Fragments whose others never came keep their frames until then.
  for (int second = 0; second <= std::max(IP_REASS_MAXAGE, IPV6_REASS_MAXAGE); ++second) {
    ip_reass_tmr();
    ip6_reass_tmr();
  }
  while (ashlar::event_loop::Poll()) {
  }
  device.sent.clear();
  return 0;
}
