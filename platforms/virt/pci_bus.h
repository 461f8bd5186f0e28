// The PCI bus that the device tree describes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/pci/pci.h"

namespace ashlar::virt {

/// Bus 0, whose devices have addresses and interrupt lines; nullptr if the machine has none, or one
/// that can't be used, which is logged. What is behind bridges is not seen. Not in interrupt
/// context.
pci::ConfigSpace* PciBus();

}  // namespace ashlar::virt
