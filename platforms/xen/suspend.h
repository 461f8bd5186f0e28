// Suspending the domain, for a toolstack that saves it or moves it to another machine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/intrusive_list.h"
#include "libs/base/result.h"

namespace ashlar::xen {

/// Somebody who has to do something once the domain was restored: its back ends are new ones then,
/// all grants and event channels are gone, and nothing is watched. Static or long-lived.
class Restorable : public IntrusiveListNode<Restorable> {
 public:
  /// In the order in which they were added. The store works; the event loop does not run meanwhile.
  virtual void Restore() = 0;

 protected:
  ~Restorable() = default;
};

void AddRestorable(Restorable& restorable);

/// Tells toolstacks where the list of the domain's pages is, which they read while it still runs:
/// at the start, and again after it was restored. kUnsupported: Xen refuses to share its page.
Result<void> AllowSuspension();

/// Suspends the domain. Returns when it runs again and everything is set up anew; how long that
/// took shows in the time of day alone. An error: Xen refuses, and nothing has changed. What cannot
/// be set up again is a panic, for that domain is of no use.
Result<void> Suspend();

}  // namespace ashlar::xen
