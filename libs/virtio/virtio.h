// The virtio core: device types, features, the status protocol, and what a transport is.
//
// A device is reached through a Transport (pci_transport.h, mmio_transport.h), exchanges memory
// with its driver through rings (split_ring.h, packed_ring.h), and is started in this order
// [virtio-1.2 §3.1.1]:
//
//     auto offered = ASHLAR_TRY(virtio::Begin(transport));      // reset, acknowledge
//     ASHLAR_TRY(virtio::Accept(transport, offered & wanted));  // negotiate the features
//     ... transport.StartQueue(...) for each queue ...
//     virtio::Run(transport);                                   // it may use its queues now
//
// The device is not trusted: whatever it says is read once and validated.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/events/events.h"

namespace ashlar::virtio {

/// What kind of device it is [virtio-1.2 §5].
enum class DeviceType : std::uint32_t {
  kNone = 0,  ///< an empty slot
  kNetwork = 1,
  kBlock = 2,
  kConsole = 3,
  kEntropy = 4,
};

/// A set of feature bits. Those of 0..23 and 50 up belong to the kind of device.
using Features = std::uint64_t;

/// Features that belong to the rings and to the transport [virtio-1.2 §6].
inline constexpr Features kIndirectDescriptors = Features{1} << 28;
inline constexpr Features kEventIndex = Features{1} << 29;
inline constexpr Features kVersion1 = Features{1} << 32;
inline constexpr Features kAccessPlatform = Features{1} << 33;
inline constexpr Features kPackedRing = Features{1} << 34;

/// Bits of the device status field [virtio-1.2 §2.1].
inline constexpr std::uint8_t kStatusAcknowledge = 1;
inline constexpr std::uint8_t kStatusDriver = 2;
inline constexpr std::uint8_t kStatusDriverOk = 4;
inline constexpr std::uint8_t kStatusFeaturesOk = 8;
inline constexpr std::uint8_t kStatusFailed = 128;

/// Where a ring's three parts lie, as the device addresses memory [virtio-1.2 §2.6].
struct RingAddresses {
  std::uint16_t size;         ///< descriptors
  std::uint64_t descriptors;  ///< the descriptor table, or the packed ring
  std::uint64_t driver;       ///< the available ring, or the driver's event suppression
  std::uint64_t device;       ///< the used ring, or the device's event suppression
};

/// The two things that happen while a device runs.
class Signals {
 public:
  /// Tells the device that `queue` has something new.
  virtual void Notify(std::uint16_t queue) = 0;
  /// Lets the device raise its interrupt again: after each event, before notifications are switched
  /// on again. Does nothing where interrupts are messages.
  virtual void AcknowledgeInterrupt() = 0;

 protected:
  ~Signals() = default;
};

/// A way to a device's registers. Not in interrupt context; one thread at a time.
class Transport {
 public:
  virtual std::uint8_t ReadStatus() = 0;
  /// Zero begins a reset, which is done when ReadStatus() says zero.
  virtual void WriteStatus(std::uint8_t status) = 0;
  virtual Features ReadFeatures() = 0;
  virtual void WriteFeatures(Features features) = 0;
  /// Copies the device's configuration from `offset` on, all of one moment. kUnsupported: it is
  /// shorter; kBroken: the device changes it without end.
  virtual Result<void> ReadConfig(std::size_t offset, std::span<std::byte> into) = 0;
  /// How many descriptors `queue` may have. kNotFound: no such queue.
  virtual Result<std::uint16_t> MaximumRingSize(std::uint16_t queue) = 0;
  /// Gives the device the queue's memory; it notes `event` whenever the device raises the queue's
  /// interrupt. Queues may share an event, and must where interrupts are lines; nullptr: whoever
  /// waits for the queue polls it, with notifications off, and acknowledges the interrupts that the
  /// device may raise nevertheless. Any error of events::Listen() and events::AllocateMessage();
  /// kBroken: the device doesn't take the addresses.
  virtual Result<Signals*> StartQueue(std::uint16_t queue, const RingAddresses& ring,
                                      events::Event* event) = 0;

  DeviceType type() const { return type_; }
  /// Whether this is a device from before virtio 1.0 [virtio-1.2 §4.2.4]: no kVersion1, 32 feature
  /// bits, and rings in one piece that begins on a page.
  bool legacy() const { return legacy_; }

 protected:
  constexpr Transport() = default;
  ~Transport() = default;
  DeviceType type_ = DeviceType::kNone;
  bool legacy_ = false;
};

/// Resets the device, says that there is a driver, and returns the features the device offers.
/// kBroken: the device doesn't come out of its reset; kUnsupported: it is not a virtio 1 device
/// (nor a legacy one by its transport).
Result<Features> Begin(Transport& transport);

/// Accepts `features`, a subset of what Begin() returned, and with them what every device needs
/// (kVersion1, kAccessPlatform: device addresses are physical ones here). kUnsupported: the device
/// won't work with these.
Result<void> Accept(Transport& transport, Features features);

/// Lets the device run.
void Run(Transport& transport);

/// Resets the device: it no longer touches memory. kBroken: it does not confirm that.
Result<void> Stop(Transport& transport);

/// One value of the device's configuration, little-endian. Errors as ReadConfig().
template <typename T>
Result<T> ReadConfigValue(Transport& transport, std::size_t offset) {
  T value;
  ASHLAR_TRY(transport.ReadConfig(offset, std::as_writable_bytes(std::span(&value, 1))));
  return value;
}

}  // namespace ashlar::virtio
