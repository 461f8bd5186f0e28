// Where a device is, for its driver.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "libs/io/io.h"
#include "libs/pci/pci.h"

namespace ashlar::pci {

/// A function's registers, and its way to memory: closed until its driver has seen to it that the
/// device does nothing of what firmware told it, and closed again when the device is given up. The
/// configuration space lives as long as the driver.
template <io::Bus Bus>
struct Place {
  Bus registers;
  std::size_t register_bytes;  ///< that `registers` reaches
  ConfigSpace& config;
  Address address;

  /// Lets the device reach memory (bus master).
  void OpenMemory() const { ChangeCommand(config, address, kCommandBusMaster); }
  /// From here on it reaches none, whether it does as it is told or not; what it has written
  /// already is in memory once one of its registers was read.
  void CloseMemory() const { ChangeCommand(config, address, 0, kCommandBusMaster); }
};

}  // namespace ashlar::pci
