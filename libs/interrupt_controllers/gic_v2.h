// The Arm generic interrupt controller, version 2.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/interrupt_controllers/gic_distributor.h"
#include "libs/io/io.h"

namespace ashlar::interrupt_controllers {

/// The driver, for one CPU [GICv2]. Nobody is interrupted: the CPU asks what pends.
template <io::Bus Bus>
class GicV2 {
 public:
  constexpr GicV2(Bus distributor, Bus cpu) : distributor_(distributor), cpu_(cpu) {}

  /// Switches it on, with all interrupts disabled and none being handled.
  void Start() {
    distributor_.Write32(kControl, 0);
    count_ = GicInterruptCount(distributor_.Read32(kType));
    GicInterrupts<Bus> interrupts(distributor_);
    for (std::uint32_t first = 0; first < count_; first += 32) {
      interrupts.DisableAll(first);
    }
    distributor_.Write32(kControl, kEnabled);
    cpu_.Write32(kCpuActivePriorities, 0);
    cpu_.Write32(kCpuPriorityMask, kAllPriorities);
    cpu_.Write32(kCpuControl, kEnabled);
  }

  /// Whether there is such an interrupt.
  bool Has(std::uint32_t interrupt) const {
    return interrupt >= kFirstPrivateInterrupt && interrupt < count_;
  }

  /// Lets `interrupt`, which exists, pend from now on.
  void Enable(std::uint32_t interrupt, bool edge) {
    GicInterrupts<Bus> interrupts(distributor_);
    if (interrupt >= kFirstSharedInterrupt) {
      distributor_.Write8(kTargets + interrupt, ThisCpu());
      interrupts.SetTrigger(interrupt, edge);
    }
    interrupts.Enable(interrupt);
  }

  /// What pends, which pends no more; nothing if nothing does. End() comes next.
  std::optional<std::uint32_t> Acknowledge() {
    acknowledged_ = cpu_.Read32(kCpuAcknowledge);
    const std::uint32_t interrupt = acknowledged_ & kInterruptMask;
    return interrupt < kEndOfInterrupts ? std::optional(interrupt) : std::nullopt;
  }
  /// The one acknowledged last may pend again.
  void End() { cpu_.Write32(kCpuEnd, acknowledged_); }

 private:
  static constexpr std::size_t kControl = 0x000;
  static constexpr std::size_t kType = 0x004;
  static constexpr std::size_t kTargets = 0x800;
  static constexpr std::size_t kCpuControl = 0x00;
  static constexpr std::size_t kCpuPriorityMask = 0x04;
  static constexpr std::size_t kCpuAcknowledge = 0x0c;
  static constexpr std::size_t kCpuEnd = 0x10;
  static constexpr std::size_t kCpuActivePriorities = 0xd0;

  static constexpr std::uint32_t kEnabled = 1;
  static constexpr std::uint32_t kAllPriorities = 0xff;
  static constexpr std::uint32_t kInterruptMask = 0x3ff;

  // The targets of private interrupts read as the CPU that asks [GICv2 §4.3.12].
  std::uint8_t ThisCpu() {
    const std::uint8_t cpu = distributor_.Read8(kTargets);
    return cpu == 0 ? 1 : cpu;
  }

  Bus distributor_;
  Bus cpu_;
  std::uint32_t count_ = 0;
  std::uint32_t acknowledged_ = 0;
};

/// A frame whose registers devices write messages to [GICv2m]: what it says of itself.
struct MessageFrameType {
  std::uint32_t value;

  constexpr std::uint32_t first_interrupt() const { return value >> 16 & 0x3ff; }
  constexpr std::uint32_t interrupts() const { return value & 0x3ff; }
};
inline constexpr std::size_t kMessageFrameType = 0x008;
inline constexpr std::size_t kMessageFrameSet = 0x040;

}  // namespace ashlar::interrupt_controllers
