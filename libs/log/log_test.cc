// Lines as they reach the console, long ones and forged ones too.
// SPDX-License-Identifier: Apache-2.0
#include "libs/log/log.h"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/log/line.h"

namespace ashlar {
namespace {

using log::Level;

std::string Text(Level level, std::initializer_list<log::Part> parts) {
  log::Line line(clock::Instant(std::chrono::microseconds(1'002'003)), level, "net");
  for (const log::Part& part : parts) {
    line.Append(part);
  }
  return std::string(line.Finish());
}

TEST(LogTest, ALineHasTheTimeTheLibraryAndItsParts) {
  EXPECT_EQ(Text(Level::kInformation, {"address ", 10, ".", std::uint8_t{1}, " up ", true}),
            "[    1.002003] net: address 10.1 up yes\n");
}

TEST(LogTest, NumbersKeepTheirSignAndBase) {
  EXPECT_EQ(
      Text(Level::kInformation, {std::numeric_limits<std::int64_t>::min(), " ",
                                 std::numeric_limits<std::uint64_t>::max(), " ", log::Hex(255)}),
      "[    1.002003] net: -9223372036854775808 18446744073709551615 0xff\n");
}

TEST(LogTest, ErrorsSayTheirName) {
  EXPECT_EQ(Text(Level::kError, {"no device: ", Error::kNotFound}),
            "[    1.002003] error: net: no device: not found\n");
}

TEST(LogTest, ALongLineIsCutAndSaysSo) {
  const std::string text(1000, 'a');
  const std::string line = Text(Level::kWarning, {text.c_str()});
  EXPECT_EQ(line.size(), 240u);
  EXPECT_TRUE(line.ends_with("aaa...\n"));
}

TEST(LogTest, WhatComesFromOutsideCannotForgeALine) {
  EXPECT_EQ(Text(Level::kInformation, {"path ", "/a\n[0.0] error: all is lost\x1b[2J"}),
            "[    1.002003] net: path /a?[0.0] error: all is lost?[2J\n");
}

TEST(LogTest, LinesBelowTheMinimumAreNotWritten) {
  EXPECT_FALSE(log::Enabled(Level::kDebug));
  EXPECT_EQ(log::SetMinimum(Level::kWarning), Level::kInformation);
  EXPECT_FALSE(log::Enabled(Level::kInformation));
  EXPECT_TRUE(log::Enabled(Level::kWarning));
  log::Information("log_test", "not to be seen");
  EXPECT_EQ(log::SetMinimum(Level::kInformation), Level::kWarning);
}

}  // namespace
}  // namespace ashlar
