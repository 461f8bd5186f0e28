// Finds the start information by the address that the entry code kept.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/domain.h"

#include <cstdint>

#include "libs/base/result.h"
#include "libs/identity_map/identity_map.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/start_information.h"

extern "C" {
extern const std::uint64_t ashlar_xen_start_info;
}

namespace ashlar::xen {

Result<PvStartInformation> ReadPvStartInformation() {
  return PvStartInformation::From(*reinterpret_cast<const StartInfo*>(ashlar_xen_start_info));
}

Result<PvhStartInformation> ReadPvhStartInformation() {
  return PvhStartInformation::At(ashlar_xen_start_info, identity_map::ReadablePhysical);
}

bool IsInitialDomain() {
  if (IsPv()) {
    const Result<PvStartInformation> information = ReadPvStartInformation();
    return information && information->initial_domain();
  }
  const Result<PvhStartInformation> information = ReadPvhStartInformation();
  return information && information->initial_domain();
}

}  // namespace ashlar::xen
