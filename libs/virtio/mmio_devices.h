// The machine's virtio-mmio devices: where they lie and which interrupt they raise.
//
// virtio-mmio has no discovery of its own [virtio-1.2 §4.2.1]: the machine's firmware tables, its
// loader's command line or its device tree tell. A facade; what is listed may be an empty slot
// (device ID zero).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace ashlar::virtio {

/// A slot: registers at a physical address, and a source of //libs/events.
struct MmioDevice {
  std::uint64_t address;    ///< first byte of the registers, physical
  std::uint64_t size;       ///< bytes of registers, 512 on most machines
  std::uint32_t interrupt;  ///< what the machine's events::Listen() calls the line
};

/// The slots in ascending order of address, the same on every call; empty where the machine has
/// none. What firmware or loader say is validated; nonsense is left out. At most 32. Not in
/// interrupt context.
std::span<const MmioDevice> MmioDevices();

}  // namespace ashlar::virtio
