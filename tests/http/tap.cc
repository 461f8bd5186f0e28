// The tap, made by way of tools/run's namespace and left open to whoever is started.
// SPDX-License-Identifier: Apache-2.0
#include "tests/http/tap.h"

#include <arpa/inet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <expected>
#include <format>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "tools/run/host_network.h"

namespace ashlar::http_test {
namespace {

constexpr const char* kIpv6Addresses = "/proc/thread-self/net/if_inet6";

// struct in6_ifreq of <linux/ipv6.h>, which does not go together with <netinet/in.h>.
struct AddressRequest {
  in6_addr address;
  std::uint32_t prefix_length;
  int interface;
};

}  // namespace

std::expected<Tap, std::string> Tap::Enter() {
  const auto network = run::EnterNetworkNamespace();
  if (!network.has_value()) {
    return std::unexpected(network.error());
  }
  // It stays, with its address, when this process lets go of it.
  if (ioctl(network->tap.get(), TUNSETPERSIST, 1) != 0) {
    return std::unexpected(std::format("keeping the tap: {}", std::strerror(errno)));
  }
  return Tap(if_nametoindex(kName));
}

bool Tap::HasIpv6() { return access(kIpv6Addresses, F_OK) == 0; }

bool Tap::AddAddress(const std::string& address) const {
  AddressRequest request = {
      .address = {}, .prefix_length = 64, .interface = static_cast<int>(index_)};
  const run::File socket(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return inet_pton(AF_INET6, address.c_str(), &request.address) == 1 &&
         ioctl(socket.get(), SIOCSIFADDR, &request) == 0;
}

bool Tap::WaitForAddresses() const {
  // A line: the address, the interface's number, the length of the prefix, the scope, flags, the
  // interface's name; numbers are hexadecimal.
  constexpr unsigned kTentative = 0x40;  // IFA_F_TENTATIVE
  for (int i = 0; i < 200; ++i) {
    bool link_local = false;
    bool tentative = false;
    std::ifstream file(kIpv6Addresses);
    std::string address, name;
    unsigned index, length, scope, flags;
    while (file >> address >> std::hex >> index >> length >> scope >> flags >> name) {
      if (name == kName) {
        link_local = link_local || address.starts_with("fe80");
        tentative = tentative || (flags & kTentative) != 0;
      }
    }
    if (link_local && !tentative) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

std::optional<in6_addr> Tap::LinkLocalAddressOf(const std::string& ipv4) const {
  std::ifstream file("/proc/thread-self/net/arp");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string address, type, flags, hardware;
    words >> address >> type >> flags >> hardware;
    unsigned mac[6];
    if (address == ipv4 && std::sscanf(hardware.c_str(), "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1],
                                       &mac[2], &mac[3], &mac[4], &mac[5]) == 6) {
      in6_addr result = {};
      const unsigned bytes[] = {mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};
      result.s6_addr[0] = 0xfe;
      result.s6_addr[1] = 0x80;
      for (std::size_t i = 0; i < 8; ++i) {
        result.s6_addr[8 + i] = static_cast<std::uint8_t>(bytes[i]);
      }
      return result;
    }
  }
  return std::nullopt;
}

bool Tap::AdvertisePrefix(const std::string& prefix) const {
  struct {
    nd_router_advert router;
    nd_opt_prefix_info prefix;
  } message = {};
  constexpr std::uint16_t kHalfHour = 1800;
  constexpr std::uint32_t kHour = 3600;
  message.router.nd_ra_type = ND_ROUTER_ADVERT;
  message.router.nd_ra_router_lifetime = htons(kHalfHour);
  message.prefix.nd_opt_pi_type = ND_OPT_PREFIX_INFORMATION;
  message.prefix.nd_opt_pi_len = sizeof(message.prefix) / 8;
  message.prefix.nd_opt_pi_prefix_len = 64;
  message.prefix.nd_opt_pi_flags_reserved = ND_OPT_PI_FLAG_ONLINK | ND_OPT_PI_FLAG_AUTO;
  message.prefix.nd_opt_pi_valid_time = htonl(kHour);
  message.prefix.nd_opt_pi_preferred_time = htonl(kHour);
  sockaddr_in6 everyone = {};
  everyone.sin6_family = AF_INET6;
  everyone.sin6_scope_id = index_;
  // Routers' messages that have passed a router are not believed.
  constexpr int kHops = 255;
  const run::File socket(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6));
  return inet_pton(AF_INET6, prefix.c_str(), &message.prefix.nd_opt_pi_prefix) == 1 &&
         inet_pton(AF_INET6, "ff02::1", &everyone.sin6_addr) == 1 &&
         setsockopt(socket.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &kHops, sizeof(kHops)) == 0 &&
         sendto(socket.get(), &message, sizeof(message), 0,
                reinterpret_cast<const sockaddr*>(&everyone),
                sizeof(everyone)) == static_cast<ssize_t>(sizeof(message));
}

}  // namespace ashlar::http_test
