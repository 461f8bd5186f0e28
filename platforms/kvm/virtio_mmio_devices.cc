// The virtio-mmio slots of a virtual machine: those that ACPI lists, or those that the command line
// names for Linux.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "libs/acpi/acpi.h"
#include "libs/acpi/aml.h"
#include "libs/acpi/fadt.h"
#include "libs/base/result.h"
#include "libs/virtio/mmio_devices.h"
#include "platforms/kvm/kernel_parameters.h"
#include "platforms/kvm/machine_information.h"
#include "platforms/pc/acpi_tables.h"
#include "platforms/pc/interrupt_source.h"

namespace ashlar::virtio {
namespace {

constexpr std::size_t kMaxDevices = 32;

constinit std::array<MmioDevice, kMaxDevices> devices = {};
constinit std::size_t count = 0;
constinit bool found = false;

void Add(const acpi::VirtioMmioDevice& device) {
  constexpr std::uint32_t kMinSize = 0x100;
  if (count < kMaxDevices && device.size >= kMinSize && device.address % 4 == 0 &&
      device.size <= 0xffffffff - device.address) {
    // In order of address, which is how the machine numbers them.
    const auto end = devices.begin() + count++;
    const auto place =
        std::ranges::upper_bound(devices.begin(), end, device.address, {}, &MmioDevice::address);
    std::move_backward(place, end, end + 1);
    *place = {device.address, device.size, pc::InterruptSource::Edge(device.interrupt).value};
  }
}

Result<void> AddFromAcpi() {
  const acpi::Tables tables = ASHLAR_TRY(pc::AcpiTables());
  const acpi::Fadt fadt = acpi::ParseFadt(ASHLAR_TRY(tables.Get("FACP")));
  acpi::VirtioMmioDevices listed(ASHLAR_TRY(tables.GetAt(fadt.dsdt, "DSDT")));
  while (const auto device = listed.Next()) {
    Add(*device);
  }
  return {};
}

void AddFromCommandLine() {
  std::string_view text = kvm::MachineInformation().command_line();
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (const auto device = kvm::ParseVirtioMmioDevice(word)) {
      Add(*device);
    }
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
}

}  // namespace

std::span<const MmioDevice> MmioDevices() {
  if (!found) {
    found = true;
    (void)AddFromAcpi();  // A machine without ACPI has the other way.
    if (count == 0) {
      AddFromCommandLine();
    }
  }
  return std::span(devices).first(count);
}

}  // namespace ashlar::virtio
