// A wire with faults between this machine's TCP and a guest's: two taps in a network namespace of
// the test's own, and a thread that copies frames from one to the other.
//
//   this process's sockets ── tap0 (10.0.2.2) ── relay ── wire0 ── QEMU or linuxu (10.0.2.15)
//
// Both taps have virtio-net headers, so frames with unfinished checksums and of many segments pass
// in one piece, as between a guest and its host.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "tests/wire/faulty_wire.h"
#include "tools/run/host_network.h"

namespace ashlar::wire {

class Relay {
 public:
  /// The guest's tap; it may be opened by a process started from now on, in the same namespace.
  static constexpr const char* kGuestTap = "wire0";

  /// Moves this process, which must have one thread still, into a network namespace with both taps,
  /// and starts to relay, without faults. Or the reason why this is not possible here.
  static std::expected<std::unique_ptr<Relay>, std::string> Create();
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Begins anew, both directions with these faults: counts at zero, nothing delayed, the same
  /// sequence of faults for the same seed.
  void Restart(const Faults& faults, std::uint32_t seed);

  struct Totals {
    Counts to_guest;
    Counts from_guest;
    std::uint64_t full = 0;  ///< frames that a tap or the kernel had no room for
  };
  Totals totals();

 private:
  Relay(run::Network network, run::File guest_side, run::File stop);

  void Run();
  bool ReadFrom(int fd, Frame& frame);
  void WriteTo(int fd, const Frame& frame);

  run::Network network_;
  run::File guest_side_;
  run::File stop_;
  std::mutex mutex_;
  FaultyWire to_guest_{0};
  FaultyWire from_guest_{0};
  std::uint64_t full_ = 0;
  std::string buffer_;
  std::thread thread_;
};

}  // namespace ashlar::wire
