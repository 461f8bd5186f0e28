// The virtio-mmio slots that the device tree names.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/units.h"
#include "libs/device_tree/device_tree.h"
#include "libs/device_tree/machine.h"
#include "libs/virtio/mmio_devices.h"
#include "platforms/arm/machine_tree.h"
#include "platforms/virt/interrupt_source.h"

namespace ashlar::virtio {
namespace {

constexpr std::size_t kMaxDevices = 32;

constinit std::array<MmioDevice, kMaxDevices> devices = {};
constinit std::size_t count = 0;
constinit bool found = false;

void Add(device_tree::Range registers, device_tree::Interrupt interrupt) {
  if (count == kMaxDevices || registers.base % 4 != 0) {
    return;
  }
  // In order of address, which is how the machine numbers them.
  const auto end = devices.begin() + count++;
  const auto place =
      std::ranges::upper_bound(devices.begin(), end, registers.base, {}, &MmioDevice::address);
  std::move_backward(place, end, end + 1);
  // More than a page is no slot's.
  const std::uint64_t size = std::min<std::uint64_t>(registers.size, kPageSize);
  *place = {registers.base, size, virt::InterruptSource::From(interrupt).value};
}

}  // namespace

std::span<const MmioDevice> MmioDevices() {
  if (!found) {
    found = true;
    device_tree::VisitVirtioMmio(arm::MachineTree(), Add);
  }
  return std::span(devices).first(count);
}

}  // namespace ashlar::virtio
