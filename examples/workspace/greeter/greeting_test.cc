// Tests greetings.
// SPDX-License-Identifier: Apache-2.0
#include "greeter/greeting.h"

#include <gtest/gtest.h>

namespace {

TEST(Greeting, IsForWhoeverIsNamed) { EXPECT_EQ(Greeting("world"), "Hello, world!"); }

}  // namespace
