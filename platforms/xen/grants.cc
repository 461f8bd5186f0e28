// Puts the pages of the grant table in the place of some of the domain's own.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/grants.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/xen/abi.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/pv_mapping.h"
#include "platforms/xen/pv_page_tables.h"
#include "platforms/xen/start_information.h"

namespace ashlar::xen {
namespace {

constexpr std::size_t kPages = 4;  // 2,048 grants; a network device has up to 514 at once

constinit std::span<std::byte> pages;
constinit std::optional<GrantTable> table;

// Maps the table's pages, each to frame(i) of the machine.
template <typename Frame>
Result<void> MapPv(Frame frame) {
  const auto begin = reinterpret_cast<std::uintptr_t>(pages.data());
  PvUpdates updates;
  updates.AddPages(begin, begin + pages.size(), [&](std::uintptr_t page) {
    return DataEntry(frame((page - begin) / kPageSize) * kPageSize);
  });
  const Result<void> result = updates.Finish();
  ForgetTranslations();
  return result;
}

Result<void> Map() {
  if (IsPv()) {
    std::array<std::uint64_t, kPages> frames = {};
    ASHLAR_TRY(SetUpGrantTable(frames));
    return MapPv([&](std::size_t i) { return frames[i]; });
  }
  for (std::size_t i = 0; i < kPages; ++i) {
    ASHLAR_TRY(Place(AddToPhysmap::Space::kGrantTable, i,
                     reinterpret_cast<std::uintptr_t>(&pages[i * kPageSize]) / kPageSize));
  }
  return {};
}

}  // namespace

Result<GrantTable*> FindGrants() {
  if (!table) {
    if (pages.empty()) {
      pages = ASHLAR_TRY(page_allocator::Allocate(kPages * kPageSize));
    }
    ASHLAR_TRY(Map());
    table.emplace(
        std::span(reinterpret_cast<GrantEntry*>(pages.data()), pages.size() / sizeof(GrantEntry)));
  }
  return &*table;
}

Frames OwnFrames() {
  if (!IsPv()) {
    return Frames();
  }
  const Result<PvStartInformation> information = ReadPvStartInformation();
  return Frames(information ? information->frames().data() : nullptr);
}

Result<void> UnmapGrants() {
  if (!table || !IsPv()) {
    return {};
  }
  const PvStartInformation information = ASHLAR_TRY(ReadPvStartInformation());
  const std::size_t first = reinterpret_cast<std::uintptr_t>(pages.data()) / kPageSize;
  return MapPv([&](std::size_t i) { return information.frames()[first + i]; });
}

Result<void> RestoreGrants(bool same) {
  if (!table) {
    return {};
  }
  if (!same || IsPv()) {
    ASHLAR_TRY(Map());
  }
  if (!same) {
    table->Restart();
  }
  return {};
}

}  // namespace ashlar::xen
