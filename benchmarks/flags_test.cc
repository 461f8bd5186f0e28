// What is taken, and the sentence for what is not.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/flags.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace benchmarks {
namespace {

class FlagsTest : public testing::Test {
 protected:
  FlagsTest() {
    flags_.AddText("qemu", qemu_, /*for_people=*/false);
    flags_.AddChoice("part", part_, {"all", "cells", "taps"});
    flags_.AddNumber("pairs", pairs_, 100);
    flags_.AddMemory("memory", memory_);
  }

  std::string Complaint(std::vector<std::string> words) const {
    std::vector<char*> pointers;
    for (std::string& word : words) {
      pointers.push_back(word.data());
    }
    const auto parsed = flags_.Parse(pointers);
    return parsed.has_value() ? "none" : parsed.error();
  }

  Flags flags_;
  std::string qemu_;
  std::string part_ = "all";
  std::string memory_ = "4M";
  std::uint64_t pairs_ = 20;
};

TEST_F(FlagsTest, WhatIsNotGivenKeepsItsValue) {
  EXPECT_EQ(Complaint({"--qemu=q/qemu", "--part=cells"}), "none");
  EXPECT_EQ(qemu_, "q/qemu");
  EXPECT_EQ(part_, "cells");
  EXPECT_EQ(memory_, "4M");
  EXPECT_EQ(pairs_, 20u);
}

TEST_F(FlagsTest, TheLastOfAFlagCounts) {
  EXPECT_EQ(Complaint({"--pairs=3", "--memory=1536K", "--pairs=5"}), "none");
  EXPECT_EQ(pairs_, 5u);
  EXPECT_EQ(memory_, "1536K");
}

TEST_F(FlagsTest, MistakesAreOneSentence) {
  for (const char* number : {"", "x", "0", "-1", "3x", "101", "99999999999999999999"}) {
    const std::string word = std::string("--pairs=") + number;
    EXPECT_EQ(Complaint({word}), word + ": give a number from 1 to 100");
  }
  for (const char* size : {"", "4", "M", "0M", "4MB", "x4M"}) {
    const std::string word = std::string("--memory=") + size;
    EXPECT_EQ(Complaint({word}), word + ": give a size with its unit, as 4M");
  }
  EXPECT_EQ(Complaint({"--part=cell"}), "--part=cell: give all, cells or taps");
  EXPECT_EQ(Complaint({"--qemu="}), "--qemu=: give a text");
  for (const char* word : {"--pears=1", "pairs=1", "--pairs", "-pairs=1", "--", "3"}) {
    EXPECT_EQ(Complaint({word}),
              std::string(word) +
                  ": no such option; --NAME=VALUE may be given for part, pairs and memory");
  }
}

}  // namespace
}  // namespace benchmarks
