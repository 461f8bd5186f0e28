// The watchdog of PCs: Intel's 6300ESB, or the ICH9's TCO timer.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/io/mmio_bus.h"
#include "libs/io/port_bus.h"
#include "libs/log/log.h"
#include "libs/page_map/page_map.h"
#include "libs/pci/mechanism1.h"
#include "libs/pci/pci.h"
#include "libs/watchdog/i6300esb.h"
#include "libs/watchdog/ich9_tco.h"
#include "libs/watchdog/watchdog.h"

namespace ashlar::watchdog {
namespace {

using Config = pci::Mechanism1<io::PortBus>;
using Esb = I6300Esb<Config, io::MmioBus>;
using Tco = Ich9Tco<io::PortBus, io::MmioBus>;

constinit Config config{io::PortBus(pci::kMechanism1Port)};
constinit bool looked = false;
// At most one of them.
constinit std::optional<Esb> esb;
constinit std::optional<Tco> tco;
constinit bool running = false;

Result<void> FindEsb(pci::Address address) {
  const pci::Bar bar = ASHLAR_TRY(pci::ReadBar(config, address, 0));
  if (bar.io || bar.size < Esb::kRegisterBytes) {
    return std::unexpected(Error::kBroken);
  }
  const io::MmioBus bus(ASHLAR_TRY(page_map::MapDevice(bar.address, bar.size)));
  pci::ChangeCommand(config, address, pci::kCommandMemory);
  esb.emplace(config, address, bus);
  return {};
}

Result<void> FindTco(pci::Address address) {
  const std::uint16_t ports = Ich9::Ports(config.Read(address, Ich9::kPowerManagementBase));
  const std::uint32_t root_complex = config.Read(address, Ich9::kRootComplexBase);
  if (ports == 0 || (config.Read(address, Ich9::kAcpiControl) & Ich9::kAcpiEnabled) == 0 ||
      (root_complex & Ich9::kRootComplexEnabled) == 0) {
    return std::unexpected(Error::kUnsupported);  // firmware left it without an address
  }
  const io::MmioBus memory(
      ASHLAR_TRY(page_map::MapDevice(Ich9::Memory(root_complex) + Ich9::kControlPage, kPageSize)));
  tco.emplace(io::PortBus(ports), memory);
  return {};
}

// The first 6300ESB; if there is none, the ICH9.
Result<void> Find() {
  if (!config.Present()) {
    return std::unexpected(Error::kNotFound);
  }
  std::optional<pci::Address> lpc;
  pci::Walk walk(config);
  while (const auto function = walk.Next()) {
    if (function->vendor_id == Esb::kVendorId && function->device_id == Esb::kDeviceId) {
      return FindEsb(function->address);
    }
    if (function->vendor_id == Ich9::kVendorId && Ich9::IsLpc(function->device_id)) {
      lpc = function->address;
    }
  }
  return lpc ? FindTco(*lpc) : std::unexpected(Error::kNotFound);
}

}  // namespace

Result<void> Start(std::chrono::seconds period) {
  if (period < kLeastPeriod || period > kMostPeriod) {
    return std::unexpected(Error::kInvalidArgument);
  }
  if (!looked) {
    ASHLAR_TRY(Find());
    looked = true;
  }
  ASHLAR_TRY(esb ? esb->Start(period) : tco->Start(period));
  running = true;
  log::Information("watchdog", esb ? "6300ESB" : "ICH9 TCO", ": resets the machine after ",
                   period.count(), " s without a sign of life");
  return {};
}

void Feed() {
  if (!running) {
    return;
  }
  if (esb) {
    esb->Feed();
  } else {
    tco->Feed();
  }
}

bool Stop() {
  if (running && (esb ? esb->Stop() : tco->Stop())) {
    running = false;
  }
  return !running;
}

}  // namespace ashlar::watchdog
