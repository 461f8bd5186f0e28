// The events of a PC: interrupts through local and I/O APICs, taken only while the CPU
// sleeps.
// SPDX-License-Identifier: Apache-2.0
#include "libs/events/events.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <type_traits>

#include "libs/acpi/acpi.h"
#include "libs/acpi/madt.h"
#include "libs/arch/x86_64/cpu.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/arch/x86_64/interrupt_table.h"
#include "libs/arch/x86_64/msr.h"
#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/clock/clock.h"
#include "libs/identity_map/identity_map.h"
#include "libs/interrupt_controllers/i8259.h"
#include "libs/interrupt_controllers/io_apic.h"
#include "libs/interrupt_controllers/local_apic.h"
#include "libs/interrupt_controllers/local_apic_bus.h"
#include "libs/io/mmio_bus.h"
#include "libs/io/port_bus.h"
#include "platforms/pc/acpi_tables.h"
#include "platforms/pc/countdown_rate.h"
#include "platforms/pc/interrupt_source.h"
#include "platforms/pc/take_over.h"
#include "platforms/pc/tsc.h"

namespace ashlar {
namespace {

using events::Event;

constexpr std::size_t kExceptions = 32;
constexpr std::size_t kVectors = 64;  // interrupt_entry.S has as many stubs
constexpr std::size_t kStubSize = 8;

// Indices of vectors, counted from the first behind the exceptions.
constexpr std::size_t kTimerIndex = 0;
constexpr std::size_t kFirstFreeIndex = 1;
// Its vector ends in fifteen, as old CPUs want of the spurious one.
constexpr std::size_t kSpuriousIndex = 15;

constexpr std::uint8_t Vector(std::size_t index) {
  return static_cast<std::uint8_t>(kExceptions + index);
}

// interrupt_entry.S notes an event by a store to its first byte.
static_assert(std::is_standard_layout_v<Event> && sizeof(Event) == 1);

}  // namespace

extern "C" {
extern const x86_64::InterruptGate ashlar_exception_table[kExceptions];
extern const std::byte ashlar_interrupt_stubs[kVectors * kStubSize];
extern const std::byte ashlar_spurious_interrupt;

// What interrupt_entry.S reads: each vector's event, or null; where to acknowledge, or null for the
// MSR.
[[gnu::visibility("hidden")]] constinit Event* ashlar_interrupt_events[kVectors] = {};
[[gnu::visibility("hidden")]] constinit volatile std::byte* ashlar_end_of_interrupt_register =
    nullptr;
}

namespace {

// By number.
struct Msrs {
  static std::uint64_t Read(std::uint32_t number) {
    return x86_64::ReadMsr(static_cast<x86_64::Msr>(number));
  }
  static void Write(std::uint32_t number, std::uint64_t value) {
    x86_64::WriteMsr(static_cast<x86_64::Msr>(number), value);
  }
};

// The registers in memory, or as MSRs where the firmware or a hypervisor switched to those before
// the image was entered.
using LocalApicBus = interrupt_controllers::LocalApicBus<io::MmioBus, Msrs>;
using LocalApic = interrupt_controllers::LocalApic<LocalApicBus>;
using IoApic = interrupt_controllers::IoApic<io::MmioBus>;

constinit bool started = false;
constinit std::span<x86_64::InterruptGate> interrupt_table;
constinit std::size_t next_index = kFirstFreeIndex;

constinit LocalApicBus local_apic_bus{Msrs()};
constinit bool tsc_deadline = false;

constinit bool timer_started = false;
constinit Event timer_event;
// What the timer is set to, until it rings; kNever: it is not set.
constinit clock::Instant timer_deadline = clock::kNever;

// One-shot mode only: the countdown that runs, if any, and what is known of the timer's rate.
constinit pc::CountdownRate countdown_rate;
constinit std::uint32_t countdown_ticks = 0;
constinit clock::Instant countdown_start;

// The I/O APICs' inputs that are routed: to tell a source that has its event already.
constinit std::array<std::uint32_t, kVectors> sources = {};
constinit std::size_t source_count = 0;

LocalApicBus FindLocalApic() {
  constexpr std::uint64_t kEnabled = 1 << 11;
  constexpr std::uint64_t kX2Apic = 1 << 10;
  constexpr std::uint64_t kAddress = 0x000f'ffff'ffff'f000;
  const std::uint64_t base = x86_64::ReadMsr(x86_64::Msr::kApicBase);
  if ((base & kX2Apic) != 0) {
    return LocalApicBus(Msrs());
  }
  x86_64::WriteMsr(x86_64::Msr::kApicBase, base | kEnabled);
  volatile std::byte* const registers = identity_map::DeviceRegisters(base & kAddress, kPageSize);
  if (registers == nullptr) {
    Panic("the local APIC's registers cannot be mapped");
  }
  ashlar_end_of_interrupt_register = registers + LocalApic::kEndOfInterrupt;
  return {io::MmioBus(registers), Msrs()};
}

void Start() {
  started = true;
  constexpr std::uint16_t kPrimary8259 = 0x20;
  constexpr std::uint16_t kSecondary8259 = 0xa0;
  interrupt_controllers::MaskI8259(io::PortBus(kPrimary8259), io::PortBus(kSecondary8259));

  interrupt_table = pc::TakeInterruptsOver(kExceptions + kVectors);
  std::ranges::copy(ashlar_exception_table, interrupt_table.begin());
  interrupt_table[kExceptions + kSpuriousIndex] =
      x86_64::InterruptGate::To(reinterpret_cast<std::uintptr_t>(&ashlar_spurious_interrupt));
  x86_64::LoadInterruptTable(interrupt_table.data(), interrupt_table.size());

  local_apic_bus = FindLocalApic();
  LocalApic apic(local_apic_bus);
  apic.Enable(Vector(kSpuriousIndex));
}

void SetGate(std::size_t index) {
  interrupt_table[kExceptions + index] = x86_64::InterruptGate::To(
      reinterpret_cast<std::uintptr_t>(ashlar_interrupt_stubs) + kStubSize * index);
}

// Gives `event` the next vector. kNoSpace: there is none.
Result<std::uint8_t> AllocateVector(Event& event) {
  next_index += next_index == kSpuriousIndex ? 1 : 0;
  if (next_index == kVectors) {
    return std::unexpected(Error::kNoSpace);
  }
  const std::size_t index = next_index++;
  ashlar_interrupt_events[index] = &event;
  SetGate(index);
  return Vector(index);
}

bool AnyPending() {
  for (std::size_t i = kFirstFreeIndex; i < next_index; ++i) {
    if (ashlar_interrupt_events[i] != nullptr && ashlar_interrupt_events[i]->pending()) {
      return true;
    }
  }
  return false;
}

void StartTimer() {
  timer_started = true;
  tsc_deadline = x86_64::HasTscDeadlineTimer();
  ashlar_interrupt_events[kTimerIndex] = &timer_event;
  SetGate(kTimerIndex);
  LocalApic(local_apic_bus)
      .SetUpTimer(
          tsc_deadline ? LocalApic::TimerMode::kTscDeadline : LocalApic::TimerMode::kOneShot,
          Vector(kTimerIndex));
  // A write of the deadline must not overtake the mode's [SDM 3 §11.5.4.1].
  x86_64::OrderStoresBeforeLoads();
}

void ArmTscDeadline(std::int64_t nanoseconds) {
  // Until the rate is known, which takes a quarter of a millisecond: early rather than late.
  const auto rate = pc::TscRate().value_or(clock::TickRate::FromHertz(500'000'000));
  constexpr std::int64_t kMaxSpan = 3'600'000'000'000;
  x86_64::WriteMsr(x86_64::Msr::kTscDeadline,
                   x86_64::ReadTsc() + rate.Ticks(std::min(nanoseconds, kMaxSpan)));
}

void ArmCountdown(clock::Instant now, std::int64_t nanoseconds) {
  LocalApic apic(local_apic_bus);
  if (countdown_ticks != 0 && !countdown_rate.settled()) {
    if (const std::uint32_t left = apic.Countdown(); left != 0) {
      countdown_rate.Learn(countdown_ticks - left, (now - countdown_start).count());
    }
  }
  countdown_ticks = countdown_rate.Ticks(nanoseconds);
  countdown_start = now;
  apic.StartCountdown(countdown_ticks);
}

// Sees to it that the timer rings at `deadline` at the latest. False if that is over already. A
// timer that is set to an earlier time is left alone: setting it costs a hypervisor's attention,
// and most sleeps end by a device, with the same deadline as the last one.
bool SetTimer(clock::Instant deadline) {
  if (timer_event.Take()) {
    timer_deadline = clock::kNever;
  }
  if (timer_deadline <= deadline) {
    return true;
  }
  if (!timer_started) {
    StartTimer();
  }
  const clock::Instant now = clock::Monotonic::now();
  if (deadline <= now) {
    return false;
  }
  const std::int64_t nanoseconds = (deadline - now).count();
  if (tsc_deadline) {
    ArmTscDeadline(nanoseconds);
  } else {
    ArmCountdown(now, nanoseconds);
  }
  timer_deadline = deadline;
  return true;
}

// Whether a countdown runs whose end would tell something new.
bool IsMeasuring() {
  return countdown_ticks != 0 && !countdown_rate.settled() &&
         LocalApic(local_apic_bus).Countdown() != 0;
}

// A countdown that ended while the CPU slept is measured at once: later, nobody knows when it
// ended.
void LearnFromCountdown() {
  if (LocalApic(local_apic_bus).Countdown() == 0) {
    countdown_rate.Learn(countdown_ticks, (clock::Monotonic::now() - countdown_start).count());
    countdown_ticks = 0;
  }
}

// The I/O APIC with an input for `source`, and which input.
struct IoApicInput {
  IoApic apic;
  std::uint32_t input;
  interrupt_controllers::LineMode mode;
};

Result<IoApicInput> InputOf(std::uint32_t address, std::uint32_t first_interrupt,
                            std::uint32_t source) {
  volatile std::byte* const registers = identity_map::DeviceRegisters(address, kPageSize);
  if (registers == nullptr || source < first_interrupt) {
    return std::unexpected(Error::kNotFound);
  }
  IoApic apic{io::MmioBus(registers)};
  const std::uint32_t input = source - first_interrupt;
  if (input >= apic.input_count()) {
    return std::unexpected(Error::kNotFound);
  }
  return IoApicInput{apic, input, {}};
}

Result<IoApicInput> FindInput(pc::InterruptSource source) {
  std::optional<acpi::Madt> madt;
  if (const Result<acpi::Tables> tables = pc::AcpiTables()) {
    if (const Result<acpi::Table> table = tables->Get("APIC")) {
      madt = acpi::Madt::Parse(*table);
    }
  }
  if (!madt) {
    Result<IoApicInput> input = InputOf(interrupt_controllers::kDefaultIoApic, 0, source.number());
    if (input) {
      input->mode = source.ModeOf({});
    }
    return input;
  }
  for (const acpi::IoApicEntry& entry : madt->io_apics()) {
    Result<IoApicInput> input = InputOf(entry.address, entry.first_interrupt, source.number());
    if (!input) {
      continue;
    }
    input->mode = source.ModeOf(madt->overrides());
    return input;
  }
  return std::unexpected(Error::kNotFound);
}

}  // namespace

namespace events {

Result<void> Listen(std::uint32_t source, Event& event) {
  if (!started) {
    Start();
  }
  const pc::InterruptSource line{source};
  for (std::size_t i = 0; i < source_count; ++i) {
    if (sources[i] == line.number()) {
      return std::unexpected(Error::kExists);
    }
  }
  IoApicInput input = ASHLAR_TRY(FindInput(line));
  const std::uint8_t vector = ASHLAR_TRY(AllocateVector(event));
  sources[source_count++] = line.number();
  input.apic.Route(input.input, vector, LocalApic(local_apic_bus).Id(), input.mode);
  return {};
}

Result<Message> AllocateMessage(Event& event) {
  if (!started) {
    Start();
  }
  const std::uint8_t vector = ASHLAR_TRY(AllocateVector(event));
  // Fixed delivery, edge, to this CPU [SDM 3 §11.11].
  constexpr std::uint64_t kMessageAddress = 0xfee00000;
  return Message{kMessageAddress | std::uint64_t{LocalApic(local_apic_bus).Id()} << 12, vector};
}

void Wait(clock::Instant deadline) {
  if (AnyPending()) {
    return;
  }
  if (!started) {
    Start();
  }
  if (deadline != clock::kNever && !SetTimer(deadline)) {
    return;
  }
  const bool measuring = IsMeasuring();
  x86_64::SleepUntilInterrupt();
  if (measuring) {
    LearnFromCountdown();
  }
}

}  // namespace events

}  // namespace ashlar
