// Puts Xen's page in the place of one of the image's, once, and masks all event channels in it: a
// domain that polls wants no upcall (docs/decisions/0009).
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/shared_info.h"

#include <algorithm>
#include <cstdint>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/pv_mapping.h"
#include "platforms/xen/start_information.h"

// The linker script's: a page whose memory gives way to Xen's.
extern "C" {
extern ashlar::xen::SharedInfo __shared_info;
}

namespace ashlar::xen {
namespace {

constinit bool placed = false;

Result<void> PlaceIt() {
  const auto address = reinterpret_cast<std::uintptr_t>(&__shared_info);
  if (!IsPv()) {
    ASHLAR_TRY(Place(AddToPhysmap::Space::kSharedInfo, 0, address / kPageSize));
    // Naming a callback has Xen look which mode the domain is in: it fills the page for a 32-bit
    // one until then [Xen, hvm_latch_shinfo_size()]. A toolstack takes it as the sign that the
    // domain reads the store [Xen, libxl__domain_pvcontrol_available()]. The vector is never
    // raised, since interrupts stay off.
    constexpr std::uint64_t kByVector = std::uint64_t{2} << 56;
    constexpr std::uint64_t kVector = 0xf3;
    return WriteHvmParameter(HvmParameterIndex::kCallback, kByVector | kVector);
  }
  const PvStartInformation information = ASHLAR_TRY(ReadPvStartInformation());
  return MapMachinePage(address, information.shared_info());
}

}  // namespace

SharedInfo* FindSharedInfo() {
  if (!placed && PlaceIt()) {
    placed = true;
    std::ranges::fill(__shared_info.mask, ~std::uint64_t{0});
  }
  return placed ? &__shared_info : nullptr;
}

Result<void> RemoveSharedInfo() {
  if (!placed) {
    return {};
  }
  placed = false;
  if (!IsPv()) {
    return {};
  }
  const PvStartInformation information = ASHLAR_TRY(ReadPvStartInformation());
  const auto address = reinterpret_cast<std::uintptr_t>(&__shared_info);
  return MapOwnPage(information, address);
}

}  // namespace ashlar::xen
