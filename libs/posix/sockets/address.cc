// sockaddr and lwIP's addresses.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/sockets/address.h"

#include <errno.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace ashlar::posix {
namespace {

// One definition for port and bytes in both systems' headers.
std::uint16_t Swap(std::uint16_t value) {
  return static_cast<std::uint16_t>(value << 8 | value >> 8);
}

}  // namespace

Outcome<Endpoint> ToEndpoint(int domain, const sockaddr* address, socklen_t length) {
  if (address == nullptr) {
    return Failure(EFAULT);
  }
  if (length < sizeof(address->sa_family)) {
    return Failure(EINVAL);
  }
  Endpoint endpoint = {};
  if (address->sa_family == AF_INET) {
    sockaddr_in in;
    if (length < sizeof(in)) {
      return Failure(EINVAL);
    }
    if (domain != AF_INET) {
      return Failure(EAFNOSUPPORT);
    }
    std::memcpy(&in, address, sizeof(in));
    ip_addr_set_ip4_u32(&endpoint.address, in.sin_addr.s_addr);
    endpoint.port = Swap(in.sin_port);
    return endpoint;
  }
  if (address->sa_family != AF_INET6 || domain != AF_INET6) {
    return Failure(EAFNOSUPPORT);
  }
  sockaddr_in6 in6;
  constexpr std::size_t kShortest = offsetof(sockaddr_in6, sin6_scope_id);
  if (length < kShortest) {
    return Failure(EINVAL);
  }
  in6.sin6_scope_id = 0;
  std::memcpy(&in6, address, std::min<std::size_t>(length, sizeof(in6)));
  ip6_addr_t ip6 = {};
  std::memcpy(ip6.addr, &in6.sin6_addr, sizeof(ip6.addr));
  if (ip6_addr_isipv4mappedipv6(&ip6)) {
    ip_addr_set_ip4_u32(&endpoint.address, ip6.addr[3]);
  } else {
    ip6_addr_set_zone(&ip6, static_cast<u8_t>(in6.sin6_scope_id));
    ip_addr_copy_from_ip6(endpoint.address, ip6);
  }
  endpoint.port = Swap(in6.sin6_port);
  return endpoint;
}

void FromEndpoint(int domain, const Endpoint& endpoint, sockaddr* address, socklen_t* length) {
  if (address == nullptr || length == nullptr) {
    return;
  }
  union {
    sockaddr_in in;
    sockaddr_in6 in6;
  } whole = {};
  std::size_t size;
  if (domain == AF_INET) {
    size = sizeof(whole.in);
    whole.in.sin_family = AF_INET;
    whole.in.sin_port = Swap(endpoint.port);
    whole.in.sin_addr.s_addr =
        IP_IS_V4_VAL(endpoint.address) ? ip_2_ip4(&endpoint.address)->addr : 0;
  } else {
    size = sizeof(whole.in6);
    whole.in6 = {};
    whole.in6.sin6_family = AF_INET6;
    whole.in6.sin6_port = Swap(endpoint.port);
    ip6_addr_t ip6 = {};
    if (IP_IS_V6_VAL(endpoint.address)) {
      ip6 = *ip_2_ip6(&endpoint.address);
      whole.in6.sin6_scope_id = ip6_addr_zone(&ip6);
    } else if (IP_IS_V4_VAL(endpoint.address)) {
      ip4_2_ipv4_mapped_ipv6(&ip6, ip_2_ip4(&endpoint.address));
    }
    std::memcpy(&whole.in6.sin6_addr, ip6.addr, sizeof(ip6.addr));
  }
  std::memcpy(address, &whole, std::min<std::size_t>(*length, size));
  *length = static_cast<socklen_t>(size);
}

}  // namespace ashlar::posix
