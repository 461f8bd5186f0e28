// Network interfaces. Numbers are Linux's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#define IF_NAMESIZE 16
#define IFNAMSIZ IF_NAMESIZE

#define IFF_UP 0x1
#define IFF_BROADCAST 0x2
#define IFF_LOOPBACK 0x8
#define IFF_POINTOPOINT 0x10
#define IFF_RUNNING 0x40
#define IFF_NOARP 0x80
#define IFF_PROMISC 0x100
#define IFF_MULTICAST 0x1000

struct if_nameindex {
  unsigned int if_index;
  char* if_name;
};

struct ifreq {
  char ifr_name[IFNAMSIZ];
  union {
    struct sockaddr __address;
    short __flags;
    int __integer;
    char __name[IFNAMSIZ];
  } __ifr;
};
#define ifr_addr __ifr.__address
#define ifr_broadaddr __ifr.__address
#define ifr_netmask __ifr.__address
#define ifr_hwaddr __ifr.__address
#define ifr_flags __ifr.__flags
#define ifr_ifindex __ifr.__integer
#define ifr_mtu __ifr.__integer

struct ifconf {
  int ifc_len;
  union {
    char* ifc_buf;
    struct ifreq* ifc_req;
  };
};

#ifdef __cplusplus
extern "C" {
#endif

unsigned int if_nametoindex(const char* name);
char* if_indextoname(unsigned int index, char* name);
struct if_nameindex* if_nameindex(void);
void if_freenameindex(struct if_nameindex* list);

#ifdef __cplusplus
}
#endif
