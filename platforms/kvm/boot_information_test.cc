// Tests of reading what loaders pass, right and wrong.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/boot_information.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "gtest/gtest.h"
#include "libs/base/result.h"

namespace ashlar::kvm {
namespace {

// Physical memory for one test, from address 0 on.
std::array<std::byte, 64 * 1024> memory;

std::span<const std::byte> Map(std::uint64_t address, std::size_t size) {
  if (address > memory.size() || size > memory.size() - address) {
    return {};
  }
  return std::span(memory).subspan(address, size);
}

template <typename T>
void Store(std::size_t address, T value) {
  std::memcpy(&memory[address], &value, sizeof value);
}

void StoreText(std::size_t address, std::string_view text) {
  std::memcpy(&memory[address], text.data(), text.size());
  memory[address + text.size()] = std::byte{0};
}

constexpr std::size_t kStartInfo = 0x6000;
constexpr std::size_t kTable = 0x200;
constexpr std::size_t kText = 0x8ff0;

class BootInformationTest : public testing::Test {
 protected:
  BootInformationTest() { memory.fill(std::byte{0}); }

  static void StorePvh() {
    Store<std::uint32_t>(kStartInfo, 0x336ec578);
    Store<std::uint32_t>(kStartInfo + 4, 1);
    Store<std::uint64_t>(kStartInfo + 24, kText);
    Store<std::uint64_t>(kStartInfo + 32, 0xf5000);
    Store<std::uint64_t>(kStartInfo + 40, kTable);
    Store<std::uint32_t>(kStartInfo + 48, 2);
    Store<std::uint64_t>(kTable, 0);
    Store<std::uint64_t>(kTable + 8, 0x9fc00);
    Store<std::uint32_t>(kTable + 16, 1);
    Store<std::uint64_t>(kTable + 24, 0xf0000);
    Store<std::uint64_t>(kTable + 32, 0x10000);
    Store<std::uint32_t>(kTable + 40, 2);
    StoreText(kText, "one two=three \"four five\" six");
  }

  static void StoreBootParams() {
    Store<std::uint64_t>(0x7000 + 0x70, 0xe0000);
    Store<std::uint8_t>(0x7000 + 0x1e8, 2);
    Store<std::uint16_t>(0x7000 + 0x1fe, 0xaa55);
    Store<std::uint32_t>(0x7000 + 0x202, 0x53726448);
    Store<std::uint32_t>(0x7000 + 0x228, kText);
    Store<std::uint64_t>(0x7000 + 0x2d0 + 20, 0x100000);
    Store<std::uint64_t>(0x7000 + 0x2d0 + 28, 0x7f00000);
    Store<std::uint32_t>(0x7000 + 0x2d0 + 36, 1);
    StoreText(kText, "console=none");
  }
};

TEST_F(BootInformationTest, ReadsStartInfo) {
  StorePvh();
  const auto information = BootInformation::FromStartInfo(kStartInfo, Map);
  ASSERT_TRUE(information);
  ASSERT_EQ(information->memory_ranges().size(), 2U);
  EXPECT_EQ(information->memory_ranges()[0].size, 0x9fc00U);
  EXPECT_TRUE(information->memory_ranges()[0].usable);
  EXPECT_EQ(information->memory_ranges()[1].base, 0xf0000U);
  EXPECT_FALSE(information->memory_ranges()[1].usable);
  EXPECT_EQ(information->command_line(), "one two=three \"four five\" six");
  EXPECT_EQ(information->acpi_root_pointer(), 0xf5000U);
  EXPECT_EQ(information->occupied()[0].base, kStartInfo);
  EXPECT_EQ(information->occupied()[1].size, 48U);
  EXPECT_EQ(information->occupied()[2].base, kText);
}

TEST_F(BootInformationTest, ReadsBootParams) {
  StoreBootParams();
  const auto information = BootInformation::FromBootParams(0x7000, Map);
  ASSERT_TRUE(information);
  ASSERT_EQ(information->memory_ranges().size(), 2U);
  EXPECT_EQ(information->memory_ranges()[1].base, 0x100000U);
  EXPECT_EQ(information->memory_ranges()[1].size, 0x7f00000U);
  EXPECT_TRUE(information->memory_ranges()[1].usable);
  EXPECT_EQ(information->command_line(), "console=none");
  EXPECT_EQ(information->acpi_root_pointer(), 0xe0000U);
}

TEST_F(BootInformationTest, RefusesWhatIsNeither) {
  EXPECT_FALSE(BootInformation::FromStartInfo(kStartInfo, Map));
  EXPECT_FALSE(BootInformation::FromBootParams(0x7000, Map));
  StorePvh();
  EXPECT_FALSE(BootInformation::FromStartInfo(memory.size() - 8, Map));
  EXPECT_FALSE(BootInformation::FromStartInfo(~std::uint64_t{0}, Map));
  Store<std::uint32_t>(kStartInfo + 4, 0);
  EXPECT_FALSE(BootInformation::FromStartInfo(kStartInfo, Map));
}

TEST_F(BootInformationTest, AnImpossibleCountIsNone) {
  StorePvh();
  Store<std::uint32_t>(kStartInfo + 48, 0xffffffff);
  EXPECT_EQ(BootInformation::FromStartInfo(kStartInfo, Map)->memory_ranges().size(), 0U);
  StoreBootParams();
  Store<std::uint8_t>(0x7000 + 0x1e8, 129);
  EXPECT_EQ(BootInformation::FromBootParams(0x7000, Map)->memory_ranges().size(), 0U);
}

TEST_F(BootInformationTest, PointersOutOfMemoryGiveNothing) {
  StorePvh();
  Store<std::uint64_t>(kStartInfo + 24, ~std::uint64_t{0} - 4);
  Store<std::uint64_t>(kStartInfo + 40, memory.size() - 30);
  const auto information = BootInformation::FromStartInfo(kStartInfo, Map);
  ASSERT_TRUE(information);
  EXPECT_EQ(information->command_line(), "");
  EXPECT_EQ(information->memory_ranges().size(), 0U);
}

TEST_F(BootInformationTest, ACommandLineWithoutEndIsCutOff) {
  StorePvh();
  std::memset(&memory[kText], 'x', 5000);
  const auto information = BootInformation::FromStartInfo(kStartInfo, Map);
  ASSERT_TRUE(information);
  EXPECT_EQ(information->command_line().size(), 4096U);
  Store<std::uint64_t>(kStartInfo + 24, memory.size() - 100);
  std::memset(&memory[memory.size() - 100], 'x', 100);
  EXPECT_EQ(BootInformation::FromStartInfo(kStartInfo, Map)->command_line().size(), 100U);
}

}  // namespace
}  // namespace ashlar::kvm
