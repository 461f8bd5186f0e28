// The set of drivers of PCs with nothing below: NVMe controllers.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/blockdev/blockdev.h"
#include "libs/events/events.h"
#include "libs/io/mmio_bus.h"
#include "libs/log/log.h"
#include "libs/nvme/nvme.h"
#include "libs/nvme/registers.h"
#include "libs/pci/device_set.h"
#include "libs/pci/interrupts.h"
#include "libs/pci/pci.h"

namespace ashlar::blockdev {
namespace {

constexpr std::uint8_t kMassStorage = 0x01;

// A disk controller that only another driver could drive.
constinit std::optional<pci::Function> other;

struct Nvme {
  using Interface = BlockDevice;
  using Controller = nvme::Controller<io::MmioBus>;

  static constexpr std::string_view kLibrary = "nvme";
  static constexpr std::string_view kDevices = "disks";

  // Non-volatile memory, NVM Express [PCI-Codes §1.2].
  static bool Drives(const pci::Function& function) {
    return function.class_code == kMassStorage && function.subclass == 0x08 &&
           function.programming_interface == 0x02;
  }

  static void PassOver(const pci::Function& function) {
    if (function.class_code == kMassStorage) {
      other = function;
    }
  }

  static pci::Wishes WishesFor(const pci::Function&) {
    // The registers and the doorbells of two queues, however far apart.
    return {.least_registers = nvme::Register::kDoorbells + kPageSize,
            .most_registers = 512 * kKiB,
            .memory = Controller::MemoryFor()};
  }

  static Result<BlockDevice*> Start(const pci::Prepared& device, const pci::Function&,
                                    events::Event& event) {
    return Controller::Start(device.place, device.memory, event,
                             {.messages = device.interrupts != pci::Interrupts::kLine});
  }

  static void Finish(std::size_t started) {
    // Not beside a disk that works: it may well be what the machine booted from.
    if (started == 0 && other) {
      const pci::Address address = other->address;
      log::Warning("blockdev", "no NVMe disk; PCI device ", address.bus, ":", address.device, ".",
                   address.function,
                   " is a disk controller without a driver here: ", log::Hex(other->vendor_id), " ",
                   log::Hex(other->device_id));
    }
  }
};

constinit pci::DeviceSet<Nvme> devices;

}  // namespace

std::span<BlockDevice* const> Devices() { return devices.Devices(); }

}  // namespace ashlar::blockdev
