// Tests of reading what multiboot2 loaders pass, right and wrong.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/bare_metal/boot_information.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "platforms/pc/memory_ranges.h"

namespace ashlar::bare_metal {
namespace {

// Physical memory for one test, from address 0 on.
alignas(8) std::array<std::byte, 64 * 1024> memory;

std::span<const std::byte> Map(std::uint64_t address, std::size_t size) {
  if (address > memory.size() || size > memory.size() - address) {
    return {};
  }
  return std::span(memory).subspan(address, size);
}

constexpr std::size_t kAddress = 0x2000;
constexpr std::size_t kModule = 0x8000;

// Appends to the structure at kAddress.
class Writer {
 public:
  Writer() {
    memory.fill(std::byte{0});
    Put<std::uint32_t>(0);
    Put<std::uint32_t>(0);
  }

  template <typename T>
  Writer& Put(T value) {
    std::memcpy(&memory[kAddress + size_], &value, sizeof value);
    size_ += sizeof value;
    return *this;
  }
  Writer& Text(std::string_view text) {
    std::memcpy(&memory[kAddress + size_], text.data(), text.size());
    size_ += text.size() + 1;
    return *this;
  }

  Writer& Begin(std::uint32_t type) {
    size_ = (size_ + 7) / 8 * 8;
    tag_ = size_;
    return Put(type).Put<std::uint32_t>(0);
  }
  Writer& End() {
    const auto size = static_cast<std::uint32_t>(size_ - tag_);
    std::memcpy(&memory[kAddress + tag_ + 4], &size, sizeof size);
    return *this;
  }

  Result<BootInformation> Read() {
    Begin(0).End();
    const auto size = static_cast<std::uint32_t>(size_);
    std::memcpy(&memory[kAddress], &size, sizeof size);
    return BootInformation::FromMultiboot2(kAddress, Map);
  }

  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
  std::size_t tag_ = 0;
};

Writer& PutMemoryMap(Writer& writer, std::uint32_t stride) {
  writer.Begin(6).Put(stride).Put<std::uint32_t>(0);
  const std::array<std::array<std::uint64_t, 3>, 2> entries = {
      {{0x100000, 0x3e00000, 1}, {0xfeffc000, 0x4000, 2}}};
  for (const auto& [base, size, type] : entries) {
    writer.Put(base).Put(size).Put(static_cast<std::uint32_t>(type)).Put<std::uint32_t>(0);
    for (std::uint32_t i = 24; i < stride; ++i) {
      writer.Put<std::uint8_t>(0xff);
    }
  }
  return writer.End();
}

Writer& PutModule(Writer& writer, std::string_view name, std::string_view contents) {
  std::memcpy(&memory[kModule], contents.data(), contents.size());
  return writer.Begin(3)
      .Put<std::uint32_t>(kModule)
      .Put<std::uint32_t>(kModule + 4096)
      .Text(name)
      .End();
}

TEST(BootInformationTest, TheMemoryMapIsReadWhateverItsEntriesSize) {
  for (const std::uint32_t stride : {24u, 32u, 40u}) {
    Writer writer;
    const auto information = PutMemoryMap(writer, stride).Read();
    ASSERT_TRUE(information);
    const pc::MemoryRanges ranges = information->memory_ranges();
    ASSERT_EQ(ranges.size(), 2u) << stride;
    EXPECT_EQ(ranges[0].base, 0x100000u);
    EXPECT_EQ(ranges[0].size, 0x3e00000u);
    EXPECT_TRUE(ranges[0].usable);
    EXPECT_FALSE(ranges[1].usable);
  }
}

TEST(BootInformationTest, AMemoryMapWithEntriesThatHoldNothingIsNone) {
  for (const std::uint32_t stride : {0u, 1u, 19u}) {
    Writer writer;
    writer.Begin(6).Put(stride).Put<std::uint32_t>(0).Put<std::uint64_t>(0).End();
    EXPECT_EQ(writer.Read()->memory_ranges().size(), 0u) << stride;
  }
  Writer shorter;
  shorter.Begin(6).End();
  EXPECT_EQ(shorter.Read()->memory_ranges().size(), 0u);
  Writer without;
  EXPECT_EQ(without.Read()->memory_ranges().size(), 0u);
}

TEST(BootInformationTest, TheLoadersOwnWordsComeBeforeTheModules) {
  Writer writer;
  writer.Begin(1).Text("-- one two").End();
  PutModule(writer, "command_line", "ashlar command line:\nthree");
  EXPECT_EQ(writer.Read()->command_line(), "-- one two");
}

TEST(BootInformationTest, WithoutWordsOfItsOwnTheModulesAreTaken) {
  Writer writer;
  writer.Begin(1).Text("").End();
  PutModule(writer, "command_line", "ashlar command line:\nnet.address=10.0.0.2/24 -- \"a b\"");
  const auto information = writer.Read();
  EXPECT_EQ(information->command_line(), "net.address=10.0.0.2/24 -- \"a b\"");
  const auto occupied = information->occupied();
  EXPECT_EQ(occupied[0].base, kAddress);
  EXPECT_EQ(occupied[0].size, writer.size());
  EXPECT_EQ(occupied[1].base, kModule);
  EXPECT_EQ(occupied[1].size, 4096u);
}

TEST(BootInformationTest, OtherModulesAreNoCommandLine) {
  Writer other_name;
  PutModule(other_name, "disk", "ashlar command line:\nwords");
  EXPECT_EQ(other_name.Read()->command_line(), "");
  Writer other_contents;
  PutModule(other_contents, "command_line", "words");
  EXPECT_EQ(other_contents.Read()->command_line(), "");
  Writer nowhere;
  nowhere.Begin(3)
      .Put<std::uint32_t>(0x20000)
      .Put<std::uint32_t>(0x21000)
      .Text("command_line")
      .End();
  EXPECT_EQ(nowhere.Read()->command_line(), "");
  Writer backwards;
  backwards.Begin(3)
      .Put<std::uint32_t>(kModule + 1)
      .Put<std::uint32_t>(kModule)
      .Text("command_line")
      .End();
  EXPECT_EQ(backwards.Read()->command_line(), "");
}

TEST(BootInformationTest, ATextWithoutAnEndEndsWithItsTag) {
  Writer writer;
  writer.Begin(1).Put<std::uint32_t>(0x41414141).Put<std::uint32_t>(0x41414141).End();
  EXPECT_EQ(writer.Read()->command_line(), "AAAAAAAA");
}

TEST(BootInformationTest, TheNewerRootPointerIsTaken) {
  Writer both;
  both.Begin(14).Text("RSD PTR old").End().Begin(15).Text("RSD PTR new").End();
  const std::uint64_t address = both.Read()->acpi_root_pointer();
  EXPECT_EQ(std::memcmp(&memory[address], "RSD PTR new", 11), 0);
  Writer old;
  old.Begin(14).Text("RSD PTR old").End();
  EXPECT_EQ(std::memcmp(&memory[old.Read()->acpi_root_pointer()], "RSD PTR old", 11), 0);
  Writer none;
  none.Begin(15).End();
  EXPECT_EQ(none.Read()->acpi_root_pointer(), 0u);
}

Writer& PutScreen(Writer& writer, std::uint64_t address, std::uint32_t pitch, std::uint32_t width,
                  std::uint32_t height, std::uint8_t bits, std::uint8_t type) {
  return writer.Begin(8)
      .Put(address)
      .Put(pitch)
      .Put(width)
      .Put(height)
      .Put(bits)
      .Put(type)
      .Put<std::uint16_t>(0)
      .End();
}

TEST(BootInformationTest, ScreensOfPixelsAndOfTextAreTold) {
  Writer pixels;
  PutScreen(pixels, 0xfd000000, 4096, 1024, 768, 32, 1);
  const std::optional<Screen> screen = pixels.Read()->screen();
  ASSERT_TRUE(screen);
  EXPECT_EQ(screen->address, 0xfd000000u);
  EXPECT_FALSE(screen->is_text);
  EXPECT_EQ(screen->layout.width, 1024u);
  EXPECT_EQ(screen->layout.bytes_per_pixel, 4u);
  Writer text;
  PutScreen(text, 0xb8000, 160, 80, 25, 16, 2);
  ASSERT_TRUE(text.Read()->screen());
  EXPECT_TRUE(text.Read()->screen()->is_text);
}

TEST(BootInformationTest, AScreenThatMakesNoSenseIsNone) {
  const auto refused = [](std::uint64_t address, std::uint32_t pitch, std::uint32_t width,
                          std::uint32_t height, std::uint8_t bits, std::uint8_t type) {
    Writer writer;
    return !PutScreen(writer, address, pitch, width, height, bits, type).Read()->screen();
  };
  EXPECT_TRUE(refused(0, 4096, 1024, 768, 32, 1));
  EXPECT_TRUE(refused(0xfd000000, 4095, 1024, 768, 32, 1));
  EXPECT_TRUE(refused(0xfd000000, 4096, 0, 768, 32, 1));
  EXPECT_TRUE(refused(0xfd000000, 4096, 1024, 15, 32, 1));
  EXPECT_TRUE(refused(0xfd000000, 4096, 1024, 0xffffffff, 32, 1));
  EXPECT_TRUE(refused(0xfd000000, 0xffffffff, 1024, 768, 32, 1));
  EXPECT_TRUE(refused(0xfd000000, 4096, 0x40000001, 768, 32, 1));
  EXPECT_TRUE(refused(0xfd000000, 4096, 1024, 768, 8, 1));
  EXPECT_TRUE(refused(0xfd000000, 4096, 1024, 768, 32, 0));
  EXPECT_TRUE(refused(0xfd000000, 4096, 1024, 768, 32, 3));
  EXPECT_TRUE(refused(0xb8000, 160, 80, 25, 32, 2));
  EXPECT_TRUE(refused(~std::uint64_t{0} - 4096, 4096, 1024, 768, 32, 1));
  Writer shorter;
  shorter.Begin(8).Put<std::uint64_t>(0xfd000000).End();
  EXPECT_FALSE(shorter.Read()->screen());
}

TEST(BootInformationTest, WhatDoesNotAddUpIsBroken) {
  const auto broken = [](std::size_t offset, std::uint32_t value) {
    Writer writer;
    writer.Begin(1).Text("words").End();
    (void)writer.Read();
    std::memcpy(&memory[kAddress + offset], &value, sizeof value);
    const auto result = BootInformation::FromMultiboot2(kAddress, Map);
    return !result && result.error() == Error::kBroken;
  };
  for (const std::uint32_t total : {0u, 8u, 15u, 24u, 31u, 0x10000u, 0xffffffffu}) {
    EXPECT_TRUE(broken(0, total)) << total;
  }
  for (const std::uint32_t tag : {0u, 7u, 27u, 1000u, 0xfffffff9u, 0xffffffffu}) {
    EXPECT_TRUE(broken(12, tag)) << tag;
  }
  EXPECT_FALSE(BootInformation::FromMultiboot2(0, Map));
  EXPECT_FALSE(BootInformation::FromMultiboot2(kAddress + 4, Map));
  EXPECT_FALSE(BootInformation::FromMultiboot2(memory.size(), Map));
}

}  // namespace
}  // namespace ashlar::bare_metal
