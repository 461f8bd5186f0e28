// Splitting and looking up, and in images the command line that the rule gave.
// SPDX-License-Identifier: Apache-2.0
#include "libs/command_line/words.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/command_line/command_line.h"

namespace ashlar::command_line {
namespace {

struct Splitting {
  explicit Splitting(std::string given, std::size_t room = 8)
      : text(std::move(given)), pointers(room) {
    text.push_back('\0');
    result = Split(text, pointers);
    for (std::size_t i = 0; result && i < *result; ++i) {
      words.emplace_back(pointers[i]);
    }
  }
  std::string text;
  std::vector<char*> pointers;
  Result<std::size_t> result;
  std::vector<std::string> words;
};

TEST(SplitTest, BlanksSeparateWords) {
  EXPECT_EQ(Splitting("  a bc\td \n").words, (std::vector<std::string>{"a", "bc", "d"}));
  EXPECT_TRUE(Splitting("").words.empty());
  EXPECT_TRUE(Splitting("   ").words.empty());
}

TEST(SplitTest, QuotesHoldBlanksTogetherAndGoAway) {
  EXPECT_EQ(Splitting("a=\"b c\" \"\" d\"e\"f").words,
            (std::vector<std::string>{"a=b c", "", "def"}));
}

TEST(SplitTest, AnOpenQuoteIsRefused) {
  EXPECT_EQ(Splitting("a \"b").result.error(), Error::kInvalidArgument);
}

TEST(SplitTest, MoreWordsThanFitAreRefused) {
  EXPECT_EQ(Splitting("a b c", 2).result.error(), Error::kNoSpace);
  EXPECT_EQ(Splitting("a b", 2).words.size(), 2U);
}

TEST(SplitTest, WhatHypervisorsAppendIsLeftOut) {
  EXPECT_EQ(Splitting("a virtio_mmio.device=512@0xfeb00e00:12 b").words,
            (std::vector<std::string>{"a", "b"}));
}

TEST(FindParameterTest, TheLastOneBeforeTheDashesCounts) {
  Splitting line("net.mtu=1 net.mtu=2 net.mtux=4 -- net.mtu=3");
  const std::span<char* const> words(line.pointers.data(), *line.result);
  EXPECT_EQ(FindParameter(words, "net.mtu"), "2");
  EXPECT_EQ(FindParameter(words, "net.m"), std::nullopt);
  EXPECT_EQ(FirstArgument(words), 4U);
}

TEST(FindParameterTest, WithoutDashesAllWordsAreSearched) {
  Splitting line("file name=");
  const std::span<char* const> words(line.pointers.data(), *line.result);
  EXPECT_EQ(FindParameter(words, "name"), "");
  EXPECT_EQ(FirstArgument(words), 0U);
}

TEST(CommandLineTest, ArgumentsBeginBehindTheDashesAndEndWithANullPointer) {
  const std::span<char*> arguments = Arguments();
  ASSERT_GE(arguments.size(), 1U);
  EXPECT_EQ(arguments.data()[arguments.size()], nullptr);
  if (Parameter("net.address")) {  // in an image, whose command line the BUILD file gives
    EXPECT_EQ(*Parameter("net.address"), "10.0.0.2/24");
    ASSERT_EQ(arguments.size(), 3U);
    EXPECT_STREQ(arguments[2], "two three");
    EXPECT_GE(Words().size(),
              4U);  // whoever starts the image may put parameters of its own before the dashes
  }
}

}  // namespace
}  // namespace ashlar::command_line
