// Two facts out of ACPI's byte code, without an interpreter: how to sleep, and where virtio-mmio
// devices are.
//
// Both stand in the DSDT as plain data in every hypervisor's tables: names followed by constants.
// What is computed by methods is not found.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/acpi/acpi.h"

namespace ashlar::acpi {

/// What goes into the sleep type fields of the two PM1 control registers.
struct SleepType {
  std::uint8_t a;
  std::uint8_t b;
};

/// The machine's way into state S5, soft off [ACPI §7.4.2.6]: the package \_S5_ of the DSDT.
std::optional<SleepType> FindSoftOff(Table dsdt);

/// A virtio device with memory-mapped registers.
struct VirtioMmioDevice {
  std::uint32_t address;
  std::uint32_t size;
  std::uint32_t interrupt;  ///< global system interrupt
};

/// The DSDT's devices with the identity LNRO0005, one after another [virtio-mmio's ACPI ID, Linux
/// virtio_mmio.c].
class VirtioMmioDevices {
 public:
  explicit VirtioMmioDevices(Table dsdt) : dsdt_(dsdt) {}

  /// The next device whose resources are complete; nothing after the last.
  std::optional<VirtioMmioDevice> Next();

 private:
  Table dsdt_;
  std::size_t position_ = 0;
};

}  // namespace ashlar::acpi
