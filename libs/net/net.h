// The network: the machine's interfaces, and lwIP on top of them.
//
// There is no socket here: that is //libs/posix/sockets, or lwIP's raw API ("lwip/tcp.h",
// //third_party/lwip) for whoever wants to be called instead of calling. Everything runs on one
// thread at a time, without locks: lwIP may be called from any thread of the cooperative scheduler,
// and calls back from the event loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/netdev/netdev.h"

namespace ashlar::net {

/// Brings up lwIP and every network device: the init step //libs/net:start. Does not wait for an
/// address: servers may listen at once. Parameters of the command line, for the first interface:
///   net.address=192.0.2.7/24[,2001:db8::7/64]   instead of DHCP
///   net.gateway=192.0.2.1                       its router (IPv6's announce themselves)
///   net.dns=192.0.2.53[,2001:db8::53]           name servers, instead of DHCP's and routers'
/// A parameter that can't be understood is reported on the console and ignored.
void Start();

/// Brings up lwIP on these devices and takes up to `memory` bytes: what Start() does, for tests.
void StartOn(std::span<netdev::NetDevice* const> devices, std::size_t memory);

/// Waits until some interface has an IPv4 address or a global IPv6 address, running the event loop.
/// kTimedOut.
Result<void> WaitForAddress(clock::Instant deadline);

/// Hands what was sent to the devices now. The event loop does it whenever it gets its turn; for
/// those who send and then go on computing.
void Flush();

/// One interface: a device and its addresses.
struct InterfaceStatus {
  netdev::MacAddress mac_address;
  bool link_up;
  std::array<std::uint8_t, 4> ipv4_address;  ///< all zero: none yet
  std::uint8_t ipv4_prefix;
  std::array<std::uint8_t, 4> ipv4_gateway;
  std::array<std::array<std::uint8_t, 16>, 3> ipv6_addresses;  ///< link-local first; all zero: none
  std::uint64_t received_frames;
  std::uint64_t received_bytes;
  std::uint64_t dropped_frames;  ///< received, but no memory or malformed at the link
  std::uint64_t sent_frames;     ///< as handed to the device: it may make several of one
  std::uint64_t sent_bytes;
};

std::size_t InterfaceCount();
/// `index` below InterfaceCount().
InterfaceStatus Describe(std::size_t index);

struct Statistics {
  std::uint32_t connections;      ///< of TCP, in any state but listening
  std::uint32_t max_connections;  ///< then the oldest that are over make room
  std::size_t memory_bytes;       ///< taken now, in whole pages
  std::size_t memory_budget;
  std::size_t connection_table_bytes;  ///< not of that budget; grows with the connections
};
Statistics Measure();

}  // namespace ashlar::net
