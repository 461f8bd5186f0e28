// The virtio devices of the virt board: those on PCI, and those in the MMIO slots.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "libs/pci/pci.h"
#include "libs/virtio/device_list.h"
#include "libs/virtio/devices.h"
#include "libs/virtio/mmio_devices.h"
#include "libs/virtio/virtio.h"
#include "platforms/virt/pci_bus.h"

namespace ashlar::virtio {
namespace {

constinit DeviceList list;
constinit bool looked = false;

}  // namespace

std::span<Transport* const> Devices() {
  if (!looked) {
    looked = true;
    if (pci::ConfigSpace* const config = virt::PciBus()) {
      list.AddPci(*config);
    }
    list.AddMmio(MmioDevices());
  }
  return list.transports();
}

}  // namespace ashlar::virtio
