// The host's side of a USB: what a driver of a host controller does for a driver of a device.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"

namespace ashlar::usb {

enum class Speed : std::uint8_t { kLow, kFull, kHigh };

/// How a device is reached. A driver of hubs would say here which one it is behind.
struct Link {
  std::uint8_t address = 0;  ///< 0 until it was given one
  Speed speed = Speed::kFull;
  std::uint16_t max_packet = 8;  ///< of its endpoint zero, bytes
};

/// What a control transfer begins with [USB-2.0 §9.3]; its length is that of the data.
struct Setup {
  std::uint8_t type = 0;  ///< direction, kind, recipient
  std::uint8_t request = 0;
  std::uint16_t value = 0;
  std::uint16_t index = 0;
  std::uint16_t length = 0;

  static constexpr std::uint8_t kIn = 0x80;

  bool in() const { return (type & kIn) != 0; }
};
static_assert(sizeof(Setup) == 8 && offsetof(Setup, length) == 6);

/// A bulk endpoint [USB-2.0 §9.6.6].
struct Endpoint {
  std::uint8_t address = 0;  ///< its number, and its direction in the highest bit
  std::uint16_t max_packet = 0;

  static constexpr std::uint8_t kIn = 0x80;

  bool in() const { return (address & kIn) != 0; }
  std::uint8_t number() const { return address & 0xf; }
};

/// A controller with one root port. One thread at a time.
///
/// Errors of transfers: kInputOutput: the device refused, or the bus failed; the transfer may be
/// tried again. kTimedOut: no answer. kBroken: the controller or the device broke its rules.
class HostController {
 public:
  /// An open bulk endpoint, one transfer at a time.
  using Pipe = std::uint8_t;

  /// What buffers are aligned to.
  static constexpr std::size_t kAlignment = 64;

  /// Powers the root port and resets the device there, which is at address 0 from then on. Takes a
  /// fifth of a second, asleep. kNotFound: there is none.
  virtual Result<Speed> ResetPort() = 0;

  /// Lets a device have the time that it may take for something.
  virtual void Sleep(std::chrono::milliseconds duration) = 0;

  /// One control transfer, waited for, for half a second in each of its stages at most. Returns
  /// how much of `data`, whose size is the setup's length, was read or written. kNoSpace: more data
  /// than the driver's own buffer holds, which is 512 bytes at least.
  virtual Result<std::size_t> Control(const Link& link, const Setup& setup,
                                      std::span<std::byte> data) = 0;

  /// Makes an endpoint usable that was just configured. kNoSpace: no channel is left.
  virtual Result<Pipe> OpenBulk(const Link& link, const Endpoint& endpoint) = 0;

  /// Begins to read or write `buffer`, at an address of kAlignment; to read, as many bytes as whole
  /// packets have. It is the controller's until Finish() says otherwise. A read ends with a packet
  /// that is not full. None may be under way.
  virtual Result<void> Start(Pipe pipe, std::span<std::byte> buffer) = 0;

  /// How many bytes were read or written; kWouldBlock: the transfer is under way.
  virtual Result<std::size_t> Finish(Pipe pipe) = 0;

  /// Whether an interrupt is to be raised when a bulk transfer ends. False if one has ended
  /// already.
  virtual bool Interrupt(bool wanted) = 0;

 protected:
  ~HostController() = default;
};

}  // namespace ashlar::usb
