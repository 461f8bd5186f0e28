// What the store says of a device, checked.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/device.h"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/log/log.h"
#include "libs/xen/abi.h"
#include "libs/xen/store.h"
#include "libs/xen/text.h"

namespace ashlar::xen {
namespace {

// Says what it is that is wrong, which the caller's message cannot.
std::unexpected<Error> Broken(std::string_view path) {
  log::Error("xen", "what the store has at ", path, " makes no sense");
  return std::unexpected(Error::kBroken);
}

Result<std::uint64_t> NumberUpTo(std::string_view path, std::string_view text, std::uint64_t max) {
  const std::optional<std::uint64_t> number = ParseNumber(text);
  if (!number || *number > max) {
    return Broken(path);
  }
  return *number;
}

}  // namespace

Device::Device(Store& store, std::string_view kind, std::uint64_t number)
    : store_(store), path_("device/", kind, "/", number) {}

Result<void> Device::Find() {
  char buffer[kMaxBackEndPath + 1];
  const Text path_key(path_, "/backend");
  const Result<std::string_view> path = store_.Read(path_key, buffer);
  if (!path && path.error() != Error::kMessageTooLong) {
    return std::unexpected(path.error());
  }
  if (!path || path->size() > kMaxBackEndPath || !path->starts_with('/')) {
    return Broken(path_key);
  }
  back_end_path_ = Text(*path);
  const Text domain_key(path_, "/backend-id");
  const std::string_view domain = ASHLAR_TRY(store_.Read(domain_key, buffer));
  back_end_ = static_cast<std::uint16_t>(ASHLAR_TRY(NumberUpTo(domain_key, domain, kMaxDomain)));
  state_path_ = BackEndPath("state");
  state_watch_.MoveTo(state_path_);
  return store_.Watch(state_watch_);
}

Result<std::string_view> Device::Read(std::string_view key, std::span<char> buffer) {
  return store_.Read(Text(path_, "/", key), buffer);
}

Result<std::uint64_t> Device::ReadBackEnd(std::string_view key, std::uint64_t max) {
  char buffer[24];
  const Text path = BackEndPath(key);
  return NumberUpTo(path, ASHLAR_TRY(store_.Read(path, buffer)), max);
}

bool Device::BackEndHas(std::string_view feature) {
  return ReadBackEnd(feature, 1) == std::uint64_t{1};
}

Result<void> Device::Write(std::string_view key, std::uint64_t value) {
  return store_.Write(Text(path_, "/", key), Text(value));
}

Result<void> Device::Write(std::string_view key, std::string_view value) {
  return store_.Write(Text(path_, "/", key), value);
}

void Device::Close() {
  (void)SetState(DeviceState::kClosed);
  Unwatch();
}

Result<void> Device::WaitForBackEnd(DeviceState state) {
  // Of changes that lead nowhere a back end could make any number, and so could others of what else
  // is watched.
  for (int changes = 0;; ++changes) {
    if (state_watch_.Take()) {
      constexpr auto kLast = static_cast<std::uint64_t>(DeviceState::kReconfigured);
      const auto is = static_cast<DeviceState>(ASHLAR_TRY(ReadBackEnd("state", kLast)));
      if (is == state) {
        return {};
      }
      if (is == DeviceState::kClosing || is == DeviceState::kClosed) {
        return std::unexpected(Error::kBroken);
      }
    }
    if (changes == kMaxChanges) {
      return std::unexpected(Error::kTimedOut);
    }
    ASHLAR_TRY(store_.WaitForChange());
  }
}

}  // namespace ashlar::xen
