// Entropy by the chip's generator.
// SPDX-License-Identifier: Apache-2.0
#include "libs/entropy/entropy.h"

#include <cstddef>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/bcm2835/random.h"
#include "libs/identity_map/identity_map.h"
#include "libs/io/mmio_bus.h"
#include "platforms/raspi/peripherals.h"

namespace ashlar::entropy {

Result<void> Fill(std::span<std::byte> bytes) {
  volatile std::byte* const registers =
      identity_map::DeviceRegisters(raspi::kRandomGenerator, kPageSize);
  if (registers == nullptr || !bcm2835::RandomGenerator(io::MmioBus(registers)).Fill(bytes)) {
    return std::unexpected(Error::kUnsupported);
  }
  return {};
}

}  // namespace ashlar::entropy
