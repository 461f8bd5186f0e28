// inet_ntop, and the older inet_addr, inet_aton, inet_ntoa; inet_pton is musl's.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "lwip/ip4_addr.h"
#include "lwip/ip6_addr.h"

extern "C" {

const char* inet_ntop(int family, const void* address, char* text, socklen_t size) {
  if (family == AF_INET) {
    ip4_addr_t value;
    memcpy(&value.addr, address, sizeof(value.addr));
    if (ip4addr_ntoa_r(&value, text, static_cast<int>(size)) != nullptr) {
      return text;
    }
  } else if (family == AF_INET6) {
    ip6_addr_t value = {};
    memcpy(value.addr, address, sizeof(value.addr));
    char upper[INET6_ADDRSTRLEN];
    if (ip6addr_ntoa_r(&value, upper, sizeof(upper)) != nullptr && strlen(upper) < size) {
      // RFC 5952 wants lower case.
      for (char* at = upper;; ++at, ++text) {
        *text = *at >= 'A' && *at <= 'F' ? static_cast<char>(*at + ('a' - 'A')) : *at;
        if (*at == '\0') {
          return text - (at - upper);
        }
      }
    }
  } else {
    errno = EAFNOSUPPORT;
    return nullptr;
  }
  errno = ENOSPC;
  return nullptr;
}

int inet_aton(const char* text, in_addr* address) {
  ip4_addr_t parsed;
  if (ip4addr_aton(text, &parsed) == 0) {
    return 0;
  }
  address->s_addr = parsed.addr;
  return 1;
}

in_addr_t inet_addr(const char* text) {
  in_addr address;
  return inet_aton(text, &address) != 0 ? address.s_addr : INADDR_NONE;
}

char* inet_ntoa(in_addr address) {
  static char text[INET_ADDRSTRLEN];
  return const_cast<char*>(inet_ntop(AF_INET, &address, text, sizeof(text)));
}

}  // extern "C"
