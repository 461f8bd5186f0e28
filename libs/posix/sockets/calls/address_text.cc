// inet_ntop, and the older inet_addr, inet_aton, inet_ntoa; inet_pton is musl's.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <cstddef>
#include <span>

#include "libs/net/address_text.h"
#include "lwip/ip4_addr.h"

using ashlar::net::AddressText;
using ashlar::net::FormatIpv4;
using ashlar::net::FormatIpv6;

extern "C" {

const char* inet_ntop(int family, const void* address, char* text, socklen_t size) {
  const auto* const bytes = static_cast<const std::byte*>(address);
  AddressText buffer;
  std::size_t length;
  if (family == AF_INET) {
    length = FormatIpv4(std::span<const std::byte, 4>(bytes, 4), buffer).size();
  } else if (family == AF_INET6) {
    length = FormatIpv6(std::span<const std::byte, 16>(bytes, 16), buffer).size();
  } else {
    errno = EAFNOSUPPORT;
    return nullptr;
  }
  if (length >= size) {
    errno = ENOSPC;
    return nullptr;
  }
  return static_cast<char*>(memcpy(text, buffer.data(), length + 1));
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
