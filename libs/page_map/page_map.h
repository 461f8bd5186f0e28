// The page map: what may be done to which page. One address space, identity-mapped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"

namespace ashlar::page_map {

/// What a page allows. There is no writable-and-executable, on purpose.
enum class Access : std::uint8_t {
  kNone,  ///< any touch ends the image with a report: guard pages
  kRead,
  kReadWrite,
  kReadExecute,
};

/// Sets what `pages` allows; base and size must be multiples of kPageSize. Splits large pages where
/// it has to. kInvalidArgument: not aligned, or not RAM of this image; kOutOfMemory: no page for a
/// table; kUnsupported: to be executed, which a PV domain of Xen's has of its image alone. Nothing
/// changed then. Not in interrupt context.
Result<void> Protect(std::span<std::byte> pages, Access access);

/// Makes a device's registers reachable, uncached, and returns their address (the physical one on
/// machines). kUnsupported on linuxu; kInvalidArgument: nothing, or beyond what page tables reach;
/// kOutOfMemory: no page for a table, though a part may be reachable now. Mapping the same range
/// twice is fine.
Result<volatile std::byte*> MapDevice(std::uint64_t physical_address, std::size_t size);

}  // namespace ashlar::page_map
