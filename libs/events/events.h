// Events: what outside can wake the CPU — interrupts, event channels, file descriptors.
//
// An event is acknowledged and noted; nobody's code runs in interrupt context. Whoever wants to
// know takes the note from the event loop (//libs/event_loop), which polls, and sleeps here when
// there is nothing to do. On the machines' backends interrupts are off but for the instant in which
// Wait() halts the CPU.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "libs/base/result.h"
#include "libs/clock/clock.h"

namespace ashlar::events {

/// One thing that can happen. Static or long-lived: once listened to it must live as long as the
/// image.
class Event {
 public:
  constexpr Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  /// Whether it happened since the last call. Any context.
  bool Take() {
    if (!pending_.load(std::memory_order_acquire)) {
      return false;
    }
    pending_.store(false, std::memory_order_release);
    return true;
  }
  /// For backends, from an interrupt handler (general registers only, so it stays inline).
  [[gnu::always_inline]] void Note() { pending_.store(true, std::memory_order_release); }
  [[gnu::always_inline]] bool pending() const { return pending_.load(std::memory_order_acquire); }

 private:
  std::atomic<bool> pending_ = false;
};

/// Where a device writes to raise an event: the message of an MSI or MSI-X table entry [PCI-3.0
/// §6.8].
struct Message {
  std::uint64_t address;
  std::uint32_t data;
};

/// Notes `event` whenever `source` fires from now on. A source is the machine's own number: a
/// global system interrupt (I/O APIC input) on PCs, an event-channel port on Xen, a file descriptor
/// that becomes readable on linuxu (level-triggered: it wakes Wait() as long as it stays readable).
/// kNotFound: no such source; kExists: it has an event already, and is no line that the machine
/// lets devices share; kNoSpace: the table is full. Not in interrupt context.
Result<void> Listen(std::uint32_t source, Event& event);

/// A message that notes `event` when a device writes it. kUnsupported where devices can't write
/// messages: use a line; kNoSpace: all vectors are taken. Not in interrupt context.
Result<Message> AllocateMessage(Event& event);

/// Returns as soon as some listened-to event is pending, or at `deadline`, whichever is first; at
/// once if one is pending already. May return early for no reason. The CPU halts meanwhile. kNever
/// waits for events alone.
void Wait(clock::Instant deadline);

}  // namespace ashlar::events
