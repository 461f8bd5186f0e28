// The virtio devices of a PC: PCI by configuration mechanism #1, and the MMIO slots the machine
// tells of.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/io/mmio_bus.h"
#include "libs/io/port_bus.h"
#include "libs/log/log.h"
#include "libs/page_map/page_map.h"
#include "libs/pci/mechanism1.h"
#include "libs/pci/pci.h"
#include "libs/virtio/devices.h"
#include "libs/virtio/mmio_devices.h"
#include "libs/virtio/mmio_transport.h"
#include "libs/virtio/pci_transport.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {
namespace {

// What the transports ask of the machine.
struct Machine {
  using Bus = io::MmioBus;

  Result<Bus> Map(std::uint64_t physical_address, std::size_t size) {
    return Bus(ASHLAR_TRY(page_map::MapDevice(physical_address, size)));
  }
  Result<void> Listen(std::uint32_t source, events::Event& event) {
    return events::Listen(source, event);
  }
  Result<events::Message> AllocateMessage(events::Event& event) {
    return events::AllocateMessage(event);
  }
};

using Pci = PciTransport<Machine>;
using Mmio = MmioTransport<io::MmioBus, Machine>;

constexpr std::size_t kMostDevices = 16;

// Room for a transport of either kind.
struct Place {
  alignas(std::max(alignof(Pci),
                   alignof(Mmio))) std::byte bytes[std::max(sizeof(Pci), sizeof(Mmio))];
};

constinit std::array<Place, kMostDevices> places = {};
constinit std::array<Transport*, kMostDevices> transports = {};
constinit std::size_t count = 0;
constinit bool looked = false;
constinit pci::Mechanism1<io::PortBus> config{io::PortBus(pci::kMechanism1Port)};

template <typename Kind>
void Keep(Kind&& transport) {
  auto* kept = new (places[count].bytes) std::remove_cvref_t<Kind>(std::forward<Kind>(transport));
  transports[count++] = kept;
}

// False if the machine has no such bus.
bool LookAtPci() {
  if (!config.Present()) {
    return false;
  }
  pci::Walk walk(config);
  while (const auto function = walk.Next()) {
    if (count == kMostDevices) {
      break;
    }
    if (auto transport = Pci::Create(config, *function, Machine())) {
      Keep(*std::move(transport));
    } else if (transport.error() != Error::kNotFound) {
      log::Warning("virtio", "PCI device ", function->address.bus, ":", function->address.device,
                   ".", function->address.function, " is not used: ", transport.error());
    }
  }
  return true;
}

void LookAtMmio() {
  for (const MmioDevice& slot : MmioDevices()) {
    if (count == kMostDevices) {
      return;
    }
    const Result<volatile std::byte*> registers = page_map::MapDevice(slot.address, slot.size);
    auto transport = registers ? Mmio::Create(io::MmioBus(*registers), slot, Machine())
                               : Result<Mmio>(std::unexpected(registers.error()));
    if (transport) {
      Keep(*std::move(transport));
    } else if (transport.error() != Error::kNotFound) {
      log::Warning("virtio", "the device at ", log::Hex(slot.address),
                   " is not used: ", transport.error());
    }
  }
}

}  // namespace

std::span<Transport* const> Devices() {
  if (!looked) {
    looked = true;
    // No hypervisor has both, and to find that there is no MMIO slot takes reading all of ACPI's
    // byte code.
    if (!LookAtPci()) {
      LookAtMmio();
    }
  }
  return std::span(transports).first(count);
}

}  // namespace ashlar::virtio
