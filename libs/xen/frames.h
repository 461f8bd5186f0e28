// Which frame a page of the image's memory is to Xen and to other domains.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/base/units.h"

namespace ashlar::xen {

/// The frames of [base, ...): numbered like the pages (a PVH domain's), or by a list (a PV
/// domain's, whose pages are anywhere in the machine). A value.
class Frames {
 public:
  constexpr Frames() : Frames(nullptr, 0) {}
  explicit constexpr Frames(const std::uint64_t* list, std::uintptr_t base = 0)
      : list_(list), base_(base) {}

  std::uint64_t Of(const volatile void* address) const {
    const std::size_t page = (reinterpret_cast<std::uintptr_t>(address) - base_) / kPageSize;
    return list_ == nullptr ? page : list_[page];
  }

 private:
  const std::uint64_t* list_;
  std::uintptr_t base_;
};

}  // namespace ashlar::xen
