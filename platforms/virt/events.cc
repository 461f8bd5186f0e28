// The events of a machine with a GIC: interrupts are never taken. Who sleeps is woken by what
// pends, and asks the controller what it was.
// SPDX-License-Identifier: Apache-2.0
#include "libs/events/events.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "libs/arch/aarch64/cpu.h"
#include "libs/arch/aarch64/gic_registers.h"
#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/device_tree/device_tree.h"
#include "libs/device_tree/machine.h"
#include "libs/identity_map/identity_map.h"
#include "libs/interrupt_controllers/gic_v2.h"
#include "libs/interrupt_controllers/gic_v3.h"
#include "libs/io/mmio_bus.h"
#include "platforms/arm/machine_tree.h"
#include "platforms/arm/timer.h"
#include "platforms/virt/interrupt_source.h"

namespace ashlar {
namespace {

using events::Event;
using GicV2 = interrupt_controllers::GicV2<io::MmioBus>;
using GicV3 = interrupt_controllers::GicV3<io::MmioBus, aarch64::GicRegisters>;

constexpr std::size_t kMostListeners = 64;

struct Listener {
  std::uint32_t interrupt;
  bool edge;
  Event* event;
};

constinit bool started = false;
// One of the two.
constinit std::optional<GicV2> gic_v2;
constinit std::optional<GicV3> gic_v3;

constinit std::array<Listener, kMostListeners> listeners = {};
constinit std::size_t listener_count = 0;

constinit std::uint32_t timer_interrupt = 0;

// The GICv2's interrupts that messages raise, handed out from the first on.
constinit std::uint64_t message_address = 0;
constinit std::uint32_t next_message = 0;
constinit std::uint32_t end_of_messages = 0;

bool Has(std::uint32_t interrupt) {
  return gic_v3 ? gic_v3->Has(interrupt) : gic_v2->Has(interrupt);
}
void Enable(std::uint32_t interrupt, bool edge) {
  if (gic_v3) {
    gic_v3->Enable(interrupt, edge);
  } else {
    gic_v2->Enable(interrupt, edge);
  }
}
std::optional<std::uint32_t> Acknowledge() {
  return gic_v3 ? gic_v3->Acknowledge() : gic_v2->Acknowledge();
}
void End() {
  if (gic_v3) {
    gic_v3->End();
  } else {
    gic_v2->End();
  }
}

io::MmioBus Map(device_tree::Range range) {
  volatile std::byte* const registers = identity_map::DeviceRegisters(range.base, range.size);
  if (registers == nullptr) {
    Panic("the interrupt controller's registers cannot be mapped");
  }
  return io::MmioBus(registers);
}

void FindMessages(const device_tree::Tree& tree) {
  const Result<device_tree::Range> frame = device_tree::FindMessageFrame(tree);
  if (!frame) {
    return;
  }
  const interrupt_controllers::MessageFrameType type{
      Map(*frame).Read32(interrupt_controllers::kMessageFrameType)};
  next_message = type.first_interrupt();
  end_of_messages = type.first_interrupt() + type.interrupts();
  message_address = frame->base + interrupt_controllers::kMessageFrameSet;
}

void Start() {
  started = true;
  const device_tree::Tree tree = arm::MachineTree();
  const Result<device_tree::InterruptController> controller =
      device_tree::FindInterruptController(tree);
  const Result<device_tree::Interrupt> timer = device_tree::FindTimerInterrupt(tree);
  if (!controller) {
    Panic(
        "the device tree describes no interrupt controller that this image knows: GICv2 or GICv3");
  }
  if (!timer) {
    Panic("the device tree does not say which interrupt is the timer's");
  }
  const io::MmioBus distributor = Map(controller->distributor);
  const io::MmioBus cpu = Map(controller->cpu);
  if (controller->version == 3) {
    gic_v3.emplace(distributor, cpu, controller->cpu.size, aarch64::GicRegisters());
    if (!gic_v3->Start()) {
      Panic("the interrupt controller has no redistributor for this CPU");
    }
  } else {
    gic_v2.emplace(distributor, cpu);
    gic_v2->Start();
    FindMessages(tree);
  }
  timer_interrupt = timer->number;
  if (!Has(timer_interrupt)) {
    Panic("the interrupt controller lacks the interrupt that the device tree says is the timer's");
  }
  aarch64::StopTimer();
  Enable(timer_interrupt, timer->edge_triggered);
}

bool AnyPending() {
  for (std::size_t i = 0; i < listener_count; ++i) {
    if (listeners[i].event->pending()) {
      return true;
    }
  }
  return false;
}

Result<void> AddListener(std::uint32_t interrupt, bool edge, Event& event) {
  if (!Has(interrupt) || interrupt == timer_interrupt) {
    return std::unexpected(Error::kNotFound);
  }
  bool enabled = false;
  for (std::size_t i = 0; i < listener_count; ++i) {
    if (listeners[i].interrupt != interrupt) {
      continue;
    }
    // A line whose devices hold it until each of them is acknowledged can be several devices'. A
    // message is one device's, and would be lost if its interrupt were triggered like a line's.
    if (edge || listeners[i].edge) {
      return std::unexpected(Error::kExists);
    }
    enabled = true;
  }
  if (listener_count == kMostListeners) {
    return std::unexpected(Error::kNoSpace);
  }
  listeners[listener_count++] = {interrupt, edge, &event};
  if (!enabled) {
    Enable(interrupt, edge);
  }
  return {};
}

void Note(std::uint32_t interrupt) {
  if (interrupt == timer_interrupt) {
    arm::StopTimer();
    return;
  }
  for (std::size_t i = 0; i < listener_count; ++i) {
    if (listeners[i].interrupt == interrupt) {
      listeners[i].event->Note();
    }
  }
}

}  // namespace

namespace events {

Result<void> Listen(std::uint32_t source, Event& event) {
  if (!started) {
    Start();
  }
  const virt::InterruptSource interrupt{source};
  return AddListener(interrupt.number(), interrupt.edge_triggered(), event);
}

Result<Message> AllocateMessage(Event& event) {
  if (!started) {
    Start();
  }
  if (message_address == 0) {
    return std::unexpected(Error::kUnsupported);
  }
  while (next_message < end_of_messages) {
    const std::uint32_t interrupt = next_message++;
    if (AddListener(interrupt, true, event)) {
      return Message{message_address, interrupt};
    }
  }
  return std::unexpected(Error::kNoSpace);
}

void Wait(clock::Instant deadline) {
  if (AnyPending()) {
    return;
  }
  if (!started) {
    Start();
  }
  if (deadline != clock::kNever && !arm::SetTimer(deadline)) {
    return;
  }
  aarch64::WaitForInterrupt();
  // One each time: a line that stays high until its device is acknowledged would come again and
  // again. Others that pend end the next sleep at once.
  if (const std::optional<std::uint32_t> interrupt = Acknowledge()) {
    Note(*interrupt);
    End();
  }
}

}  // namespace events

}  // namespace ashlar
