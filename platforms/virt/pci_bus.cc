// Does for the devices on PCI what firmware does elsewhere: there is none below.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/virt/pci_bus.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/base/result.h"
#include "libs/device_tree/device_tree.h"
#include "libs/device_tree/machine.h"
#include "libs/io/mmio_bus.h"
#include "libs/log/log.h"
#include "libs/page_map/page_map.h"
#include "libs/pci/assign.h"
#include "libs/pci/ecam.h"
#include "libs/pci/pci.h"
#include "platforms/arm/machine_tree.h"

namespace ashlar::virt {
namespace {

constinit bool looked = false;
constinit std::optional<pci::Ecam<io::MmioBus>> config;

Result<void> Find(const device_tree::Tree& tree) {
  const device_tree::PciHost host = ASHLAR_TRY(device_tree::FindPciHost(tree));
  config.emplace(
      io::MmioBus(ASHLAR_TRY(page_map::MapDevice(host.ecam.base, pci::kEcamBytesPerBus))), 0);
  pci::Window window = {host.memory.base, host.memory.size};
  std::optional<device_tree::Node> controller;
  pci::Walk walk(*config);
  while (const auto function = walk.Next()) {
    if (function->header_type != 0) {
      continue;
    }
    pci::AssignAddresses(*config, *function, window);
    const std::uint8_t pin = pci::InterruptPin(*config, function->address);
    if (pin == 0) {
      continue;
    }
    const Result<device_tree::Interrupt> interrupt =
        device_tree::FindPciInterrupt(tree, host, function->address.device, pin, controller);
    // A line's number has eight bits. They are triggered by level, as InterruptSource has it.
    if (interrupt && interrupt->number <= 0xff) {
      pci::SetInterruptLine(*config, function->address,
                            static_cast<std::uint8_t>(interrupt->number));
    }
  }
  return {};
}

}  // namespace

pci::ConfigSpace* PciBus() {
  if (!looked) {
    looked = true;
    const Result<void> found = Find(arm::MachineTree());
    if (!found && found.error() != Error::kNotFound) {
      log::Warning("pci", "the bus that the device tree describes is not used: ", found.error());
    }
    if (!found) {
      config.reset();
    }
  }
  return config ? &*config : nullptr;
}

}  // namespace ashlar::virt
