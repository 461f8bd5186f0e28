// Finds the device tree through what entry.S kept.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/arm/loader.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/device_tree/device_tree.h"
#include "libs/identity_map/identity_map.h"

extern "C" {
extern const std::uint64_t ashlar_arm_device_tree;
extern const std::byte ashlar_ram_start;
}

namespace ashlar::arm {
namespace {

constinit std::optional<device_tree::Tree> kept;

Result<device_tree::Tree> ReadAt(std::uint64_t address) {
  using device_tree::Tree;
  // Where page zero could be read is not where its memory is, which must stay the tree's.
  if (address < kPageSize) {
    return std::unexpected(Error::kBroken);
  }
  const std::size_t size =
      ASHLAR_TRY(Tree::ReadSize(identity_map::ReadablePhysical(address, Tree::kHeaderBytes)));
  return Tree::Parse(identity_map::ReadablePhysical(address, size));
}

}  // namespace

Result<device_tree::Tree> ReadDeviceTree() {
  if (!kept) {
    const std::uint64_t passed = ashlar_arm_device_tree;
    kept = ASHLAR_TRY(
        ReadAt(passed != 0 ? passed : reinterpret_cast<std::uintptr_t>(&ashlar_ram_start)));
  }
  return *kept;
}

}  // namespace ashlar::arm
