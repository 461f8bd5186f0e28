// Each refusal, provoked by an ELF file that the linker made for it. The files' paths are in the
// environment, by their targets' names.
// SPDX-License-Identifier: Apache-2.0
#include "rules/tools/image_faults.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace ashlar::check_image {
namespace {

using Faults = std::vector<std::string>;

std::string FileOf(const char* name) {
  const char* path = std::getenv(name);
  std::ifstream file(path == nullptr ? name : path, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

Findings Check(const std::string& bytes, const Limits& limits = {.memory_mib = 16},
               std::uint64_t image_bytes = 1000) {
  return CheckImage(std::as_bytes(std::span(bytes)), image_bytes, limits);
}

TEST(ImageFaultsTest, AnImageAsItShouldBeHasNone) {
  const Findings findings = Check(FileOf("GOOD"));
  EXPECT_EQ(findings.faults, Faults());
  EXPECT_TRUE(findings.report.contains(" r-x\n")) << findings.report;
  EXPECT_TRUE(findings.report.contains(" rw-\n")) << findings.report;
  EXPECT_FALSE(findings.report.contains("wx\n")) << findings.report;
  EXPECT_TRUE(findings.report.contains("of 16777216 bytes\nfile 1000 bytes\n")) << findings.report;
}

TEST(ImageFaultsTest, ASegmentBothWritableAndExecutableIsRefused) {
  const Findings findings = Check(FileOf("WRITABLE_CODE"));
  ASSERT_EQ(findings.faults.size(), 1u);
  EXPECT_TRUE(findings.faults[0].contains("is both writable and executable")) << findings.faults[0];
  EXPECT_TRUE(findings.report.contains(" rwx\n")) << findings.report;
}

TEST(ImageFaultsTest, UndefinedSymbolsAreRefusedWeakOnesToo) {
  Faults faults = Check(FileOf("UNDEFINED")).faults;
  std::ranges::sort(faults);
  EXPECT_EQ(faults,
            (Faults{"nowhere is undefined: depend on the library that defines it",
                    "perhaps is undefined (weakly, so it would be called as address zero): depend "
                    "on the library that defines it"}));
}

TEST(ImageFaultsTest, AnImageLargerThanItsMemoryIsRefused) {
  // From the machine's first byte, as its memory does: the image begins at 2 MiB and has three.
  const std::string image = FileOf("GOOD");
  EXPECT_EQ(Check(image, {.memory_mib = 6}).faults, Faults());
  const Findings findings = Check(image, {.memory_mib = 5});
  ASSERT_EQ(findings.faults.size(), 1u);
  EXPECT_TRUE(
      findings.faults[0].ends_with("KiB but memory_mib = 5: raise memory_mib to at least 6"))
      << findings.faults[0];
}

TEST(ImageFaultsTest, OfAProcessOnlyTheExtentCounts) {
  const std::string image = FileOf("PROCESS");
  EXPECT_EQ(Check(image, {.memory_mib = 4}).faults, Faults());
  const Findings findings = Check(image, {.memory_mib = 3});
  ASSERT_EQ(findings.faults.size(), 1u);
  EXPECT_TRUE(findings.faults[0].ends_with("raise memory_mib to at least 4")) << findings.faults[0];
}

TEST(ImageFaultsTest, AFileLargerThanAllowedIsRefused) {
  const std::string image = FileOf("GOOD");
  EXPECT_EQ(Check(image, {.memory_mib = 16, .max_bytes = 1000}, 1000).faults, Faults());
  EXPECT_EQ(Check(image, {.memory_mib = 16, .max_bytes = 999}, 1000).faults,
            Faults{"it has 1000 bytes but max_bytes = 999: see what grew in the `map` output "
                   "group, or raise the limit"});
}

TEST(ImageFaultsTest, WhatIsNoStaticProgramIsRefused) {
  const Faults no_program = {
      "the linker's output is no static ELF program: look at the machine's linker script"};
  EXPECT_EQ(Check("").faults, no_program);
  EXPECT_EQ(Check("#!/bin/sh\n").faults, no_program);
  EXPECT_EQ(Check(FileOf("POSITION_INDEPENDENT")).faults, no_program);
}

TEST(ImageFaultsTest, AnImageWithNothingToLoadIsRefused) {
  EXPECT_EQ(Check(FileOf("NOTHING_TO_LOAD")).faults,
            Faults{"the image has nothing to load: look at the machine's linker script"});
}

TEST(ImageFaultsTest, AnImageCutShortIsRefused) {
  const std::string image = FileOf("GOOD");
  EXPECT_EQ(Check(image.substr(0, image.size() - 1)).faults,
            Faults{"the linker's output is cut short: build it again"});
}

TEST(ImageFaultsTest, EachFaultOfAnImageIsTold) {
  const Findings findings =
      Check(FileOf("WRITABLE_CODE"), {.memory_mib = 1, .max_bytes = 999}, 1000);
  ASSERT_EQ(findings.faults.size(), 3u);
  EXPECT_TRUE(findings.faults[0].contains("writable and executable"));
  EXPECT_TRUE(findings.faults[1].contains("memory_mib = 1"));
  EXPECT_TRUE(findings.faults[2].contains("max_bytes = 999"));
}

}  // namespace
}  // namespace ashlar::check_image
