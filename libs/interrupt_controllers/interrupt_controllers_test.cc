// The APICs and the 8259, by the accesses that are made on a fake bus.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "libs/interrupt_controllers/i8259.h"
#include "libs/interrupt_controllers/io_apic.h"
#include "libs/interrupt_controllers/local_apic.h"
#include "libs/interrupt_controllers/local_apic_bus.h"
#include "libs/io/fake_bus.h"

namespace ashlar::interrupt_controllers {
namespace {

using io::FakeBus;
using io::Read;
using io::Write;

TEST(LocalApicTest, EnableMasksEveryLocalSourceFirst) {
  FakeBus::Record record{.reads = {0x00050014, 0x400, 0x10000}};  // Six entries.
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

TEST(LocalApicTest, EnableLeavesEntriesAloneThatAreTheFirmwares) {
  FakeBus::Record record{.reads = {0x00050014, 0x10000, 0x200}};  // thermal: SMI
  LocalApic(FakeBus(record)).Enable(0x2f);
  EXPECT_EQ(record.read_accesses, (std::vector<Read>{{0x30, 4}, {0x340, 4}, {0x330, 4}}));
  EXPECT_EQ(record.writes.size(), 7U);
  EXPECT_EQ(record.writes[5], (Write{0x340, 0x10000, 4}));
  EXPECT_EQ(record.writes[6], (Write{0xf0, 0x12f, 4}));
}

TEST(LocalApicTest, TimerCountsUndividedTicks) {
  FakeBus::Record record{.reads = {17, 0x03000000}};
  LocalApic apic{FakeBus(record)};
  apic.SetUpTimer(LocalApic<FakeBus>::TimerMode::kOneShot, 0x20);
  apic.StartCountdown(1000);
  EXPECT_EQ(apic.Countdown(), 17U);
  EXPECT_EQ(apic.Id(), 3);
  apic.SetUpTimer(LocalApic<FakeBus>::TimerMode::kTscDeadline, 0x20);
  EXPECT_EQ(record.writes, (std::vector<Write>{{0x3e0, 0xb, 4},
                                               {0x320, 0x20, 4},
                                               {0x380, 1000, 4},
                                               {0x3e0, 0xb, 4},
                                               {0x320, 0x40020, 4}}));
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

TEST(IoApicTest, MaskAllLeavesTheFirmwaresInputsAlone) {
  // Three inputs: of the 8259's, of an SMI, of a level that waits for its end.
  FakeBus::Record record{.reads = {0x00020020, 0x700, 0x200, 0xc031}};
  IoApic(FakeBus(record)).MaskAll();
  EXPECT_EQ(record.writes, (std::vector<Write>{{0, 1, 4},
                                               {0, 0x10, 4},
                                               {0, 0x10, 4},
                                               {0x10, 0x10000, 4},
                                               {0, 0x12, 4},
                                               {0, 0x14, 4},
                                               {0, 0x14, 4},
                                               {0x10, 0x10000, 4}}));
}

// Model-specific registers that answer by their numbers.
struct FakeMsrs {
  std::vector<Write>* writes;
  std::vector<std::uint32_t>* reads;

  std::uint64_t Read(std::uint32_t number) const {
    reads->push_back(number);
    return number == 0x803 ? 0x00050015 : number == 0x802 ? 5 : number;
  }
  void Write(std::uint32_t number, std::uint64_t value) const {
    writes->push_back({number, value, 8});
  }
};

TEST(LocalApicBusTest, X2ApicsRegistersAreModelSpecificOnes) {
  std::vector<Write> writes;
  std::vector<std::uint32_t> reads;
  LocalApic apic(LocalApicBus<FakeBus, FakeMsrs>(FakeMsrs{&writes, &reads}));
  apic.Enable(0x2f);
  apic.StartCountdown(1000);
  EXPECT_EQ(writes, (std::vector<Write>{{0x808, 0, 8},
                                        {0x832, 0x10000, 8},
                                        {0x835, 0x10000, 8},
                                        {0x836, 0x10000, 8},
                                        {0x837, 0x10000, 8},
                                        {0x834, 0x10000, 8},
                                        {0x833, 0x10000, 8},
                                        {0x80f, 0x12f, 8},
                                        {0x838, 1000, 8}}));
  EXPECT_EQ(apic.Id(), 5);
  EXPECT_EQ(apic.Countdown(), 0x839U);
  EXPECT_EQ(reads, (std::vector<std::uint32_t>{0x803, 0x834, 0x833, 0x802, 0x839}));
}

TEST(LocalApicBusTest, XApicsAreInMemory) {
  std::vector<Write> writes;
  std::vector<std::uint32_t> reads;
  FakeBus::Record record{.reads = {0x03000000}};
  LocalApic apic(LocalApicBus<FakeBus, FakeMsrs>(FakeBus(record), FakeMsrs{&writes, &reads}));
  EXPECT_EQ(apic.Id(), 3);
  apic.StartCountdown(1000);
  EXPECT_EQ(record.read_accesses, (std::vector<Read>{{0x20, 4}}));
  EXPECT_EQ(record.writes, (std::vector<Write>{{0x380, 1000, 4}}));
  EXPECT_TRUE(reads.empty() && writes.empty());
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
