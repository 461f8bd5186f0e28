// The set of drivers of PCs with nothing below: Intel's gigabit Ethernet controllers.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/e1000/e1000.h"
#include "libs/e1000/registers.h"
#include "libs/events/events.h"
#include "libs/io/mmio_bus.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"
#include "libs/pci/device_set.h"
#include "libs/pci/interrupts.h"
#include "libs/pci/pci.h"

namespace ashlar::netdev {
namespace {

constexpr std::uint16_t kIntel = 0x8086;
constexpr std::uint16_t k82540em = 0x100e;
constexpr std::uint16_t k82574l = 0x10d3;

// A network controller, of any kind [PCI-3.0 appendix D].
constexpr std::uint8_t kNetworkClass = 0x02;

struct E1000 {
  using Interface = NetDevice;
  using Nic = e1000::Nic<io::MmioBus>;

  static constexpr std::string_view kLibrary = "e1000";
  static constexpr std::string_view kDevices = "network cards";

  static bool Drives(const pci::Function& function) {
    return function.vendor_id == kIntel &&
           (function.device_id == k82540em || function.device_id == k82574l);
  }

  static void PassOver(const pci::Function& function) {
    if (function.class_code == kNetworkClass) {
      const pci::Address address = function.address;
      log::Warning("netdev", "PCI device ", address.bus, ":", address.device, ".", address.function,
                   " is a network card without a driver here: ", log::Hex(function.vendor_id), " ",
                   log::Hex(function.device_id));
    }
  }

  static pci::Wishes WishesFor(const pci::Function& function) {
    return {.least_registers = e1000::kRegisterBytes,
            .most_registers = e1000::kRegisterBytes,
            .memory = Nic::MemoryFor({}),
            // The 8254x has the capability; Intel's drivers do not use it [e1000].
            .messages = FamilyOf(function) == e1000::Family::k82574};
  }

  static Result<NetDevice*> Start(const pci::Prepared& device, const pci::Function& function,
                                  events::Event& event) {
    if (FamilyOf(function) == e1000::Family::k82574) {
      // It may hang when its link wakes up: Intel's drivers keep it awake [e1000e].
      pci::KeepLinkAwake(device.place.config, function.address);
    }
    return Nic::Start(
        device.place, device.memory, event,
        {.family = FamilyOf(function), .msix = device.interrupts == pci::Interrupts::kMsix});
  }

  static void Finish(std::size_t) {}

 private:
  static e1000::Family FamilyOf(const pci::Function& function) {
    return function.device_id == k82574l ? e1000::Family::k82574 : e1000::Family::k8254x;
  }
};

constinit pci::DeviceSet<E1000> devices;

}  // namespace

std::span<NetDevice* const> Devices() { return devices.Devices(); }

}  // namespace ashlar::netdev
