// Puts Xen's page in the place of one of the image's, once.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/shared_info.h"

#include <cstdint>

#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/start_information.h"

// The linker script's: a page whose memory gives way to Xen's.
extern "C" {
extern ashlar::xen::SharedInfo __shared_info;
}

namespace ashlar::xen {
namespace {

constinit bool placed = false;

Result<void> Place() {
  using x86_64::PageTableEntry;
  const auto address = reinterpret_cast<std::uintptr_t>(&__shared_info);
  if (!IsPv()) {
    ASHLAR_TRY(PlaceSharedInfo(address / kPageSize));
    // Saying that there is no callback has Xen look which mode the domain is in: it fills the page
    // for a 32-bit one until then [Xen, hvm_latch_shinfo_size()].
    constexpr std::uint64_t kNone = 0;
    return WriteHvmParameter(HvmParameterIndex::kCallback, kNone);
  }
  const PvStartInformation information = ASHLAR_TRY(ReadPvStartInformation());
  return UpdateMapping(address,
                       information.shared_info() | PageTableEntry::kPresent |
                           PageTableEntry::kWritable | PageTableEntry::kAccessed |
                           PageTableEntry::kDirty | PageTableEntry::kNoExecute,
                       Flush::kPage);
}

}  // namespace

SharedInfo* FindSharedInfo() {
  placed = placed || Place().has_value();
  return placed ? &__shared_info : nullptr;
}

}  // namespace ashlar::xen
