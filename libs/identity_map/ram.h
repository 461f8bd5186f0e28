// RAM under the identity map: mapping what the memory map says is free.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/memory_map/region_list.h"

namespace ashlar::identity_map {

/// What is mapped beside RAM.
enum class Rounding : bool {
  kExact,       ///< nothing: devices lie there
  kLargePages,  ///< all up to the next 2 MiB boundaries, which saves tables: firmware's tables lie
                ///< there
};

/// Takes the image, page zero and what no table can reach out of `free`, and maps the rest readable
/// and writable, with tables from it. What cannot be mapped is taken out as well. Once, before
/// anyone uses that memory.
void MapRam(memory_map::RegionList& free, Rounding rounding = Rounding::kLargePages);

}  // namespace ashlar::identity_map
