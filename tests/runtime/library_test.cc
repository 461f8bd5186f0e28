// The C++ standard library: containers, ranges, text, time, random numbers, streams.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <any>
#include <bitset>
#include <charconv>
#include <chrono>
#include <deque>
#include <expected>
#include <format>
#include <functional>
#include <iomanip>
#include <iostream>
#include <list>
#include <locale>
#include <map>
#include <memory_resource>
#include <numeric>
#include <optional>
#include <print>
#include <queue>
#include <random>
#include <ranges>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <valarray>
#include <variant>
#include <vector>

namespace {

using std::string_view_literals::operator""sv;

TEST(Containers, HoldWhatIsPutIn) {
  std::map<std::string, int> ordered;
  std::unordered_map<int, std::string> hashed;
  std::deque<int> ends;
  for (int i = 0; i < 2000; ++i) {
    ordered[std::to_string(i)] = i;
    hashed[i] = std::to_string(i);
    i % 2 == 0 ? ends.push_back(i) : ends.push_front(i);
  }
  EXPECT_EQ(ordered.size(), 2000u);
  EXPECT_EQ(ordered.at("1999"), 1999);
  EXPECT_EQ(hashed.at(1234), "1234");
  EXPECT_EQ(ends.front(), 1999);
  EXPECT_EQ(std::accumulate(ends.begin(), ends.end(), 0), 1999 * 1000);
  std::priority_queue<int> queue(ends.begin(), ends.end());
  EXPECT_EQ(queue.top(), 1999);
  std::list<int> list(ends.begin(), ends.end());
  list.sort();
  EXPECT_TRUE(std::ranges::is_sorted(list));
}

TEST(Containers, TakeMemoryFromAResource) {
  std::byte buffer[4096];
  std::pmr::monotonic_buffer_resource resource(buffer, sizeof(buffer),
                                               std::pmr::null_memory_resource());
  std::pmr::vector<int> numbers(&resource);
  numbers.resize(100, 7);
  EXPECT_EQ(numbers[99], 7);
  EXPECT_THROW(numbers.resize(10000), std::bad_alloc);
}

TEST(Ranges, Compose) {
  const auto squares =
      std::views::iota(1, 20) | std::views::filter([](int i) { return i % 2 == 1; }) |
      std::views::transform([](int i) { return i * i; }) | std::ranges::to<std::vector>();
  EXPECT_EQ(squares.size(), 10u);
  EXPECT_EQ(squares.back(), 361);
  std::string joined;
  for (const auto part : std::views::split("a,b,c"sv, ',')) {
    joined += std::string_view(part);
  }
  EXPECT_EQ(joined, "abc");
}

TEST(Vocabulary, SumTypesKnowWhatTheyHold) {
  std::variant<int, std::string> either = "text";
  EXPECT_EQ(std::visit([](const auto& value) { return sizeof(value) > 4; }, either), true);
  EXPECT_THROW(std::get<int>(either), std::bad_variant_access);
  EXPECT_THROW(std::any_cast<int>(std::any(1.5)), std::bad_any_cast);
  EXPECT_EQ(std::optional<int>().value_or(3), 3);
  EXPECT_EQ((std::expected<int, int>(std::unexpected(4)).error()), 4);
  const std::function<int(int)> twice = [](int i) { return 2 * i; };
  EXPECT_EQ(twice(4), 8);
}

TEST(Text, FormatKnowsItsSpecifications) {
  EXPECT_EQ(std::format("{:>6}|{:<6}|{:^6}", "a", "b", "c"), "     a|b     |  c   ");
  EXPECT_EQ(std::format("{:#x} {:08b} {:+}", 255, 5, 3), "0xff 00000101 +3");
  EXPECT_EQ(std::format("{:.3f} {:e} {}", 3.14159, 12345.678, 0.1), "3.142 1.234568e+04 0.1");
  EXPECT_EQ(std::format("{1} {0}", "world", "hello"), "hello world");
  EXPECT_THROW((void)std::vformat("{:d}", std::make_format_args("text")), std::format_error);
}

TEST(Text, NumbersConvertBothWays) {
  char buffer[64];
  const auto written = std::to_chars(buffer, buffer + sizeof(buffer), 0.3);
  EXPECT_EQ(std::string_view(buffer, written.ptr), "0.3");
  int number = 0;
  const std::string_view digits = "123x";
  EXPECT_EQ(std::from_chars(digits.data(), digits.data() + digits.size(), number).ec, std::errc());
  EXPECT_EQ(number, 123);
  EXPECT_EQ(std::stod("2.5e3"), 2500.0);
  EXPECT_EQ(std::to_string(-17), "-17");
}

TEST(Text, RegularExpressionsMatchAndReplace) {
  const std::regex address(R"((\w+)@(\w+)\.com)");
  std::smatch match;
  const std::string text = "write to me@example.com today";
  ASSERT_TRUE(std::regex_search(text, match, address));
  EXPECT_EQ(match[1], "me");
  EXPECT_EQ(std::regex_replace(text, address, "$2"), "write to example today");
  EXPECT_THROW(std::regex("("), std::regex_error);
}

TEST(Streams, WriteAndRead) {
  std::ostringstream out;
  out << std::setw(5) << 42 << ' ' << std::hex << 255 << ' ' << std::fixed << std::setprecision(2)
      << 1.5 << ' ' << std::boolalpha << true;
  EXPECT_EQ(out.str(), "   42 ff 1.50 true");
  std::istringstream in("12 2.5 word\nwhole line");
  int number = 0;
  double value = 0;
  std::string word;
  std::string line;
  in >> number >> value >> word >> std::ws;
  std::getline(in, line);
  EXPECT_EQ(number, 12);
  EXPECT_EQ(value, 2.5);
  EXPECT_EQ(word, "word");
  EXPECT_EQ(line, "whole line");
}

TEST(Streams, TheStandardOnesTakeText) {
  std::cout << "cout: " << 1 << std::endl;
  std::cerr << "cerr: " << 2.5 << '\n';
  std::println("println: {}", 3);
  EXPECT_TRUE(std::cout.good());
}

TEST(Streams, LocalesHaveFacets) {
  const std::locale classic = std::locale::classic();
  EXPECT_EQ(std::use_facet<std::numpunct<char>>(classic).decimal_point(), '.');
  EXPECT_EQ(std::toupper('a', classic), 'A');
  EXPECT_TRUE(std::isdigit('7', classic));
  EXPECT_THROW(std::locale("no such locale"), std::runtime_error);
}

TEST(Time, CalendarsAndDurationsFormat) {
  using namespace std::chrono;
  EXPECT_EQ(std::format("{:%F}", sys_days{2024y / February / 29}), "2024-02-29");
  EXPECT_EQ(std::format("{:%T}", 3723s), "01:02:03");
  EXPECT_EQ(weekday(sys_days{2000y / January / 1}), Saturday);
  const auto before = steady_clock::now();
  EXPECT_GE(steady_clock::now(), before);
}

TEST(Random, EnginesAreTheStandardOnes) {
  std::mt19937_64 engine;
  engine.discard(9999);
  EXPECT_EQ(engine(), 9981545732273789042u);
  std::uniform_int_distribution<int> dice(1, 6);
  for (int i = 0; i < 100; ++i) {
    const int roll = dice(engine);
    ASSERT_TRUE(roll >= 1 && roll <= 6);
  }
}

TEST(Algorithms, SortStablyAndInParallelOrder) {
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < 1000; ++i) {
    pairs.emplace_back(i * 7919 % 10, i);
  }
  std::ranges::stable_sort(pairs, {}, &std::pair<int, int>::first);
  EXPECT_TRUE(std::ranges::is_sorted(pairs));
  std::valarray<double> values = {1, 2, 3};
  EXPECT_EQ((values * values).sum(), 14);
  EXPECT_EQ(std::bitset<16>(0xF0).count(), 4u);
}

}  // namespace
