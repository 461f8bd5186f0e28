// ASHLAR_TRY, and the names of errors.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/result.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace ashlar {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) {
    return std::unexpected(Error::kInvalidArgument);
  }
  return value / 2;
}

Result<int> Quarter(int value) { return ASHLAR_TRY(Half(ASHLAR_TRY(Half(value)))); }

Result<void> Even(int value) {
  ASHLAR_TRY(Half(value));
  return {};
}

Result<int> AfterEven(int value) {
  ASHLAR_TRY(Even(value));
  return value;
}

TEST(ResultTest, TryGivesTheValue) {
  EXPECT_EQ(Quarter(12), 3);
  EXPECT_EQ(AfterEven(4), 4);
}

TEST(ResultTest, TryReturnsTheErrorAtOnce) {
  EXPECT_EQ(Quarter(6), std::unexpected(Error::kInvalidArgument));
  EXPECT_EQ(AfterEven(5), std::unexpected(Error::kInvalidArgument));
}

TEST(ResultTest, EveryErrorHasAnOwnName) {
  std::set<std::string> names;
  const int count = static_cast<int>(Error::kMessageTooLong) + 1;
  for (int code = 0; code < count; ++code) {
    names.emplace(Describe(static_cast<Error>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
  EXPECT_FALSE(names.contains(""));
  EXPECT_FALSE(names.contains("unknown error"));
}

}  // namespace
}  // namespace ashlar
