// The front ends of one kind: one for each device that the store names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "libs/base/result.h"
#include "libs/log/log.h"
#include "libs/xen/device.h"
#include "libs/xen/resources.h"
#include "libs/xen/store.h"

namespace ashlar::xen {

/// Those of an image. `T` is a FrontEnd with what this kind of devices is to others: an
/// `Interface`, which interface() returns once it has started, kKind and kLibrary. Static.
template <typename T>
class FrontEnds {
 public:
  using Interface = typename T::Interface;

  static constexpr std::size_t kMost = 2;

  constexpr FrontEnds() = default;
  FrontEnds(const FrontEnds&) = delete;
  FrontEnds& operator=(const FrontEnds&) = delete;

  /// Looks for them and starts them, once. Those that do not start are logged and left out.
  void Start(Store& store, Resources& resources) {
    const Result<void> all = ForEachDevice(
        store, T::kKind, [&](std::uint64_t number) { StartOne(store, resources, number); });
    if (!all) {
      log::Error(T::kLibrary, "the list of ", T::kKind, "s cannot be read: ", all.error());
    }
  }
  /// The domain was restored.
  void Restore() {
    for (T* const front_end : std::span(front_ends_).first(count_)) {
      front_end->Restore();
    }
  }

  std::span<Interface* const> interfaces() const { return std::span(interfaces_).first(count_); }

 private:
  void StartOne(Store& store, Resources& resources, std::uint64_t number) {
    if (count_ == kMost) {
      log::Warning(T::kLibrary, T::kKind, " ", number, " is left out: an image has ", kMost,
                   " at most");
      return;
    }
    // One that does not start leaves its place to the next.
    T* const front_end = new (&places_[count_]) T(store, resources, number);
    if (const Result<void> started = front_end->Start(); !started) {
      log::Error(T::kLibrary, T::kKind, " ", number, " does not start: ", started.error());
      return;
    }
    front_ends_[count_] = front_end;
    interfaces_[count_] = &front_end->interface();
    ++count_;
  }

  std::size_t count_ = 0;
  std::array<T*, kMost> front_ends_ = {};
  std::array<Interface*, kMost> interfaces_ = {};
  alignas(T) std::byte places_[kMost][sizeof(T)] = {};
};

}  // namespace ashlar::xen
