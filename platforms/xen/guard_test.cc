// What shall fault goes on faulting when the rest of memory is mapped.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "libs/arch/x86_64/is_mapped.h"
#include "libs/memory_map/memory_map.h"

extern "C" {
extern const std::byte __boot_stack_guard;
extern const std::byte __boot_stack_bottom;
}

namespace ashlar::x86_64 {
namespace {

TEST(GuardTest, StaysUnmappedWhenMemoryIsMapped) {
  ASSERT_FALSE(memory_map::FreeRegions().empty());
  EXPECT_FALSE(IsMapped(0));
  EXPECT_FALSE(IsMapped(reinterpret_cast<std::uintptr_t>(&__boot_stack_guard)));
  EXPECT_TRUE(IsMapped(reinterpret_cast<std::uintptr_t>(&__boot_stack_bottom)));
  for (const memory_map::Region& region : memory_map::FreeRegions()) {
    EXPECT_TRUE(IsMapped(region.base));
    EXPECT_TRUE(IsMapped(region.base + region.size - 1));
  }
}

}  // namespace
}  // namespace ashlar::x86_64
