// The Arm generic interrupt controller, versions 3 and 4, without messages (no ITS).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/interrupt_controllers/gic_distributor.h"
#include "libs/io/io.h"

namespace ashlar::interrupt_controllers {

/// The CPU's side, its system registers: what the driver wants of `Cpu`.
///
///     std::uint64_t Affinity();                 // MPIDR_EL1
///     void Start();                             // ICC_SRE, CTLR, BPR1, AP1R0, PMR, IGRPEN1
///     std::uint32_t Acknowledge();              // ICC_IAR1_EL1
///     void End(std::uint32_t interrupt);        // ICC_EOIR1_EL1
///
/// The driver, for one CPU [GICv3]. Nobody is interrupted: the CPU asks what pends.
template <io::Bus Bus, typename Cpu>
class GicV3 {
 public:
  /// `redistributors` are `redistributors_size` bytes.
  constexpr GicV3(Bus distributor, Bus redistributors, std::size_t redistributors_size, Cpu cpu)
      : distributor_(distributor),
        redistributors_(redistributors),
        redistributors_size_(redistributors_size),
        cpu_(cpu) {}

  /// Switches it on, with all interrupts disabled and none being handled. False: this CPU has no
  /// redistributor in the region, or it does not wake up.
  bool Start() {
    if (!FindRedistributor() || !Wake()) {
      return false;
    }
    distributor_.Write32(kControl, kAffinityRouting);
    WaitForWrites();
    count_ = GicInterruptCount(distributor_.Read32(kType));
    GicInterrupts<Bus> shared(distributor_);
    for (std::uint32_t first = kFirstSharedInterrupt; first < count_; first += 32) {
      shared.DisableAll(first);
      shared.PutIntoGroup1(first);
    }
    GicInterrupts<Offset> own = Private();
    own.DisableAll(0);
    own.PutIntoGroup1(0);
    distributor_.Write32(kControl, kAffinityRouting | kEnableGroup1);
    WaitForWrites();
    cpu_.Start();
    return true;
  }

  /// Whether there is such an interrupt.
  bool Has(std::uint32_t interrupt) const {
    return interrupt >= kFirstPrivateInterrupt && interrupt < count_;
  }

  /// Lets `interrupt`, which exists, pend from now on.
  void Enable(std::uint32_t interrupt, bool edge) {
    if (interrupt < kFirstSharedInterrupt) {
      Private().Enable(interrupt);
      return;
    }
    const std::uint64_t affinity = cpu_.Affinity() & kAffinityMask;
    distributor_.Write32(kRoute + std::size_t{interrupt} * 8, static_cast<std::uint32_t>(affinity));
    distributor_.Write32(kRoute + std::size_t{interrupt} * 8 + 4,
                         static_cast<std::uint32_t>(affinity >> 32));
    GicInterrupts<Bus> shared(distributor_);
    shared.SetTrigger(interrupt, edge);
    shared.Enable(interrupt);
  }

  /// What pends, which pends no more; nothing if nothing does. End() comes next.
  std::optional<std::uint32_t> Acknowledge() {
    acknowledged_ = cpu_.Acknowledge();
    return acknowledged_ < kEndOfInterrupts ? std::optional(acknowledged_) : std::nullopt;
  }
  /// The one acknowledged last may pend again.
  void End() { cpu_.End(acknowledged_); }

 private:
  static constexpr std::size_t kControl = 0x0000;
  static constexpr std::size_t kType = 0x0004;
  static constexpr std::size_t kRoute = 0x6000;
  static constexpr std::uint32_t kEnableGroup1 = 1 << 1;
  static constexpr std::uint32_t kAffinityRouting = 1 << 4;
  static constexpr std::uint32_t kWritePending = std::uint32_t{1} << 31;
  // Aff0 to Aff2, and Aff3 in the upper half [ARM D17.2.101].
  static constexpr std::uint64_t kAffinityMask = 0xff'00ff'ffff;

  // A redistributor's frames: its own registers, then those of private interrupts, then, where its
  // type says so, two of virtual ones [GICv3 §12.10].
  static constexpr std::size_t kFrame = 0x10000;
  static constexpr std::size_t kRedistributorType = 0x08;
  static constexpr std::size_t kRedistributorWake = 0x14;
  static constexpr std::uint32_t kTypeVirtual = 1 << 1;
  static constexpr std::uint32_t kTypeLast = 1 << 4;
  static constexpr std::uint32_t kProcessorSleep = 1 << 1;
  static constexpr std::uint32_t kChildrenAsleep = 1 << 2;
  static constexpr int kMaxPolls = 1'000'000;

  // A bus to what lies further on.
  class Offset {
   public:
    constexpr Offset(Bus bus, std::size_t offset) : bus_(bus), offset_(offset) {}

    std::uint8_t Read8(std::size_t offset) { return bus_.Read8(offset_ + offset); }
    std::uint16_t Read16(std::size_t offset) { return bus_.Read16(offset_ + offset); }
    std::uint32_t Read32(std::size_t offset) { return bus_.Read32(offset_ + offset); }
    void Write8(std::size_t offset, std::uint8_t value) { bus_.Write8(offset_ + offset, value); }
    void Write16(std::size_t offset, std::uint16_t value) { bus_.Write16(offset_ + offset, value); }
    void Write32(std::size_t offset, std::uint32_t value) { bus_.Write32(offset_ + offset, value); }

   private:
    Bus bus_;
    std::size_t offset_;
  };

  GicInterrupts<Offset> Private() {
    return GicInterrupts<Offset>(Offset(redistributors_, redistributor_ + kFrame));
  }

  bool FindRedistributor() {
    const std::uint64_t affinity = cpu_.Affinity();
    const auto wanted =
        static_cast<std::uint32_t>((affinity & 0xff'ffff) | (affinity >> 32 & 0xff) << 24);
    redistributor_ = 0;
    while (redistributors_size_ >= 2 * kFrame &&
           redistributor_ <= redistributors_size_ - 2 * kFrame) {
      const std::uint32_t type = redistributors_.Read32(redistributor_ + kRedistributorType);
      if (redistributors_.Read32(redistributor_ + kRedistributorType + 4) == wanted) {
        return true;
      }
      if ((type & kTypeLast) != 0) {
        return false;
      }
      redistributor_ += (type & kTypeVirtual) != 0 ? 4 * kFrame : 2 * kFrame;
    }
    return false;
  }

  bool Wake() {
    Offset frame(redistributors_, redistributor_);
    frame.Write32(kRedistributorWake, frame.Read32(kRedistributorWake) & ~kProcessorSleep);
    for (int i = 0; i < kMaxPolls; ++i) {
      if ((frame.Read32(kRedistributorWake) & kChildrenAsleep) == 0) {
        return true;
      }
    }
    return false;
  }

  void WaitForWrites() {
    for (int i = 0; i < kMaxPolls && (distributor_.Read32(kControl) & kWritePending) != 0; ++i) {
    }
  }

  Bus distributor_;
  Bus redistributors_;
  std::size_t redistributors_size_;
  [[no_unique_address]] Cpu cpu_;
  std::size_t redistributor_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t acknowledged_ = 0;
};

}  // namespace ashlar::interrupt_controllers
