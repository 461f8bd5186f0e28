// Which accelerator: what KVM is worth on this machine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

#include "tools/run/options.h"

namespace ashlar::run {

/// Instructions a second that a KVM guest of some thousand instructions reached, or why there can
/// be none. Takes a few milliseconds. (Where /dev/kvm is itself emulated, guests are interpreted at
/// about a million.)
std::expected<double, Complaint> MeasureKvm();

struct AcceleratorChoice {
  bool kvm;
  std::string reason;  ///< for people
};

/// The choice, from what was asked for and what MeasureKvm said. KVM asked for and not there is a
/// complaint.
std::expected<AcceleratorChoice, Complaint> ChooseAccelerator(
    Accelerator asked, const std::expected<double, Complaint>& measured);

}  // namespace ashlar::run
