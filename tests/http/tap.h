// A tap between this process and a server started from it: its ports and addresses arrive at the
// server as they are, which QEMU's user network and tools/run's forwarder would replace.
//
//   this process's sockets ── tap0 (10.0.2.2, fd00:1::2, fd00:2::2) ── QEMU or linuxu
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace ashlar::http_test {

class Tap {
 public:
  static constexpr const char* kName = "tap0";

  /// Moves this process, which must have one thread still, into a network namespace with the tap;
  /// a process started from now on may open it. Or the reason why that is not possible here.
  static std::expected<Tap, std::string> Enter();

  /// Whether this machine knows IPv6.
  static bool HasIpv6();
  /// Gives this end another address, of a network of 64 bits: "fd00:1::2". False if that failed.
  bool AddAddress(const std::string& address) const;
  /// Waits until all of this end's IPv6 addresses may be used; it needs the other end to be there.
  bool WaitForAddresses() const;
  /// The link-local address of the machine with this IPv4 address, formed from the hardware address
  /// that it gave in ARP [RFC 4291, appendix A]; nothing if it has not spoken yet.
  std::optional<in6_addr> LinkLocalAddressOf(const std::string& ipv4) const;
  /// Tells all machines on the tap, as its router does, that it has the network `prefix`, and that
  /// they may choose addresses in it [RFC 4861 §4.2].
  bool AdvertisePrefix(const std::string& prefix) const;

 private:
  explicit Tap(unsigned index) : index_(index) {}

  unsigned index_;
};

}  // namespace ashlar::http_test
