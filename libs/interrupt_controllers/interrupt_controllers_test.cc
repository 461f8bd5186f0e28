// The APICs and the 8259, by the accesses that are made on a fake bus.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "libs/interrupt_controllers/i8259.h"
#include "libs/interrupt_controllers/io_apic.h"
#include "libs/interrupt_controllers/local_apic.h"
#include "libs/io/fake_bus.h"

namespace ashlar::interrupt_controllers {
namespace {

using io::FakeBus;
using io::Read;
using io::Write;

TEST(LocalApicTest, EnableMasksEveryLocalSourceFirst) {
  FakeBus::Record record{.reads = {0x00050014}};  // Six entries.
  LocalApic(FakeBus(record)).Enable(0x2f);
  EXPECT_EQ(record.writes, (std::vector<Write>{{0x80, 0, 4},
                                               {0x320, 0x10000, 4},
                                               {0x350, 0x10000, 4},
                                               {0x360, 0x10000, 4},
                                               {0x370, 0x10000, 4},
                                               {0x340, 0x10000, 4},
                                               {0x330, 0x10000, 4},
                                               {0xf0, 0x12f, 4}}));
}

TEST(LocalApicTest, EnableLeavesEntriesAloneThatAreNotThere) {
  FakeBus::Record record{.reads = {0x00030010}};
  LocalApic(FakeBus(record)).Enable(0xff);
  EXPECT_EQ(record.writes.size(), 6U);
}

TEST(LocalApicTest, TimerCountsUndividedTicks) {
  FakeBus::Record record{.reads = {17, 0x03000000}};
  LocalApic apic{FakeBus(record)};
  apic.SetUpTimer(LocalApic<FakeBus>::TimerMode::kOneShot, 0x20);
  apic.StartCountdown(1000);
  EXPECT_EQ(apic.Countdown(), 17U);
  EXPECT_EQ(apic.Id(), 3);
  apic.SetUpTimer(LocalApic<FakeBus>::TimerMode::kTscDeadline, 0x20);
  apic.EndOfInterrupt();
  EXPECT_EQ(record.writes, (std::vector<Write>{{0x3e0, 0xb, 4},
                                               {0x320, 0x20, 4},
                                               {0x380, 1000, 4},
                                               {0x3e0, 0xb, 4},
                                               {0x320, 0x40020, 4},
                                               {0xb0, 0, 4}}));
}

TEST(IoApicTest, RouteMasksWhileItChanges) {
  FakeBus::Record record{.reads = {0x00170020}};
  IoApic apic{FakeBus(record)};
  EXPECT_EQ(apic.input_count(), 24U);
  record.writes.clear();
  apic.Route(5, 0x31, 2, {.level_triggered = true, .active_low = true});
  EXPECT_EQ(record.writes, (std::vector<Write>{{0, 0x1a, 4},
                                               {0x10, 0x10000, 4},
                                               {0, 0x1b, 4},
                                               {0x10, 0x02000000, 4},
                                               {0, 0x1a, 4},
                                               {0x10, 0xa031, 4}}));
}

TEST(I8259Test, MasksAllInputs) {
  FakeBus::Record primary;
  FakeBus::Record secondary;
  MaskI8259(FakeBus(primary), FakeBus(secondary));
  EXPECT_EQ(primary.writes, (std::vector<Write>{{1, 0xff, 1}}));
  EXPECT_EQ(secondary.writes, (std::vector<Write>{{1, 0xff, 1}}));
}

}  // namespace
}  // namespace ashlar::interrupt_controllers
