// The addresses of the network interfaces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

struct ifaddrs {
  struct ifaddrs* ifa_next;
  char* ifa_name;
  unsigned int ifa_flags;
  struct sockaddr* ifa_addr;
  struct sockaddr* ifa_netmask;
  struct sockaddr* ifa_dstaddr;
  void* ifa_data;
};
#define ifa_broadaddr ifa_dstaddr

#ifdef __cplusplus
extern "C" {
#endif

int getifaddrs(struct ifaddrs** list);
void freeifaddrs(struct ifaddrs* list);

#ifdef __cplusplus
}
#endif
