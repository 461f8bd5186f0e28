// Start information as Xen writes it, and made up, in memory that the test plays.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/start_information.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"

namespace ashlar::xen {
namespace {

// A domain's memory: three pages from kBase on.
constexpr std::uint64_t kBase = 0x10000;
alignas(8) std::byte memory[3 * kPageSize];

std::span<const std::byte> Map(std::uint64_t address, std::size_t size) {
  if (address < kBase || address - kBase > sizeof memory ||
      size > sizeof memory - (address - kBase)) {
    return {};
  }
  return std::span(memory).subspan(address - kBase, size);
}

template <typename T>
void Put(std::uint64_t address, const T& value) {
  std::memcpy(memory + (address - kBase), &value, sizeof value);
}

void PutText(std::uint64_t address, std::string_view text) {
  std::memcpy(memory + (address - kBase), text.data(), text.size());
}

HvmStartInfo GoodPvh() {
  HvmStartInfo info = {};
  info.magic = HvmStartInfo::kMagic;
  return info;
}

Result<PvhStartInformation> Pvh(const HvmStartInfo& info) {
  Put(kBase, info);
  return PvhStartInformation::At(kBase, Map);
}

TEST(PvhStartInformationTest, TheInitialDomainIsKnownByItsFlag) {
  HvmStartInfo info = GoodPvh();
  EXPECT_FALSE(Pvh(info)->initial_domain());
  info.flags = kInitialDomain;
  EXPECT_TRUE(Pvh(info)->initial_domain());
}

TEST(PvhStartInformationTest, WhatIsNoneIsRefused) {
  HvmStartInfo info = GoodPvh();
  info.magic ^= 1;
  EXPECT_EQ(Pvh(info).error(), Error::kBroken);
  EXPECT_EQ(PvhStartInformation::At(0, Map).error(), Error::kBroken);
  EXPECT_EQ(PvhStartInformation::At(kBase + sizeof memory - 8, Map).error(), Error::kBroken);
}

TEST(PvhStartInformationTest, TheCommandLineEndsAtItsNulWhereverThatIs) {
  HvmStartInfo info = GoodPvh();
  EXPECT_EQ(Pvh(info)->command_line(), "");
  info.command_line = kBase + kPageSize - 3;
  PutText(info.command_line, std::string_view("a b=c\0", 6));
  EXPECT_EQ(Pvh(info)->command_line(), "a b=c");
  const auto occupied = Pvh(info)->occupied();
  EXPECT_EQ(occupied[0].base, kBase);
  EXPECT_EQ(occupied[1].base, info.command_line);
  EXPECT_EQ(occupied[1].size, 6U);
}

TEST(PvhStartInformationTest, ACommandLineThatCannotBeReadIsEmptyOrCut) {
  HvmStartInfo info = GoodPvh();
  info.command_line = 0xffff'ffff'ffff'fff0;
  EXPECT_EQ(Pvh(info)->command_line(), "");
  info.command_line = kBase + 2 * kPageSize;
  std::memset(memory + 2 * kPageSize, 'x', kPageSize);  // and no NUL before memory ends
  EXPECT_EQ(Pvh(info)->command_line(), std::string(kPageSize, 'x'));
}

StartInfo GoodPv() {
  StartInfo info = {};
  std::memcpy(info.magic, "xen-3.0-x86_64", 15);
  info.page_count = 1024;
  info.shared_info = 0x1234'5000;
  info.frame_list = 0x21'5000;
  info.page_table = 0x23'1000;
  info.page_table_count = 5;
  std::memcpy(info.command_line, "one two", 8);
  return info;
}

TEST(PvStartInformationTest, SaysWhatXenSaid) {
  StartInfo info = GoodPv();
  info.flags = kInitialDomain;
  const Result<PvStartInformation> information = PvStartInformation::From(info);
  ASSERT_TRUE(information);
  EXPECT_TRUE(information->initial_domain());
  EXPECT_EQ(information->command_line(), "one two");
  EXPECT_EQ(information->page_count(), 1024U);
  EXPECT_EQ(information->frames().size(), 1024U);
  EXPECT_EQ(information->end_of_bootstrap(), 0x23'6000U);
  EXPECT_EQ(information->shared_info(), 0x1234'5000U);
}

TEST(PvStartInformationTest, ACommandLineWithoutANulIsCut) {
  StartInfo info = GoodPv();
  std::memset(info.command_line, 'x', sizeof info.command_line);
  EXPECT_EQ(PvStartInformation::From(info)->command_line(), std::string(1024, 'x'));
}

TEST(PvStartInformationTest, WhatCannotBeIsRefused) {
  const auto refused = [](auto change) {
    StartInfo info = GoodPv();
    change(info);
    return !PvStartInformation::From(info).has_value();
  };
  EXPECT_FALSE(refused([](StartInfo&) {}));
  EXPECT_TRUE(refused([](StartInfo& info) { info.magic[0] = 'y'; }));
  EXPECT_TRUE(refused([](StartInfo& info) { info.page_count = 0; }));
  EXPECT_TRUE(refused([](StartInfo& info) { info.page_count = ~std::uint64_t{0}; }));
  EXPECT_TRUE(refused([](StartInfo& info) { info.page_count = 0x230; }));  // its tables lie outside
  EXPECT_TRUE(refused([](StartInfo& info) { info.frame_list += 1; }));
  EXPECT_TRUE(refused([](StartInfo& info) { info.frame_list = 0x3f'f000; }));
  EXPECT_TRUE(refused([](StartInfo& info) { info.frame_list = ~std::uint64_t{7}; }));
  EXPECT_TRUE(refused([](StartInfo& info) { info.page_table += 8; }));
  EXPECT_TRUE(refused([](StartInfo& info) { info.page_table_count = 1025; }));
  EXPECT_TRUE(refused([](StartInfo& info) { info.page_table_count = ~std::uint64_t{0}; }));
  EXPECT_TRUE(refused([](StartInfo& info) { info.shared_info += 16; }));
}

}  // namespace
}  // namespace ashlar::xen
