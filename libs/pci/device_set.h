// The devices of a PC that one driver drives: found, taken over from firmware, and started, once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/io/mmio_bus.h"
#include "libs/io/port_bus.h"
#include "libs/pci/interrupts.h"
#include "libs/pci/mechanism1.h"
#include "libs/pci/pci.h"
#include "libs/pci/place.h"

namespace ashlar::pci {

/// What a driver wants of each of its devices.
struct Wishes {
  std::size_t least_registers;  ///< bytes of memory behind the first base address: fewer is kBroken
  std::size_t most_registers;   ///< that are mapped of them
  std::size_t memory;           ///< bytes, given at a page's boundary
  bool messages = true;         ///< whether the device's messages are to be trusted
};

/// A device that is ready to be started: it decodes its registers, reaches no memory yet, and its
/// interrupts note the event that was given.
struct Prepared {
  Place<io::MmioBus> place;
  Interrupts interrupts;
  std::span<std::byte> memory;
};

/// Takes `address` over from firmware. Errors of WakeUp(), ReadBar(), page_map::MapDevice(),
/// TakeInterrupts() and page_allocator::Allocate().
Result<Prepared> Prepare(ConfigSpace& config, Address address, const Wishes& wishes,
                         events::Event& event);

/// Gives its memory back, which it can't reach any more.
void Abandon(const Prepared& device);

/// Say so in the log.
void ReportFailure(std::string_view library, Address address, Error error);
void ReportSurplus(std::string_view library, Address address, std::string_view devices,
                   std::size_t most);

/// The set, static. Of `Driver` it wants
///
///     using Interface = ...;                                // what users of its devices see
///     static constexpr std::string_view kLibrary, kDevices; // its name, and what they are called
///     static bool Drives(const Function& function);
///     static void PassOver(const Function& function);       // each function it does not drive
///     static Wishes WishesFor(const Function& function);
///     static Result<Interface*> Start(const Prepared& device, const Function& function,
///                                     events::Event& event);
///     static void Finish(std::size_t started);              // after the last function
template <typename Driver>
class DeviceSet {
 public:
  using Interface = typename Driver::Interface;

  constexpr DeviceSet() = default;

  /// Those that started, which are looked for at the first call: in the buses that can be reached
  /// from bus 0, and if none of its devices is there, in all others.
  std::span<Interface* const> Devices() {
    if (!looked_) {
      looked_ = true;
      if (config_.Present()) {
        Look();
      }
    }
    return std::span(devices_).first(count_);
  }

 private:
  static constexpr std::size_t kMost = 4;

  void Look() {
    Walk walk(config_);
    bool any = false;
    for (;;) {
      const std::optional<Function> function = walk.Next();
      if (!function) {
        if (any || !walk.GoOnElsewhere()) {
          break;
        }
      } else if (!Driver::Drives(*function)) {
        Driver::PassOver(*function);
      } else {
        any = true;
        Add(*function);
      }
    }
    Driver::Finish(count_);
  }

  void Add(const Function& function) {
    if (count_ == kMost) {
      ReportSurplus(Driver::kLibrary, function.address, Driver::kDevices, kMost);
      return;
    }
    if (const Result<Interface*> device = Start(function, events_[count_])) {
      devices_[count_++] = *device;
    } else {
      ReportFailure(Driver::kLibrary, function.address, device.error());
    }
  }

  Result<Interface*> Start(const Function& function, events::Event& event) {
    const Prepared prepared =
        ASHLAR_TRY(Prepare(config_, function.address, Driver::WishesFor(function), event));
    const Result<Interface*> device = Driver::Start(prepared, function, event);
    if (!device) {
      Abandon(prepared);
    }
    return device;
  }

  std::array<Interface*, kMost> devices_ = {};
  std::array<events::Event, kMost> events_ = {};
  std::size_t count_ = 0;
  bool looked_ = false;
  Mechanism1<io::PortBus> config_{io::PortBus(kMechanism1Port)};
};

}  // namespace ashlar::pci
