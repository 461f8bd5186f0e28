// What drivers of PCI devices ask of the machine, in one object that a test can replace.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/io/mmio_bus.h"
#include "libs/page_map/page_map.h"

namespace ashlar::pci {

/// The machine that the image runs on. Errors of page_map::MapDevice(), events::Listen() and
/// events::AllocateMessage().
struct Machine {
  using Bus = io::MmioBus;

  Result<Bus> Map(std::uint64_t physical_address, std::size_t size) const {
    return Bus(ASHLAR_TRY(page_map::MapDevice(physical_address, size)));
  }
  Result<void> Listen(std::uint32_t source, events::Event& event) const {
    return events::Listen(source, event);
  }
  Result<events::Message> AllocateMessage(events::Event& event) const {
    return events::AllocateMessage(event);
  }
};

}  // namespace ashlar::pci
