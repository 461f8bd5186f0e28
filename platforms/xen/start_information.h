// What Xen passed to this domain at its start, in either of its forms: StartInfo (PV) or
// HvmStartInfo (PVH).
//
// Every address and count is checked before it is followed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/memory_map/memory_map.h"
#include "libs/xen/abi.h"

namespace ashlar::xen {

/// Makes [address, address + size) of the domain's memory readable. Empty if that cannot be.
using MapPhysical = std::span<const std::byte> (*)(std::uint64_t address, std::size_t size);

/// A PVH domain's. A value: it remembers where things are.
class PvhStartInformation {
 public:
  /// From the structure at `address`. kBroken: there is none.
  static Result<PvhStartInformation> At(std::uint64_t address, MapPhysical map);

  bool initial_domain() const { return (info_.flags & kInitialDomain) != 0; }
  /// Without its NUL; stays where Xen put it. Empty if there is none, or it cannot be read.
  std::string_view command_line() const;
  /// Where the information itself lies: memory that the map calls usable and that is in use all the
  /// same. Modules are not among it: no image has any.
  std::array<memory_map::Region, 2> occupied() const;

 private:
  PvhStartInformation(const HvmStartInfo& info, std::uint64_t address, MapPhysical map)
      : info_(info), address_(address), map_(map) {}

  HvmStartInfo info_;
  std::uint64_t address_;
  MapPhysical map_;
};

/// A PV domain's. All of it lies in memory that is mapped from the start.
class PvStartInformation {
 public:
  /// kBroken: `info` is none, or says of its memory what cannot be.
  static Result<PvStartInformation> From(const StartInfo& info);

  bool initial_domain() const { return (info_->flags & kInitialDomain) != 0; }
  std::string_view command_line() const;

  /// The pages of the domain are those from zero up to this number.
  std::uint64_t page_count() const { return info_->page_count; }
  /// The machine page of each of them.
  std::span<const std::uint64_t> frames() const {
    return {reinterpret_cast<const std::uint64_t*>(info_->frame_list), info_->page_count};
  }
  /// From here on memory is free: behind what the domain builder put behind the image, of which the
  /// page tables are the last part that is needed.
  std::uintptr_t end_of_bootstrap() const;
  std::uint64_t shared_info() const { return info_->shared_info; }
  std::uint64_t store_frame() const { return info_->store_frame; }
  std::uint32_t store_port() const { return info_->store_port; }
  std::uint64_t console_frame() const { return info_->console_frame; }
  std::uint32_t console_port() const { return info_->console_port; }

 private:
  explicit PvStartInformation(const StartInfo& info) : info_(&info) {}

  const StartInfo* info_;
};

}  // namespace ashlar::xen
