// How lines are taken to behave, with and without a word of the firmware's.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/pc/interrupt_source.h"

#include <array>

#include "gtest/gtest.h"
#include "libs/acpi/madt.h"
#include "libs/interrupt_controllers/io_apic.h"

namespace ashlar::pc {
namespace {

// Of the timer, and of ACPI's own interrupt as QEMU and many PCs have it.
constexpr std::array<acpi::InterruptOverride, 2> kOverrides = {
    {{.isa_interrupt = 0, .global_interrupt = 2, .level_triggered = false, .active_low = false},
     {.isa_interrupt = 9, .global_interrupt = 9, .level_triggered = true, .active_low = false}}};

TEST(InterruptSourceTest, ALineOfPciIsTriggeredByItsLowLevel) {
  const interrupt_controllers::LineMode mode = InterruptSource{18}.ModeOf(kOverrides);
  EXPECT_TRUE(mode.level_triggered);
  EXPECT_TRUE(mode.active_low);
}

TEST(InterruptSourceTest, AnEdgeIsHighAndKeepsItsNumber) {
  constexpr InterruptSource kSource = InterruptSource::Edge(5);
  EXPECT_EQ(kSource.number(), 5u);
  const interrupt_controllers::LineMode mode = kSource.ModeOf(kOverrides);
  EXPECT_FALSE(mode.level_triggered);
  EXPECT_FALSE(mode.active_low);
}

TEST(InterruptSourceTest, WhatTheFirmwareSaysCounts) {
  for (const InterruptSource source : {InterruptSource{9}, InterruptSource::Edge(9)}) {
    const interrupt_controllers::LineMode mode = source.ModeOf(kOverrides);
    EXPECT_TRUE(mode.level_triggered);
    EXPECT_FALSE(mode.active_low);
  }
  EXPECT_FALSE(InterruptSource{2}.ModeOf(kOverrides).level_triggered);
}

}  // namespace
}  // namespace ashlar::pc
