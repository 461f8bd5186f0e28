// What Xen passed, or a panic.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/start.h"

#include <string_view>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/start_information.h"

namespace ashlar::xen {
namespace {

template <typename T>
T OrPanic(const Result<T>& information) {
  if (!information) {
    Panic("Xen passed no start information that this image understands");
  }
  return *information;
}

}  // namespace

PvStartInformation PvStart() { return OrPanic(ReadPvStartInformation()); }
PvhStartInformation PvhStart() { return OrPanic(ReadPvhStartInformation()); }

std::string_view CommandLine() {
  // The text of a PV domain lies in what Xen passed, that of a PVH domain where it points.
  return IsPv() ? PvStart().command_line() : PvhStart().command_line();
}

}  // namespace ashlar::xen
