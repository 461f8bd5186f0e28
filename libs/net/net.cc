// The network: lwIP brought up on the machine's devices, configured from the command line, DHCP and
// router advertisements.
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/net.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <optional>

#include "libs/base/check.h"
#include "libs/command_line/command_line.h"
#include "libs/console/console.h"
#include "libs/event_loop/event_loop.h"
#include "libs/net/address_text.h"
#include "libs/net/block_pool.h"
#include "libs/net/interface.h"
#include "libs/net/lwip_memory.h"
#include "libs/net/lwip_port.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/timer/timer.h"
#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/ip_addr.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

namespace ashlar::net {
namespace {

constexpr std::size_t kMaxInterfaces = 4;
constinit Interface interfaces[kMaxInterfaces];
constinit std::size_t interface_count = 0;

void ArmTimer();
void GrowConnectionTable();
void OnTimer(timer::Timer& timer);
constinit timer::Timer lwip_timer{&OnTimer};

void OnTimer(timer::Timer&) {
  sys_check_timeouts();
  for (std::size_t i = 0; i < interface_count; ++i) {
    interfaces[i].CheckLink();
  }
  GrowConnectionTable();
  ArmTimer();
}

// Has the one timer expire at the next of lwIP's own timeouts.
void ArmTimer() {
  const u32_t milliseconds = sys_timeouts_sleeptime();
  if (milliseconds == SYS_TIMEOUTS_SLEEPTIME_INFINITE) {
    lwip_timer.Disarm();
    return;
  }
  const auto deadline = clock::Monotonic::now() + std::chrono::milliseconds(milliseconds);
  // The deadline moves a little with each call, for lwIP counts whole milliseconds: leave the timer
  // alone then.
  if (!lwip_timer.armed() || lwip_timer.deadline() > deadline) {
    lwip_timer.Arm(deadline);
  }
}

// Packets to this machine's own loopback addresses wait in lwIP's loopback interface until someone
// polls it. It is always there, so the timer is looked after here, before the CPU sleeps.
class Loopback final : public event_loop::Poller {
 public:
  constexpr Loopback() = default;
  void Start() {
    loop_ = netif_get_by_index(1);
    event_loop::Add(*this);
  }
  bool Poll() override {
    if (loop_->loop_first == nullptr) {
      return false;
    }
    netif_poll(loop_);
    return true;
  }
  bool PrepareToWait() override {
    if (TakeTimeoutsAdded()) {
      ArmTimer();
    }
    return loop_->loop_first == nullptr;
  }

 private:
  netif* loop_ = nullptr;
};
constinit Loopback loopback;

// --- The connection table

// Its buckets: a page at first, and from then on as many as there are connections, TIME-WAIT
// included.
constinit std::span<std::byte> buckets;

// Moves the connections to a table of at least `wanted` buckets, a power of two. Without memory for
// it they stay where they are, at first in lwIP's own two buckets: slow, but right.
void MakeConnectionTable(std::size_t wanted) {
  const std::size_t count =
      std::bit_ceil(std::max<std::size_t>(wanted, kPageSize / sizeof(tcp_pcb*)));
  const auto memory = page_allocator::Allocate(count * sizeof(tcp_pcb*));
  if (!memory) {
    return;
  }
  std::memset(memory->data(), 0, memory->size());
  const std::uint64_t key[3] = {Random() | 1, Random() | 1, Random() | 1};
  tcp_set_connection_table(reinterpret_cast<tcp_pcb**>(memory->data()),
                           static_cast<u8_t>(std::countr_zero(count)), key);
  if (!buckets.empty()) {
    page_allocator::Free(buckets);
  }
  buckets = *memory;
}

// Looked after now and then, not at each new connection: chains are a few elements long until then.
void GrowConnectionTable() {
  const std::size_t connections = Connections();
  if (connections > 2 * buckets.size() / sizeof(tcp_pcb*)) {
    MakeConnectionTable(connections);
  }
}

// --- Parameters

void Complain(std::string_view name, std::string_view value, std::string_view wanted) {
  console::Write("net: ");
  console::Write(name);
  console::Write("=");
  console::Write(value);
  console::Write(" is ignored: it should look like ");
  console::Write(wanted);
  console::Write("\n");
}

std::optional<ip_addr_t> ParseAddress(std::string_view text) {
  char copy[IPADDR_STRLEN_MAX];
  ip_addr_t address;
  if (text.empty() || text.size() >= sizeof(copy)) {
    return std::nullopt;
  }
  copy[text.copy(copy, sizeof(copy) - 1)] = '\0';
  if (ipaddr_aton(copy, &address) == 0) {
    return std::nullopt;
  }
  return address;
}

std::optional<unsigned> ParsePrefix(std::string_view text) {
  unsigned value = 0;
  if (text.empty() || text.size() > 3) {
    return std::nullopt;
  }
  for (char digit : text) {
    if (digit < '0' || digit > '9') {
      return std::nullopt;
    }
    value = value * 10 + static_cast<unsigned>(digit - '0');
  }
  return value;
}

// Takes the part up to the next comma off `list`.
std::string_view NextItem(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  const std::string_view item = list.substr(0, comma);
  list.remove_prefix(std::min(comma + 1, list.size()));
  return item;
}

bool AddIpv6Address(netif& interface, const ip6_addr_t& address) {
  s8_t index = 0;
  if (netif_add_ip6_address(&interface, &address, &index) != ERR_OK || index < 0) {
    return false;
  }
  netif_ip6_addr_set_state(&interface, index, IP6_ADDR_PREFERRED);
  return true;
}

// True if the interface has an address of the command line's now.
bool SetStaticAddresses(netif& interface) {
  constexpr std::string_view kWanted = "192.0.2.7/24 or 2001:db8::7/64";
  const auto addresses = command_line::Parameter("net.address");
  if (!addresses) {
    return false;
  }
  bool any = false;
  for (std::string_view list = *addresses; !list.empty();) {
    const std::string_view item = NextItem(list);
    const std::size_t slash = item.find('/');
    const auto address = ParseAddress(item.substr(0, slash));
    const auto prefix = slash == item.npos ? std::nullopt : ParsePrefix(item.substr(slash + 1));
    if (!address || !prefix || *prefix > (IP_IS_V6_VAL(*address) ? 128U : 32U)) {
      Complain("net.address", item, kWanted);
    } else if (IP_IS_V6_VAL(*address)) {
      if (AddIpv6Address(interface, *ip_2_ip6(&*address))) {
        any = true;
      } else {
        Complain("net.address", item, "one of at most two IPv6 addresses");
      }
    } else {
      ip4_addr_t mask = {.addr =
                             lwip_htonl(*prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - *prefix))};
      ip4_addr_t gateway = {.addr = 0};
      if (const auto parameter = command_line::Parameter("net.gateway")) {
        const auto parsed = ParseAddress(*parameter);
        if (parsed && IP_IS_V4_VAL(*parsed)) {
          gateway = *ip_2_ip4(&*parsed);
        } else {
          Complain("net.gateway", *parameter, "192.0.2.1");
        }
      }
      netif_set_addr(&interface, ip_2_ip4(&*address), &mask, &gateway);
      any = true;
    }
  }
  return any;
}

void SetNameServers() {
  const auto servers = command_line::Parameter("net.dns");
  if (!servers) {
    return;
  }
  u8_t index = 0;
  for (std::string_view list = *servers; !list.empty();) {
    const std::string_view item = NextItem(list);
    const auto address = ParseAddress(item);
    if (!address || index == DNS_MAX_SERVERS) {
      Complain("net.dns", item, "192.0.2.53, at most three of them");
      continue;
    }
    dns_setserver(index++, &*address);
  }
  ashlar_net_name_servers_chosen = index != 0;
}

// --- Telling people

// What has been told of an interface.
struct Announced {
  std::uint32_t ipv4 = 0;
  bool ipv6[LWIP_IPV6_NUM_ADDRESSES] = {};
};
constinit Announced announced[kMaxInterfaces] = {};

void Announce(const ip_addr_t& address) {
  AddressText text;
  console::Write("net: address ");
  console::Write(
      IP_IS_V6(&address)
          ? FormatIpv6(std::as_bytes(std::span(ip_2_ip6(&address)->addr)), text)
          : FormatIpv4(std::as_bytes(std::span<const u32_t, 1>(&ip_2_ip4(&address)->addr, 1)),
                       text));
  console::Write("\n");
}

void OnStatus(netif* interface) {
  const auto place = std::ranges::find(std::span(interfaces).first(interface_count), interface,
                                       [](Interface& each) { return &each.lwip(); });
  Announced& told = announced[&*place - interfaces];
  if (const ip_addr_t& address = *netif_ip_addr4(interface);
      told.ipv4 != ip_2_ip4(&address)->addr) {
    told.ipv4 = ip_2_ip4(&address)->addr;
    if (told.ipv4 != 0) {
      Announce(address);
    } else {
      console::Write("net: the address is lost, its lease has ended\n");
    }
  }
  // The first one is the link's own and goes without saying.
  for (s8_t i = 1; i < LWIP_IPV6_NUM_ADDRESSES; ++i) {
    const bool usable = ip6_addr_ispreferred(netif_ip6_addr_state(interface, i));
    if (usable && !told.ipv6[i]) {
      Announce(*netif_ip_addr6(interface, i));
    }
    told.ipv6[i] = usable;
  }
}

}  // namespace

void StartOn(std::span<netdev::NetDevice* const> devices, std::size_t memory) {
  SeedRandom();
  ConfigureMemory(memory);
  MakeConnectionTable(0);
  // What lwip_init() does; init.c checks numbers that are ours to decide at run time.
  netif_init();
  udp_init();
  tcp_init();
  dns_init();
  sys_timeouts_init();
  loopback.Start();

  for (netdev::NetDevice* device : devices) {
    if (interface_count == kMaxInterfaces) {
      console::Write("net: more than four network devices: the others are left out\n");
      break;
    }
    Interface& interface = interfaces[interface_count++];
    interface.Attach(*device);
    netif_set_status_callback(&interface.lwip(), &OnStatus);
    const bool first = interface_count == 1;
    if (first) {
      netif_set_default(&interface.lwip());
      SetNameServers();
    }
    if (!(first && SetStaticAddresses(interface.lwip())) &&
        dhcp_start(&interface.lwip()) != ERR_OK) {
      console::Write("net: no memory to ask DHCP for an address: give the image more\n");
    }
  }
  ArmTimer();
}

void Start() {
  const auto devices = netdev::Devices();
  if (devices.empty()) {
    console::Write("net: there is no network device: nobody but this image itself is reached\n");
  }
  // Half of what the drivers left: the application has the rest.
  StartOn(devices, page_allocator::Measure().free_bytes / 2);
}

Result<void> WaitForAddress(clock::Instant deadline) {
  for (;;) {
    for (std::size_t i = 0; i < interface_count; ++i) {
      const netif& interface = interfaces[i].lwip();
      if (netif_ip4_addr(&interface)->addr != 0) {
        return {};
      }
      for (s8_t j = 1; j < LWIP_IPV6_NUM_ADDRESSES; ++j) {
        if (ip6_addr_ispreferred(netif_ip6_addr_state(&interface, j))) {
          return {};
        }
      }
    }
    if (!event_loop::Wait(deadline)) {
      return std::unexpected(Error::kTimedOut);
    }
  }
}

void Flush() {
  for (std::size_t i = 0; i < interface_count; ++i) {
    interfaces[i].Flush();
  }
}

std::size_t InterfaceCount() { return interface_count; }

InterfaceStatus Describe(std::size_t index) {
  ASHLAR_CHECK(index < interface_count);
  return interfaces[index].Describe();
}

Statistics Measure() {
  return {.connections = Connections(),
          .max_connections = MaxConnections(),
          .memory_bytes = BlockPool::used_bytes(),
          .memory_budget = BlockPool::budget(),
          .connection_table_bytes = buckets.size()};
}

}  // namespace ashlar::net
