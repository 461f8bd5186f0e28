// Tests of what an entry leaves the CPU like, at EL1.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "gtest/gtest.h"

namespace ashlar::aarch64 {
namespace {

TEST(CpuTest, SystemErrorsAreTakenAndInterruptsAreNot) {
  constexpr std::uint64_t kSystemError = 1 << 8;
  constexpr std::uint64_t kInterrupt = 1 << 7;
  constexpr std::uint64_t kFastInterrupt = 1 << 6;
  std::uint64_t masked;
  asm volatile("mrs %0, daif" : "=r"(masked));
  EXPECT_EQ(masked & (kSystemError | kInterrupt | kFastInterrupt), kInterrupt | kFastInterrupt);
}

}  // namespace
}  // namespace ashlar::aarch64
