// What a toolstack asks of the domain, by the store: to power off, to reboot, to be suspended, to
// have less memory or more.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/base/result.h"
#include "libs/xen/abi.h"
#include "libs/xen/balloon.h"
#include "libs/xen/store.h"

namespace ashlar::xen {

/// How the domain does what it is asked for.
class ControlledDomain {
 public:
  /// Ends, for this reason: power-off or reboot. Need not return.
  virtual void End(ShutdownReason reason) = 0;
  /// Is saved; returns when the domain runs again. An error: nothing has changed.
  virtual Result<void> Suspend() = 0;

 protected:
  ~ControlledDomain() = default;
};

/// Watches the toolstack's wishes. What does not work is logged.
class Control {
 public:
  /// What memory the domain begins with [Xen docs/misc/xenstore-paths.pandoc "~/memory/target"].
  enum class Beginning {
    kTarget,  ///< what the target is then: a PV domain
    kMost,    ///< all that it may ever have, of which it must touch no more than the target: PVH
  };

  constexpr Control(ControlledDomain& domain, Balloon& balloon)
      : domain_(domain), balloon_(balloon) {}
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  /// Watches, says what this domain can do, and does what there is to do about memory. An error is
  /// the store's, which cannot be watched.
  Result<void> Start(Store& store, Beginning beginning);
  /// The domain was restored, and its store works.
  void Restore();

  /// Does what was asked for since. Whether that was anything.
  bool Poll();

  /// Whether the domain has as much memory as the toolstack wants it to have. If not, another
  /// AdjustMemory() may get further.
  bool memory_is_right() const { return memory_is_right_; }
  void AdjustMemory();

 private:
  static constexpr std::string_view kShutdownPath = "control/shutdown";
  static constexpr std::string_view kTargetPath = "memory/target";

  Result<void> Announce();
  std::optional<std::uint64_t> ReadNumber(std::string_view path);
  void ReadTarget();
  void ReadWish();
  void Obey(std::string_view wish);

  ControlledDomain& domain_;
  Balloon& balloon_;
  Store* store_ = nullptr;
  Beginning beginning_ = Beginning::kTarget;
  StoreWatch shutdown_{kShutdownPath};
  StoreWatch target_{kTargetPath};
  bool deaf_ = false;   // the store is broken
  bool ended_ = false;  // what ends a domain may wait, and so poll
  std::optional<std::uint64_t> kib_begun_;
  std::uint64_t kib_to_give_ = 0;
  bool memory_is_right_ = true;
  bool memory_was_right_ = false;  // once
};

}  // namespace ashlar::xen
