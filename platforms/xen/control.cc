// Asks the store for the toolstack's wishes, by the event loop.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/control.h"

#include <chrono>
#include <cstdlib>

#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/event_loop/event_loop.h"
#include "libs/events/events.h"
#include "libs/libc/exit.h"
#include "libs/log/log.h"
#include "libs/timer/timer.h"
#include "libs/xen/abi.h"
#include "libs/xen/balloon.h"
#include "libs/xen/control.h"
#include "libs/xen/hypercall.h"
#include "libs/xen/store.h"
#include "platforms/xen/balloon_pages.h"
#include "platforms/xen/restore.h"
#include "platforms/xen/store.h"
#include "platforms/xen/suspend.h"

namespace ashlar::xen {
namespace {

class Domain final : public ControlledDomain {
 public:
  void End(ShutdownReason reason) override {
    EndBy(reason);
    // The event loop may run because something in exit() waits.
    if (!libc::exit_has_begun) {
      std::exit(0);
    }
  }
  Result<void> Suspend() override { return xen::Suspend(); }
};

constinit Domain domain;
constinit OwnBalloonPages pages;
constinit Balloon balloon(pages);
constinit Control control(domain, balloon);

// Memory that cannot go or come now may do so later, without anybody's telling.
constexpr std::chrono::seconds kRetryInterval(1);

class Listener final : public event_loop::Poller, private Restorable, private timer::Timer {
 public:
  constexpr Listener() : timer::Timer(&Retry) {}

  Result<void> Start(Store& store) {
    ASHLAR_TRY(AllowSuspension());
    ASHLAR_TRY(
        control.Start(store, IsPv() ? Control::Beginning::kTarget : Control::Beginning::kMost));
    // Last, for from now on somebody has to take the event: a pending one lets nobody sleep. What
    // came before is pending yet, and is looked for before the first sleep in any case.
    ASHLAR_TRY(ListenToStore(event_));
    AddRestorable(*this);
    event_loop::Add(*this);
    RetryLater();
    return {};
  }

  bool Poll() override {
    const bool any = control.Poll();
    if (any) {
      RetryLater();
    }
    return any;
  }
  bool PrepareToWait() override {
    (void)event_.Take();
    return !Poll();
  }

 private:
  void Restore() override {
    if (const Result<void> allowed = AllowSuspension(); !allowed) {
      log::Error("xen", "the domain cannot be suspended again: ", allowed.error());
    }
    control.Restore();
  }

  void RetryLater() {
    if (control.memory_is_right()) {
      Disarm();
    } else if (!armed()) {
      Arm(clock::Monotonic::now() + kRetryInterval);
    }
  }
  static void Retry(timer::Timer& timer) {
    control.AdjustMemory();
    static_cast<Listener&>(timer).RetryLater();
  }

  events::Event event_;
};

constinit Listener listener;

}  // namespace

void StartControl() {
  if (Store* const store = FindStore(); store != nullptr) {
    if (const Result<void> started = listener.Start(*store); !started) {
      log::Error("xen", "the toolstack is not heard: ", started.error());
    }
  }
}

}  // namespace ashlar::xen
