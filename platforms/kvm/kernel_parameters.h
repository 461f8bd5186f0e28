// What hypervisors append to the command line for Linux: virtio-mmio devices of machines without
// ACPI.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "libs/acpi/aml.h"

namespace ashlar::kvm {

/// The device that one word says, "virtio_mmio.device=SIZE[K|M]@ADDRESS:INTERRUPT[:ID]"
/// [kernel-parameters], or nothing.
std::optional<acpi::VirtioMmioDevice> ParseVirtioMmioDevice(std::string_view word);

}  // namespace ashlar::kvm
