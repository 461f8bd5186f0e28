// The process's arguments and auxiliary vector, on a stack laid out by hand.
// SPDX-License-Identifier: Apache-2.0
#include "libs/linux/process.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "libs/linux/abi.h"

namespace ashlar::linux::process {
namespace {

TEST(ProcessTest, ReadsTheStackAsTheKernelLaysItOut) {
  char name[] = "image";
  char word[] = "word";
  char variable[] = "HOME=/";
  std::array<std::uintptr_t, 12> stack = {2,
                                          reinterpret_cast<std::uintptr_t>(name),
                                          reinterpret_cast<std::uintptr_t>(word),
                                          0,
                                          reinterpret_cast<std::uintptr_t>(variable),
                                          0,
                                          kAtHardwareCapabilities2,
                                          2,
                                          kAtVdso,
                                          0x1000,
                                          kAtNull,
                                          0};
  // In an image the process's own stack is put back afterwards.
  std::uintptr_t* const own =
      Arguments().empty() ? nullptr : reinterpret_cast<std::uintptr_t*>(Arguments().data()) - 1;
  SetInitialStack(stack.data());
  ASSERT_EQ(Arguments().size(), 2u);
  EXPECT_EQ(std::string_view(Arguments()[1]), "word");
  EXPECT_EQ(Arguments().data()[2], nullptr);
  EXPECT_EQ(AuxiliaryValue(kAtHardwareCapabilities2), 2u);
  EXPECT_EQ(AuxiliaryValue(kAtVdso), 0x1000u);
  EXPECT_EQ(AuxiliaryValue(31), 0u);
  SetInitialStack(own);
}

TEST(ProcessTest, BeforeTheEntryCodeRanThereIsNothing) {
  std::uintptr_t* const own =
      Arguments().empty() ? nullptr : reinterpret_cast<std::uintptr_t*>(Arguments().data()) - 1;
  SetInitialStack(nullptr);
  EXPECT_TRUE(Arguments().empty());
  EXPECT_EQ(AuxiliaryValue(kAtVdso), 0u);
  SetInitialStack(own);
}

}  // namespace
}  // namespace ashlar::linux::process
