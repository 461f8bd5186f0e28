// The virtio devices of a PC: PCI by configuration mechanism #1, and the MMIO slots the machine
// tells of.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "libs/io/port_bus.h"
#include "libs/pci/mechanism1.h"
#include "libs/virtio/device_list.h"
#include "libs/virtio/devices.h"
#include "libs/virtio/mmio_devices.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {
namespace {

constinit DeviceList list;
constinit bool looked = false;
constinit pci::Mechanism1<io::PortBus> config{io::PortBus(pci::kMechanism1Port)};

}  // namespace

std::span<Transport* const> Devices() {
  if (!looked) {
    looked = true;
    // No hypervisor has both, and to find that there is no MMIO slot takes reading all of ACPI's
    // byte code.
    if (config.Present()) {
      list.AddPci(config);
    } else {
      list.AddMmio(MmioDevices());
    }
  }
  return list.transports();
}

}  // namespace ashlar::virtio
