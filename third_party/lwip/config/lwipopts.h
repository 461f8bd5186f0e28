/* How Ashlar builds lwIP: the raw API on one thread, IPv4 and IPv6, DHCP, DNS, TCP and UDP.
 *
 * Pools have no sizes here: libs/net supplies lwIP's memory (memp_malloc and mem_malloc), which grows by pages
 * up to a share of the machine's memory, so one build fits 2 MiB and 2 GiB. The patches beside this file say
 * what is different from lwIP as released.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* One thread, no operating system underneath; libs/net calls in. */
#define NO_SYS 1
#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS 1 /* the C library has htons and its kin */
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_TIMERS 1

/* Memory: all of it from libs/net. */
#define MEM_ALIGNMENT 8
#define MEM_SIZE (1 << 20) /* makes mem_size_t 32 bits wide; there is no such heap */
#define MEMP_NUM_SYS_TIMEOUT 16
#define PBUF_POOL_SIZE 0 /* received packets stay in the driver's buffers */
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define PBUF_POOL_FREE_OOSEQ 0
#define MEMP_NUM_REASSDATA 8
#define IP_REASS_MAX_PBUFS 32

/* Links: Ethernet. Hints let a connection find its ARP entry at once. */
#define LWIP_ARP 1
#define ARP_TABLE_SIZE 32
#define ARP_QUEUEING 1
#define ARP_QUEUE_LEN 4
#define ETHARP_SUPPORT_STATIC_ENTRIES 0
#define LWIP_NETIF_HWADDRHINT 1
#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_HAVE_LOOPIF 1
#define LWIP_LOOPBACK_MAX_PBUFS 0
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1

/* IP. Nothing is forwarded. */
#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define IP_FORWARD 0
#define LWIP_IPV6_FORWARD 0
#define IP_REASSEMBLY 1
#define IP_FRAG 1
#define LWIP_IPV6_REASS 1
#define LWIP_IPV6_FRAG 1
#define IPV6_FRAG_COPYHEADER 1 /* pointers do not fit into a fragment header */
#define LWIP_IPV6_AUTOCONFIG 1
#define LWIP_IPV6_DHCP6 0
#define LWIP_ND6_RDNSS_MAX_DNS_SERVERS 2
#define LWIP_ND6_TCP_REACHABILITY_HINTS 1
#define LWIP_ND6_NUM_NEIGHBORS 16
#define LWIP_ND6_NUM_DESTINATIONS 16
#define LWIP_ICMP 1
#define LWIP_ICMP6 1
#define LWIP_RAW 0
#define LWIP_IGMP 0

#define LWIP_DHCP 1
#define LWIP_DHCP_DOES_ACD_CHECK 0 /* would cost seconds at every start */
#define LWIP_DHCP_MAX_DNS_SERVERS 2
#define LWIP_AUTOIP 0
#define LWIP_ACD 0

#define LWIP_DNS 1
#define DNS_TABLE_SIZE 4
#define DNS_MAX_SERVERS 3
/* The command line has named servers: DHCP and routers don't replace them (libs/net). */
extern uint8_t ashlar_net_name_servers_chosen;
#define LWIP_DNS_SERVERS_CHOSEN ashlar_net_name_servers_chosen

#define LWIP_UDP 1
#define SO_REUSE 1
#define SO_REUSE_RXTOALL 0

/* TCP. TCP_WND is decided when the machine's memory is known (libs/net). */
#define LWIP_TCP 1
extern uint32_t ashlar_net_tcp_window;
#define TCP_WND ashlar_net_tcp_window
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 2
#define TCP_MSS 8960 /* jumbo frames; the interface's MTU and the peer decide what is used */
#define TCP_CALCULATE_EFF_SEND_MSS 1
#define TCP_SND_BUF (256 * 1024) /* bytes queued, mostly by reference */
#define TCP_SND_QUEUELEN 1024    /* pbufs queued */
#define TCP_SEGMENT_MAX_PBUFS 16
#define TCP_OVERSIZE 0
#define LWIP_NETIF_TX_SINGLE_PBUF 0
#define LWIP_TCP_TIMESTAMPS 0
#define LWIP_TCP_SACK_OUT 1
#define TCP_QUEUE_OOSEQ 1
#define TCP_OOSEQ_MAX_BYTES (32 * 1024)
#define TCP_OOSEQ_MAX_PBUFS 32
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 255
#define LWIP_TCP_RTO_TIME 1000
#define LWIP_TCP_KEEPALIVE 1
#define TCP_MSL 30000UL

/* Sequence numbers of new connections: RFC 6528, in libs/net. */
struct ip_addr;
#ifdef __cplusplus
extern "C" {
#endif
uint32_t ashlar_net_initial_sequence(const struct ip_addr* local_ip, uint16_t local_port,
                                     const struct ip_addr* remote_ip, uint16_t remote_port);
uint16_t ashlar_net_checksum(const void* data, int length);
#ifdef __cplusplus
}
#endif
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) \
  ashlar_net_initial_sequence(local_ip, local_port, remote_ip, remote_port)
#define LWIP_CHKSUM ashlar_net_checksum

#define LWIP_STATS 0
#define LWIP_PERF 0
