// The console on a PC's first serial port.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "libs/console/console.h"
#include "libs/console/ns16550.h"
#include "libs/io/port_bus.h"

namespace ashlar::console {
namespace {

constexpr std::uint16_t kCom1 = 0x3f8;

constinit Ns16550<io::PortBus> com1{io::PortBus(kCom1)};

}  // namespace

void Write(std::string_view text) { com1.Write(text); }

}  // namespace ashlar::console
