// The console on the virt board's serial line.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/console.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/base/units.h"
#include "libs/console/pl011.h"
#include "libs/identity_map/identity_map.h"
#include "libs/io/mmio_bus.h"

namespace ashlar::console {
namespace {

// Where QEMU and Cloud Hypervisor have it. What is written before the device tree is read, and if
// it can't be, comes out as well.
constexpr std::uint64_t kRegisters = 0x0900'0000;

constinit volatile std::byte* registers = nullptr;

}  // namespace

void Write(std::string_view text) {
  if (registers == nullptr) {
    registers = identity_map::DeviceRegisters(kRegisters, kPageSize);
  }
  if (registers != nullptr) {
    Pl011(io::MmioBus(registers)).Write(text);
  }
}

}  // namespace ashlar::console
