// A device's front end as the store describes it, and the handshake with its back end.
//
// What the store says of a back end is that domain's word: numbers, lengths and states are checked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/xen/abi.h"
#include "libs/xen/store.h"
#include "libs/xen/text.h"

namespace ashlar::xen {

/// One device. Errors of every call are the store's; beside them kBroken: what the store holds is
/// not what it has to be.
class Device {
 public:
  /// More changes than there are while a back end does what it is waited for.
  static constexpr int kMaxChanges = 16;

  /// Device `number` of a kind: "vif", "vbd". The store must outlive this.
  Device(Store& store, std::string_view kind, std::uint64_t number);

  /// Looks who the back end is, and watches its state until Unwatch() or Close(): at the start, and
  /// again after this domain was restored. kNotFound: there is no such device.
  Result<void> Find();

  /// The domain of the back end.
  std::uint16_t back_end() const { return back_end_; }

  /// What the store says of the front end itself: the value at the beginning of `buffer`.
  Result<std::string_view> Read(std::string_view key, std::span<char> buffer);
  /// What the back end says of itself: a number up to `max`.
  Result<std::uint64_t> ReadBackEnd(std::string_view key, std::uint64_t max);
  /// The same of what a back end may leave out: false then, and for what makes no sense.
  bool BackEndHas(std::string_view feature);

  Result<void> Write(std::string_view key, std::uint64_t value);
  Result<void> Write(std::string_view key, std::string_view value);
  Result<void> SetState(DeviceState state) {
    return Write("state", static_cast<std::uint64_t>(state));
  }

  /// Sleeps until the back end is in `state`. kBroken: it goes away instead; kTimedOut: nothing
  /// that is watched changes for as long as the store's peer allows, or kMaxChanges do not lead
  /// there, of this device or of what else is watched.
  Result<void> WaitForBackEnd(DeviceState state);

  /// Nobody waits for the back end any more: what its state does now is no change to others.
  void Unwatch() { store_.Unwatch(state_watch_); }

  /// The back end hears that this front end is gone, and is not watched any more.
  void Close();

 private:
  // [Xen docs/misc/xenstore-paths.pandoc] back ends lie at /local/domain/N/backend/KIND/N/N.
  // Far below what a Text holds.
  static constexpr std::size_t kMaxBackEndPath = 80;

  Text BackEndPath(std::string_view key) const { return Text(back_end_path_, "/", key); }

  Store& store_;
  Text path_;
  Text back_end_path_;
  Text state_path_;
  StoreWatch state_watch_{{}};
  std::uint16_t back_end_ = 0;
};

/// Calls `visit` with the number of each device of a kind that the store names; not with names that
/// are no numbers. An error: the store's.
template <typename Visit>
Result<void> ForEachDevice(Store& store, std::string_view kind, Visit visit) {
  char buffer[256];
  const Result<std::string_view> names = store.List(Text("device/", kind), buffer);
  if (!names) {
    // A domain without such devices has no such folder.
    return names.error() == Error::kNotFound ? Result<void>() : std::unexpected(names.error());
  }
  for (std::string_view rest = *names; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    if (const std::optional<std::uint64_t> number = ParseNumber(rest.substr(0, end))) {
      visit(*number);
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

}  // namespace ashlar::xen
