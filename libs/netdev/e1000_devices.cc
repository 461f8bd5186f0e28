// The set of drivers of PCs with nothing below: Intel's gigabit Ethernet controllers.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/e1000/e1000.h"
#include "libs/e1000/registers.h"
#include "libs/events/events.h"
#include "libs/io/mmio_bus.h"
#include "libs/io/port_bus.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/page_map/page_map.h"
#include "libs/pci/mechanism1.h"
#include "libs/pci/pci.h"

namespace ashlar::netdev {
namespace {

using Nic = e1000::Nic<io::MmioBus>;

constexpr std::uint16_t kIntel = 0x8086;

// 82540EM, 82545EM, 82544GC; 82574L.
constexpr std::array<std::uint16_t, 4> kDeviceIds = {0x100e, 0x100f, 0x1008, 0x10d3};

constexpr std::size_t kMostDevices = 4;

constinit std::array<NetDevice*, kMostDevices> devices = {};
constinit std::array<events::Event, kMostDevices> notes = {};
constinit std::size_t count = 0;
constinit bool looked = false;
constinit pci::Mechanism1<io::PortBus> config{io::PortBus(pci::kMechanism1Port)};

bool IsOurs(const pci::Function& function) {
  return function.vendor_id == kIntel &&
         std::ranges::find(kDeviceIds, function.device_id) != kDeviceIds.end();
}

// By message where the device has them, else by the line that the firmware noted.
Result<void> TakeInterrupts(pci::Address address, events::Event& event) {
  if (pci::FindCapability(config, address, pci::kCapabilityMsi)) {
    const events::Message message = ASHLAR_TRY(events::AllocateMessage(event));
    return pci::EnableMsi(config, address, message.address, message.data);
  }
  return events::Listen(ASHLAR_TRY(pci::InterruptLine(config, address)), event);
}

Result<Nic*> Start(pci::Address address, events::Event& event) {
  const pci::Bar bar = ASHLAR_TRY(pci::ReadBar(config, address, 0));
  if (bar.io || bar.size < e1000::kRegisterBytes) {
    return std::unexpected(Error::kBroken);
  }
  const io::MmioBus registers(ASHLAR_TRY(page_map::MapDevice(bar.address, bar.size)));
  pci::ChangeCommand(config, address, pci::kCommandMemory | pci::kCommandBusMaster);
  const std::size_t size = AlignUp(Nic::MemoryFor({}), kPageSize);
  const std::span<std::byte> memory = ASHLAR_TRY(page_allocator::Allocate(size));
  const Result<Nic*> nic = Nic::Start(registers, memory, event);
  if (!nic) {
    page_allocator::Free(memory);
    return nic;
  }
  ASHLAR_TRY(TakeInterrupts(address, event));
  return nic;
}

void Look() {
  if (!config.Present()) {
    return;
  }
  pci::Walk walk(config);
  while (const auto function = walk.Next()) {
    if (!IsOurs(*function) || count == kMostDevices) {
      continue;
    }
    const Result<Nic*> nic = Start(function->address, notes[count]);
    if (nic) {
      devices[count++] = *nic;
    } else {
      log::Error("e1000", "PCI device ", function->address.bus, ":", function->address.device, ".",
                 function->address.function, " does not start: ", nic.error());
    }
  }
}

}  // namespace

std::span<NetDevice* const> Devices() {
  if (!looked) {
    looked = true;
    Look();
  }
  return std::span(devices).first(count);
}

}  // namespace ashlar::netdev
