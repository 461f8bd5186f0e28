// Words split, joined and quoted, and parameters among them.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/words.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::run {
namespace {

using Words = std::vector<std::string>;

TEST(WordsTest, SplitsAtBlanksAndKeepsQuotedOnes) {
  EXPECT_EQ(SplitWords(""), Words());
  EXPECT_EQ(SplitWords("  a\tb  "), (Words{"a", "b"}));
  EXPECT_EQ(SplitWords("a \"b c\" d=\"e f\" \"\""), (Words{"a", "b c", "d=e f", ""}));
}

TEST(WordsTest, JoinsWhatItSplits) {
  const Words words = {"net.dhcp=no", "--", "two words", ""};
  const auto text = JoinWords(words);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text, "net.dhcp=no -- \"two words\" \"\"");
  EXPECT_EQ(SplitWords(*text), words);
  EXPECT_FALSE(JoinWords(Words{"a\"b"}).has_value());
}

TEST(WordsTest, ParametersComeBeforeTheArguments) {
  EXPECT_EQ(AddParameters(Words{}, Words{"a.b=1"}), (Words{"a.b=1", "--"}));
  EXPECT_EQ(AddParameters(Words{"x.y=2", "--", "arg"}, Words{"a.b=1"}),
            (Words{"a.b=1", "x.y=2", "--", "arg"}));
}

TEST(WordsTest, WithoutASeparatorParametersAreKnownByTheirForm) {
  EXPECT_EQ(AddParameters(Words{"arg", "x.y=2", "--gtest_filter=A.b=c", "name=value", ".x=1"},
                          Words{"a.b=1"}),
            (Words{"a.b=1", "x.y=2", "--", "arg", "--gtest_filter=A.b=c", "name=value", ".x=1"}));
}

TEST(WordsTest, FindsParametersBeforeTheSeparatorOnly) {
  const Words words = {"net.address=1", "--", "net.gateway=2"};
  EXPECT_TRUE(HasParameter(words, "net.address"));
  EXPECT_FALSE(HasParameter(words, "net.addr"));
  EXPECT_FALSE(HasParameter(words, "net.gateway"));
}

TEST(WordsTest, TwoCommasAreOneOfQemus) {
  EXPECT_EQ(EscapeCommas("a,b,,c d"), "a,,b,,,,c d");
  EXPECT_EQ(EscapeCommas(""), "");
}

TEST(WordsTest, QuotesForAShell) {
  EXPECT_EQ(QuoteForShell(Words{"qemu", "-m", "8M", "a b", "it's", "$HOME", ""}),
            "qemu -m 8M 'a b' 'it'\\''s' '$HOME' ''");
}

}  // namespace
}  // namespace ashlar::run
