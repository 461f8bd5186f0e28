// One event for all the interrupts of a function, in the best way it has: MSI-X, MSI, or its line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/pci/pci.h"

namespace ashlar::pci {

enum class Interrupts : std::uint8_t {
  kMsix,  ///< entry 0 of the function's table; drivers name none of the others
  kMsi,
  kLine,
};

/// Has the function's line note `event`.
template <typename Machine>
Result<Interrupts> TakeLine(ConfigSpace& config, Address address, events::Event& event,
                            Machine machine) {
  ASHLAR_TRY(machine.Listen(ASHLAR_TRY(InterruptLine(config, address)), event));
  ChangeCommand(config, address, 0, kCommandInterruptDisable);
  return Interrupts::kLine;
}

/// Has the function's interrupts note `event` from now on, and says how: the driver may have to
/// tell the device. What firmware has left set up is undone first. `machine` is a pci::Machine, or
/// a test's; `messages` is false for a function whose messages are not to be trusted. Errors of
/// events::Listen() and of InterruptLine(); kBroken where the device's capabilities are nonsense.
template <typename Machine>
Result<Interrupts> TakeInterrupts(ConfigSpace& config, Address address, events::Event& event,
                                  Machine machine, bool messages = true) {
  DisableMessages(config, address);
  if (!messages) {
    return TakeLine(config, address, event, machine);
  }
  if (const Result<Msix> msix = FindMsix(config, address)) {
    const auto table = ASHLAR_TRY(machine.Map(msix->table_address, kMsixEntrySize));
    if (const Result<events::Message> message = machine.AllocateMessage(event)) {
      WriteMsixEntry(table, 0, message->address, message->data);
      EnableMsix(config, address, *msix);
      return Interrupts::kMsix;
    } else if (message.error() != Error::kUnsupported) {
      return std::unexpected(message.error());
    }
  } else if (msix.error() == Error::kBroken) {
    return std::unexpected(msix.error());
  }
  if (FindCapability(config, address, kCapabilityMsi)) {
    if (const Result<events::Message> message = machine.AllocateMessage(event)) {
      ASHLAR_TRY(EnableMsi(config, address, message->address, message->data));
      return Interrupts::kMsi;
    } else if (message.error() != Error::kUnsupported) {
      return std::unexpected(message.error());
    }
  }
  return TakeLine(config, address, event, machine);
}

}  // namespace ashlar::pci
