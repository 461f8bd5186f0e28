// The devices of one kind that this domain has.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <utility>

#include "libs/xen/front_ends.h"
#include "libs/xen/store.h"
#include "platforms/xen/own_resources.h"
#include "platforms/xen/store.h"
#include "platforms/xen/suspend.h"

namespace ashlar::xen {

/// `T`: as FrontEnds wants it. Static.
template <typename T>
class Devices final : private Restorable {
 public:
  /// The same on every call; the first starts them.
  std::span<typename T::Interface* const> Find() {
    Store* const store = std::exchange(looked_, true) ? nullptr : FindStore();
    if (store != nullptr) {
      front_ends_.Start(*store, OwnResources());
      AddRestorable(*this);
    }
    return front_ends_.interfaces();
  }

 private:
  void Restore() override { front_ends_.Restore(); }

  bool looked_ = false;
  FrontEnds<T> front_ends_;
};

}  // namespace ashlar::xen
