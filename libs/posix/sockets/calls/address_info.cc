// getaddrinfo, freeaddrinfo, getnameinfo, gai_strerror.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <optional>

#include "libs/posix/sockets/address.h"
#include "libs/posix/sockets/resolve.h"
#include "libs/posix/sockets/socket.h"
#include "lwip/netif.h"

using namespace ashlar::posix;

namespace {

struct Service {
  const char* name;
  uint16_t port;
};
constexpr Service kServices[] = {
    {"http", 80}, {"https", 443}, {"domain", 53}, {"ntp", 123}, {"ssh", 22}};

// A number, or one of the few names above.
std::optional<uint16_t> ParseService(const char* text, bool numeric_only) {
  if (text == nullptr) {
    return uint16_t{0};
  }
  unsigned value = 0;
  const char* at = text;
  for (; *at >= '0' && *at <= '9' && value <= 0xffff; ++at) {
    value = value * 10 + static_cast<unsigned>(*at - '0');
  }
  if (*at == '\0' && at != text && value <= 0xffff) {
    return static_cast<uint16_t>(value);
  }
  if (!numeric_only) {
    for (const Service& service : kServices) {
      if (strcmp(text, service.name) == 0) {
        return service.port;
      }
    }
  }
  return std::nullopt;
}

// One entry, with the address and the name behind it in the same block.
struct Entry {
  addrinfo info;
  sockaddr_storage address;
};

class List {
 public:
  List(int type, int protocol, uint16_t port) : type_(type), protocol_(protocol), port_(port) {}

  // False: no memory.
  bool Add(int family, const ip_addr_t& address) {
    struct Kind {
      int type;
      int protocol;
    };
    constexpr Kind kKinds[] = {{SOCK_STREAM, IPPROTO_TCP}, {SOCK_DGRAM, IPPROTO_UDP}};
    for (const Kind& kind : kKinds) {
      if ((type_ != 0 && type_ != kind.type) || (protocol_ != 0 && protocol_ != kind.protocol)) {
        continue;
      }
      auto* entry = static_cast<Entry*>(calloc(1, sizeof(Entry)));
      if (entry == nullptr) {
        return false;
      }
      socklen_t length = sizeof(entry->address);
      FromEndpoint(family, {.address = address, .port = port_},
                   reinterpret_cast<sockaddr*>(&entry->address), &length);
      entry->info.ai_family = family;
      entry->info.ai_socktype = kind.type;
      entry->info.ai_protocol = kind.protocol;
      entry->info.ai_addrlen = length;
      entry->info.ai_addr = reinterpret_cast<sockaddr*>(&entry->address);
      *end_ = &entry->info;
      end_ = &entry->info.ai_next;
    }
    return true;
  }

  addrinfo* first() const { return first_; }

 private:
  int type_;
  int protocol_;
  uint16_t port_;
  addrinfo* first_ = nullptr;
  addrinfo** end_ = &first_;
};

// An address in numbers, IPv6's perhaps with an interface behind a '%'.
std::optional<ip_addr_t> ParseAddress(const char* text) {
  ip_addr_t address;
  u32_t ipv4 = 0;
  if (inet_pton(AF_INET, text, &ipv4) == 1) {
    ip_addr_set_ip4_u32(&address, ipv4);
    return address;
  }
  char numbers[INET6_ADDRSTRLEN] = "";
  const size_t length = strcspn(text, "%");
  ip6_addr_t ipv6 = {};
  if (length >= sizeof(numbers) ||
      inet_pton(AF_INET6, strncpy(numbers, text, length), ipv6.addr) != 1) {
    return std::nullopt;
  }
  if (text[length] == '%') {
    netif* const interface = netif_find(text + length + 1);
    if (interface == nullptr) {
      return std::nullopt;
    }
    ip6_addr_assign_zone(&ipv6, IP6_UNKNOWN, interface);
  }
  ip_addr_copy_from_ip6(address, ipv6);
  return address;
}

int AddAddresses(List& list, const char* node, int family, int flags) {
  bool memory = true;
  const bool ipv4 = family != AF_INET6;
  const bool ipv6 = family != AF_INET;
  ip_addr_t address;
  if (node == nullptr || strcmp(node, "localhost") == 0) {
    const bool passive = node == nullptr && (flags & AI_PASSIVE) != 0;
    if (ipv6) {
      ip_addr_set_loopback(1, &address);
      memory = memory && list.Add(AF_INET6, passive ? *IP6_ADDR_ANY : address);
    }
    if (ipv4) {
      ip_addr_set_loopback(0, &address);
      memory = memory && list.Add(AF_INET, passive ? *IP4_ADDR_ANY : address);
    }
    return memory ? 0 : EAI_MEMORY;
  }
  if (const auto parsed = ParseAddress(node)) {
    const int its = IP_IS_V6_VAL(*parsed) ? AF_INET6 : AF_INET;
    if (family != AF_UNSPEC && family != its) {
      return EAI_NONAME;
    }
    return list.Add(its, *parsed) ? 0 : EAI_MEMORY;
  }
  // What lwIP would read as an address all the same is no name.
  if ((flags & AI_NUMERICHOST) != 0 || ipaddr_aton(node, &address) != 0) {
    return EAI_NONAME;
  }
  int error = EAI_NONAME;
  for (const Family wanted : {Family::kIpv6, Family::kIpv4}) {
    if (!(wanted == Family::kIpv6 ? ipv6 : ipv4)) {
      continue;
    }
    const auto found = Resolve(node, wanted);
    if (found) {
      memory = memory && list.Add(wanted == Family::kIpv6 ? AF_INET6 : AF_INET, *found);
      error = 0;
    } else if (found.error() == EAGAIN && error != 0) {
      error = EAI_AGAIN;
    }
  }
  return memory ? error : EAI_MEMORY;
}

int Copy(const char* from, char* to, socklen_t size) {
  const size_t length = strlen(from);
  if (length >= size) {
    return EAI_OVERFLOW;
  }
  memcpy(to, from, length + 1);
  return 0;
}

}  // namespace

extern "C" {

int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  constexpr addrinfo kNoHints = {};
  if (hints == nullptr) {
    hints = &kNoHints;
  }
  if (node == nullptr && service == nullptr) {
    return EAI_NONAME;
  }
  if (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET &&
      hints->ai_family != AF_INET6) {
    return EAI_FAMILY;
  }
  if (hints->ai_socktype != 0 && hints->ai_socktype != SOCK_STREAM &&
      hints->ai_socktype != SOCK_DGRAM) {
    return EAI_SOCKTYPE;
  }
  const auto port = ParseService(service, (hints->ai_flags & AI_NUMERICSERV) != 0);
  if (!port) {
    return (hints->ai_flags & AI_NUMERICSERV) != 0 ? EAI_NONAME : EAI_SERVICE;
  }
  List list(hints->ai_socktype, hints->ai_protocol, *port);
  int error = AddAddresses(list, node, hints->ai_family, hints->ai_flags);
  if (error == 0 && list.first() == nullptr) {
    error = EAI_SOCKTYPE;  // no such pair of type and protocol
  }
  if (error == 0 && (hints->ai_flags & AI_CANONNAME) != 0) {
    list.first()->ai_canonname = strdup(node != nullptr ? node : "localhost");
    error = list.first()->ai_canonname == nullptr ? EAI_MEMORY : 0;
  }
  if (error != 0) {
    freeaddrinfo(list.first());
    return error;
  }
  *result = list.first();
  return 0;
}

void freeaddrinfo(addrinfo* list) {
  while (list != nullptr) {
    addrinfo* next = list->ai_next;
    free(list->ai_canonname);
    free(list);
    list = next;
  }
}

// Addresses and ports as numbers: nobody is asked for names.
int getnameinfo(const sockaddr* address, socklen_t length, char* host, socklen_t host_size,
                char* service, socklen_t service_size, int flags) {
  const auto endpoint = ToEndpoint(address->sa_family, address, length);
  if (!endpoint) {
    return EAI_FAMILY;
  }
  if (host != nullptr && host_size > 0) {
    if ((flags & NI_NAMEREQD) != 0) {
      return EAI_NONAME;
    }
    const ip_addr_t& its = endpoint->address;
    const bool is_ipv6 = IP_IS_V6_VAL(its);
    const uint32_t* bytes = is_ipv6 ? ip_2_ip6(&its)->addr : &ip_2_ip4(&its)->addr;
    if (inet_ntop(is_ipv6 ? AF_INET6 : AF_INET, bytes, host, host_size) == nullptr) {
      return EAI_OVERFLOW;
    }
  }
  if (service != nullptr && service_size > 0) {
    char digits[6];
    char* at = digits + sizeof(digits);
    *--at = '\0';
    unsigned port = endpoint->port;
    do {
      *--at = static_cast<char>('0' + port % 10);
      port /= 10;
    } while (port != 0);
    return Copy(at, service, service_size);
  }
  return 0;
}

const char* gai_strerror(int error) {
  switch (error) {
    case 0:
      return "no error";
    case EAI_BADFLAGS:
      return "bad flags";
    case EAI_NONAME:
      return "no such name";
    case EAI_AGAIN:
      return "no answer now";
    case EAI_FAIL:
      return "the name server failed";
    case EAI_FAMILY:
      return "no such address family";
    case EAI_SOCKTYPE:
      return "no such socket type";
    case EAI_SERVICE:
      return "no such service";
    case EAI_MEMORY:
      return "out of memory";
    case EAI_SYSTEM:
      return "system error";
    case EAI_OVERFLOW:
      return "buffer too small";
    default:
      return "unknown error";
  }
}

}  // extern "C"
