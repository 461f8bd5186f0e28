// The events of a Raspberry Pi: interrupts of the devices that the cores share, and the first
// core's timer. They are never taken: who sleeps is woken by what pends, and asks the controller
// what it was.
// SPDX-License-Identifier: Apache-2.0
#include "libs/events/events.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "libs/arch/aarch64/cpu.h"
#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/bcm2835/interrupt_controller.h"
#include "libs/bcm2835/local_timer.h"
#include "libs/clock/clock.h"
#include "libs/identity_map/identity_map.h"
#include "libs/io/mmio_bus.h"
#include "platforms/arm/timer.h"
#include "platforms/raspi/peripherals.h"

namespace ashlar::events {
namespace {

using InterruptController = bcm2835::InterruptController<io::MmioBus>;

constinit std::optional<InterruptController> controller;  // once started
// Who listens to each interrupt.
constinit std::array<Event*, InterruptController::kInterrupts> listeners = {};
constinit std::uint64_t listened = 0;  // one bit each

io::MmioBus Map(std::uint64_t address) {
  volatile std::byte* const registers = identity_map::DeviceRegisters(address, kPageSize);
  if (registers == nullptr) {
    Panic("interrupts cannot be enabled: no page table is left for their registers");
  }
  return io::MmioBus(registers);
}

void Start() {
  controller.emplace(Map(raspi::kInterruptController));
  controller->DisableAll();
  bcm2835::LocalTimer(Map(raspi::kLocal)).Enable();
}

// Notes what pends. True if that, or what was noted before, is to be looked at.
bool NotePending() {
  const std::uint64_t pending = listened != 0 ? controller->Pending() : 0;
  bool any = false;
  for (std::uint64_t left = listened; left != 0; left &= left - 1) {
    const int interrupt = std::countr_zero(left);
    Event& event = *listeners[interrupt];
    if ((pending >> interrupt & 1) != 0) {
      event.Note();
    }
    any |= event.pending();
  }
  return any;
}

}  // namespace

Result<void> Listen(std::uint32_t source, Event& event) {
  if (source >= InterruptController::kInterrupts) {
    return std::unexpected(Error::kNotFound);
  }
  if (listeners[source] != nullptr) {
    return std::unexpected(Error::kExists);
  }
  if (!controller) {
    Start();
  }
  listeners[source] = &event;
  listened |= std::uint64_t{1} << source;
  controller->Enable(source);
  return {};
}

Result<Message> AllocateMessage(Event& /*event*/) { return std::unexpected(Error::kUnsupported); }

void Wait(clock::Instant deadline) {
  if (!controller) {
    Start();
  }
  if (NotePending() || (deadline != clock::kNever && !arm::SetTimer(deadline))) {
    return;
  }
  aarch64::WaitForInterrupt();
  arm::StopTimer();
  NotePending();
}

}  // namespace ashlar::events
