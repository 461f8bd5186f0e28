// Reads wishes and answers them [Xen docs/misc/xenstore-paths.pandoc "~/control/shutdown",
// "~/memory/target"].
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/control.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/log/log.h"
#include "libs/xen/abi.h"
#include "libs/xen/balloon.h"
#include "libs/xen/store.h"
#include "libs/xen/text.h"

namespace ashlar::xen {

Result<void> Control::Start(Store& store, Beginning beginning) {
  store_ = &store;
  beginning_ = beginning;
  ASHLAR_TRY(Announce());
  ReadTarget();
  return {};
}

void Control::Restore() {
  deaf_ = false;
  if (const Result<void> announced = Announce(); !announced) {
    deaf_ = true;
    log::Error("xen", "the toolstack of this machine is not heard: ", announced.error());
  }
}

Result<void> Control::Announce() {
  ASHLAR_TRY(store_->Watch(target_));
  ASHLAR_TRY(store_->Watch(shutdown_));
  // Toolstacks look whether a domain will do what they ask for; some ask all the same.
  for (const std::string_view feature :
       {"control/feature-poweroff", "control/feature-reboot", "control/feature-suspend"}) {
    if (const Result<void> written = store_->Write(feature, "1"); !written) {
      log::Warning("xen", "the toolstack cannot be told of ", feature, ": ", written.error());
    }
  }
  return {};
}

bool Control::Poll() {
  if (ended_ || deaf_) {
    return false;
  }
  if (const Result<void> heard = store_->TakeChanges(); !heard) {
    deaf_ = true;
    log::Error("xen",
               "the store is broken, so the toolstack is not heard any more: ", heard.error());
    return false;
  }
  const bool shutdown = shutdown_.Take();
  if (shutdown) {
    ReadWish();
  }
  const bool target = target_.Take();
  if (target) {
    ReadTarget();
  }
  return shutdown || target;
}

// --- Memory

std::optional<std::uint64_t> Control::ReadNumber(std::string_view path) {
  char buffer[24];
  const Result<std::string_view> text = store_->Read(path, buffer);
  return text ? ParseNumber(*text) : std::nullopt;
}

void Control::ReadTarget() {
  const std::optional<std::uint64_t> target = ReadNumber(kTargetPath);
  if (!target) {
    return;  // a domain without one is as large as it is
  }
  if (!kib_begun_) {
    kib_begun_ = beginning_ == Beginning::kTarget
                     ? *target
                     : ReadNumber("memory/static-max").value_or(*target);
  }
  kib_to_give_ = *kib_begun_ > *target ? *kib_begun_ - *target : 0;
  AdjustMemory();
  if (!memory_is_right_) {
    log::Warning("xen", "of this domain's memory the toolstack wants ", kib_to_give_,
                 " KiB to be others', and ", balloon_.bytes() / kKiB,
                 " KiB are: the rest follows once it can");
  }
}

// Until the domain has had no more than the target once, some of it may be memory that a PVH domain
// must not touch.
void Control::AdjustMemory() {
  constexpr std::uint64_t kMost = ~std::uint64_t{0} / kKiB;
  memory_is_right_ =
      balloon_.Inflate(std::min(kib_to_give_, kMost) * kKiB,
                       memory_was_right_ ? Balloon::Contents::kAnything : Balloon::Contents::kNone);
  memory_was_right_ |= memory_is_right_;
}

// --- Wishes

// That it is gone is the answer. A toolstack that gets none for a while withdraws its wish, and
// counts on it that nobody has read it then.
void Control::ReadWish() {
  char buffer[16];
  const Result<std::string_view> wish = store_->Take(kShutdownPath, buffer);
  if (wish ? !wish->empty() : wish.error() == Error::kMessageTooLong) {
    Obey(wish.value_or("something long"));
  } else if (!wish && wish.error() != Error::kNotFound) {
    log::Error("xen", "what the toolstack asks for cannot be answered: ", wish.error());
  }
}

void Control::Obey(std::string_view wish) {
  const bool power_off = wish == "poweroff" || wish == "halt";
  const bool reboot = wish == "reboot";
  const bool suspend = wish == "suspend";
  if (!power_off && !reboot && !suspend) {
    log::Error("xen", "the toolstack asks for what this domain does not know: ", wish);
  }
  if (power_off || reboot) {
    ended_ = true;
    domain_.End(power_off ? ShutdownReason::kPowerOff : ShutdownReason::kReboot);
  } else if (suspend) {
    if (const Result<void> result = domain_.Suspend(); !result) {
      log::Error("xen", "the domain cannot be suspended: ", result.error());
    }
  }
}

}  // namespace ashlar::xen
