// The pair of 8259 interrupt controllers that PCs still have: only to be silenced.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/io/io.h"

namespace ashlar::interrupt_controllers {

/// Masks all 16 inputs [8259A OCW1]. Each bus is one controller's two ports (on PCs 0x20 and 0xa0).
template <io::Bus Bus>
void MaskI8259(Bus primary, Bus secondary) {
  constexpr std::size_t kMaskRegister = 1;
  constexpr std::uint8_t kAll = 0xff;
  primary.Write8(kMaskRegister, kAll);
  secondary.Write8(kMaskRegister, kAll);
}

}  // namespace ashlar::interrupt_controllers
