// Tests of enumeration, base addresses, capabilities and MSI-X, on devices honest and not.
// SPDX-License-Identifier: Apache-2.0
#include "libs/pci/pci.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/io/fake_bus.h"
#include "libs/pci/ecam.h"
#include "libs/pci/fake_config_space.h"
#include "libs/pci/interrupts.h"
#include "libs/pci/mechanism1.h"

namespace ashlar::pci {
namespace {

constexpr Address kDevice = {.bus = 0, .device = 3};

std::vector<Address> Addresses(ConfigSpace& config) {
  std::vector<Address> found;
  Walk walk(config);
  while (const auto function = walk.Next()) {
    found.push_back(function->address);
  }
  return found;
}

TEST(WalkTest, AnEmptyMachineHasNothing) {
  FakeConfigSpace config;
  EXPECT_TRUE(Addresses(config).empty());
  EXPECT_EQ(config.reads, 32u);  // one look at each device
}

TEST(WalkTest, FunctionsComeInOrderAndSayWhatTheyAre) {
  FakeConfigSpace config;
  config.At({0, 5, 0}) = FakeFunction::Device(0x1af4, 0x1041);
  config.At({0, 5, 0}).registers[2] = 0x02000301;
  config.At({0, 0, 0}) = FakeFunction::Device(0x8086, 0x1237);
  Walk walk(config);
  EXPECT_EQ(walk.Next()->address, (Address{0, 0, 0}));
  const auto second = walk.Next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->vendor_id, 0x1af4);
  EXPECT_EQ(second->device_id, 0x1041);
  EXPECT_EQ(second->class_code, 2);
  EXPECT_EQ(second->subclass, 0);
  EXPECT_EQ(second->programming_interface, 3);
  EXPECT_FALSE(walk.Next());
  EXPECT_FALSE(walk.Next());
}

TEST(WalkTest, OtherFunctionsAreLookedForOnlyOnMultiFunctionDevices) {
  FakeConfigSpace config;
  config.At({0, 1, 0}) = FakeFunction::Device(0x8086, 1);
  config.At({0, 1, 0}).registers[3] = 0x80u << 16;
  config.At({0, 1, 2}) = FakeFunction::Device(0x8086, 2);
  config.At({0, 2, 0}) = FakeFunction::Device(0x8086, 3);
  config.At({0, 2, 2}) = FakeFunction::Device(0x8086, 4);  // a ghost
  EXPECT_EQ(Addresses(config), (std::vector<Address>{{0, 1, 0}, {0, 1, 2}, {0, 2, 0}}));
}

TEST(WalkTest, BusesBehindBridgesAreWalkedAfterTheirBridges) {
  FakeConfigSpace config;
  config.At({0, 1, 0}) = FakeFunction::Bridge(2);
  config.At({0, 2, 0}) = FakeFunction::Bridge(1);
  config.At({1, 0, 0}) = FakeFunction::Device(0x1af4, 0x1041);
  config.At({2, 0, 0}) = FakeFunction::Bridge(3);
  config.At({3, 7, 0}) = FakeFunction::Device(0x1af4, 0x1042);
  EXPECT_EQ(Addresses(config),
            (std::vector<Address>{{0, 1, 0}, {0, 2, 0}, {1, 0, 0}, {2, 0, 0}, {3, 7, 0}}));
}

TEST(WalkTest, BridgesInACircleEnd) {
  FakeConfigSpace config;
  config.At({0, 1, 0}) = FakeFunction::Bridge(1);
  config.At({0, 2, 0}) = FakeFunction::Bridge(1);
  config.At({1, 0, 0}) = FakeFunction::Bridge(0);
  config.At({1, 1, 0}) = FakeFunction::Bridge(1);
  EXPECT_EQ(Addresses(config).size(), 4u);
}

TEST(WalkTest, AMachineThatAnswersEverywhereEnds) {
  struct Everything final : ConfigSpace {
    std::uint32_t Read(Address, std::uint8_t) override { return 0x81818181; }
    void Write(Address, std::uint8_t, std::uint32_t) override {}
  } config;
  EXPECT_LE(Addresses(config).size(), 65536u);
}

TEST(WalkTest, OtherRootBusesAreFoundByWhoGoesOnElsewhere) {
  FakeConfigSpace config;
  config.At({0, 1, 0}) = FakeFunction::Bridge(1);
  config.At({1, 0, 0}) = FakeFunction::Device(0x1af4, 0x1041);
  config.At({0x60, 2, 0}) = FakeFunction::Bridge(0x61);
  config.At({0x60, 3, 0}) = FakeFunction::Bridge(1);  // where the walk was already
  config.At({0x61, 0, 0}) = FakeFunction::Device(0x1af4, 0x1042);
  config.At({0xff, 31, 0}) = FakeFunction::Device(0x1af4, 0x1043);
  Walk walk(config);
  EXPECT_EQ(walk.Next()->address, (Address{0, 1, 0}));
  EXPECT_EQ(walk.Next()->address, (Address{1, 0, 0}));
  EXPECT_FALSE(walk.Next());
  ASSERT_TRUE(walk.GoOnElsewhere());
  EXPECT_EQ(walk.Next()->address, (Address{0x60, 2, 0}));
  EXPECT_EQ(walk.Next()->address, (Address{0x60, 3, 0}));
  EXPECT_EQ(walk.Next()->address, (Address{0x61, 0, 0}));
  EXPECT_EQ(walk.Next()->address, (Address{0xff, 31, 0}));
  EXPECT_FALSE(walk.Next());
  EXPECT_FALSE(walk.GoOnElsewhere());
}

TEST(BarTest, SizesAreReadWithDecodingOffAndEverythingIsAsBefore) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1041);
  config.At(kDevice).Bar(1, 0xfebf0000, 0x1000).Bar(4, 0x38'0000'4000, 0x4000, true);
  const auto before = config.At(kDevice).registers;
  const Bar narrow = ReadBar(config, kDevice, 1).value();
  EXPECT_EQ(narrow.address, 0xfebf0000u);
  EXPECT_EQ(narrow.size, 0x1000u);
  EXPECT_FALSE(narrow.io);
  const Bar wide = ReadBar(config, kDevice, 4).value();
  EXPECT_EQ(wide.address, 0x38'0000'4000u);
  EXPECT_EQ(wide.size, 0x4000u);
  EXPECT_EQ(config.At(kDevice).registers, before);
  EXPECT_FALSE(config.At(kDevice).decoded_while_sizing);
}

TEST(BarTest, PortsAreToldFromMemory) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1000);
  config.At(kDevice).registers[4] = 0xc041;
  config.At(kDevice).bar_masks[0] = 0xffe0;  // the upper half left out
  const Bar bar = ReadBar(config, kDevice, 0).value();
  EXPECT_TRUE(bar.io);
  EXPECT_EQ(bar.address, 0xc040u);
  EXPECT_EQ(bar.size, 0x20u);
}

TEST(BarTest, WhatIsNotThereNotAssignedOrNonsenseIsTold) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1041);
  FakeFunction& function = config.At(kDevice);
  function.Bar(1, 0, 0x1000);
  function.Bar(2, 0xfebf0000, 0x1000);
  function.bar_masks[2] = 0xf0f0f000;  // no power of two
  function.Bar(3, 0xfebf0000, 0x1000);
  function.bar_masks[3] = 0xff000000;      // address not a multiple of the size
  function.registers[4 + 5] = 0xfebf0004;  // 64 bits in the last register
  EXPECT_EQ(ReadBar(config, kDevice, 0).error(), Error::kNotFound);
  EXPECT_EQ(ReadBar(config, kDevice, 1).error(), Error::kUnsupported);
  EXPECT_EQ(ReadBar(config, kDevice, 2).error(), Error::kBroken);
  EXPECT_EQ(ReadBar(config, kDevice, 3).error(), Error::kBroken);
  EXPECT_EQ(ReadBar(config, kDevice, 5).error(), Error::kBroken);
  config.At({0, 4, 0}) = FakeFunction::Bridge(1);
  EXPECT_EQ(ReadBar(config, {0, 4, 0}, 2).error(), Error::kNotFound);  // bus numbers, on a bridge
}

TEST(CapabilityTest, TheListIsFollowedInItsOrder) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1041);
  config.At(kDevice).Capability(0x84, 9, {0}).Capability(0x40, 9, {0}).Capability(0x98, 0x11, {0});
  EXPECT_EQ(FindCapability(config, kDevice, 9).value(), 0x84);
  EXPECT_EQ(FindCapability(config, kDevice, 9, 0x84).value(), 0x40);
  EXPECT_EQ(FindCapability(config, kDevice, 9, 0x40).error(), Error::kNotFound);
  EXPECT_EQ(FindCapability(config, kDevice, 0x11).value(), 0x98);
  EXPECT_EQ(FindCapability(config, kDevice, 5).error(), Error::kNotFound);
}

TEST(CapabilityTest, ADeviceWithoutAListHasNone) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1041);
  config.At(kDevice).registers[0x34 / 4] = 0x40;
  EXPECT_EQ(FindCapability(config, kDevice, 0).error(), Error::kNotFound);
}

TEST(CapabilityTest, CirclesAndLinksIntoTheHeaderAreBroken) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1041);
  FakeFunction& function = config.At(kDevice);
  function.Capability(0x40, 9, {0}).Capability(0x50, 9, {0});
  function.registers[0x50 / 4] = 9 | 0x40 << 8;
  EXPECT_EQ(FindCapability(config, kDevice, 5).error(), Error::kBroken);
  EXPECT_EQ(FindCapability(config, kDevice, 5, 0x50).error(), Error::kBroken);
  function.registers[0x50 / 4] = 9 | 0x10 << 8;
  EXPECT_EQ(FindCapability(config, kDevice, 5).error(), Error::kBroken);
}

TEST(CommandTest, BitsAreChangedAndStatusIsNot) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1041);
  config.At(kDevice).registers[1] = 0x0010'0000 | kCommandMemory | kCommandIo;
  ChangeCommand(config, kDevice, kCommandBusMaster, kCommandIo);
  EXPECT_EQ(config.At(kDevice).registers[1], 0x0010'0000u | kCommandMemory | kCommandBusMaster);
}

// What WakeUp() sleeps.
std::chrono::milliseconds slept{};
void Sleep(std::chrono::milliseconds duration) { slept += duration; }

FakeFunction Asleep(std::uint32_t state) {
  FakeFunction function = FakeFunction::Device(0x8086, 0x10d3);
  function.registers[1] |= kCommandIo;
  function.registers[0x3c / 4] = 0x010b;
  function.Bar(0, 0xfeb00000, 0x20000).Bar(2, 0x38'0000'4000, 0x4000, true);
  function.Capability(0xc8, kCapabilityPower, {0x00220000, 0x8100 | state});
  return function;
}

TEST(PowerTest, AFunctionThatSleepsWakesUpAndKeepsItsAddresses) {
  for (const std::uint32_t state : {1u, 2u, 3u}) {
    FakeConfigSpace config;
    config.At(kDevice) = Asleep(state);
    const auto before = config.At(kDevice).registers;
    slept = {};
    ASSERT_TRUE(WakeUp(config, kDevice, Sleep));
    EXPECT_GE(slept.count(), 10);
    auto wanted = before;
    wanted[0xcc / 4] = 0x8000;  // awake, without events; what happened stays to be read
    EXPECT_EQ(config.At(kDevice).registers, wanted);
  }
}

TEST(PowerTest, WhoIsAwakeOrKnowsNoSleepIsLeftAlone) {
  FakeConfigSpace config;
  config.At(kDevice) = Asleep(0);
  const auto before = config.At(kDevice).registers;
  slept = {};
  EXPECT_TRUE(WakeUp(config, kDevice, Sleep));
  EXPECT_EQ(config.At(kDevice).registers, before);
  config.At(kDevice) = FakeFunction::Device(0x8086, 0x100e);
  EXPECT_TRUE(WakeUp(config, kDevice, Sleep));
  EXPECT_EQ(slept.count(), 0);
}

TEST(PowerTest, WhoDoesNotWakeUpIsBroken) {
  FakeConfigSpace config;
  config.At(kDevice) = Asleep(3);
  config.At(kDevice).wakes_up = false;
  EXPECT_EQ(WakeUp(config, kDevice, Sleep).error(), Error::kBroken);
}

TEST(LinkTest, BothEndsOfALinkStayAwake) {
  FakeConfigSpace config;
  const Address bridge = {0, 1, 0};
  config.At(bridge) = FakeFunction::Bridge(2);
  config.At(bridge).Capability(0x40, kCapabilityExpress, {0, 0, 0, 0, 0x0001'0042});
  config.At({0, 2, 0}) = FakeFunction::Bridge(3);
  config.At({0, 2, 0}).Capability(0x40, kCapabilityExpress, {0, 0, 0, 0, 0x0001'0043});
  config.At({2, 0, 0}) = FakeFunction::Device(0x8086, 0x10d3);
  config.At({2, 0, 0}).Capability(0xe0, kCapabilityExpress, {0, 0, 0, 0, 0xc011'0143});
  KeepLinkAwake(config, {2, 0, 0});
  EXPECT_EQ(config.At({2, 0, 0}).registers[0xf0 / 4], 0xc011'0140u);
  EXPECT_EQ(config.At(bridge).registers[0x50 / 4], 0x0001'0040u);
  EXPECT_EQ(config.At({0, 2, 0}).registers[0x50 / 4], 0x0001'0043u);  // another's
}

TEST(InterruptTest, ALineIsWhatFirmwareNoted) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1041);
  EXPECT_EQ(InterruptLine(config, kDevice).error(), Error::kNotFound);
  config.At(kDevice).registers[0x3c / 4] = 0x010b;
  EXPECT_EQ(InterruptLine(config, kDevice).value(), 11);
  config.At(kDevice).registers[0x3c / 4] = 0x01ff;
  EXPECT_EQ(InterruptLine(config, kDevice).error(), Error::kNotFound);
  config.At(kDevice).registers[0x3c / 4] = 0x050b;
  EXPECT_EQ(InterruptLine(config, kDevice).error(), Error::kNotFound);
}

TEST(MsiTest, TheMessageIsWrittenWhereTheCapabilitySays) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x8086, 0x10d3);
  config.At(kDevice).Capability(0xd0, kCapabilityMsi, {0x00f00000, 0, 0, 0});  // 64 bits, 8 asked
  ASSERT_TRUE(EnableMsi(config, kDevice, 0x1'fee0'1000, 0x41));
  const FakeFunction& wide = config.At(kDevice);
  EXPECT_EQ(wide.registers[0xd0 / 4] >> 16, 0x81u);
  EXPECT_EQ(wide.registers[0xd4 / 4], 0xfee01000u);
  EXPECT_EQ(wide.registers[0xd8 / 4], 1u);
  EXPECT_EQ(wide.registers[0xdc / 4], 0x41u);
  EXPECT_NE(wide.registers[1] & kCommandInterruptDisable, 0u);

  config.At(kDevice) = FakeFunction::Device(0x8086, 0x10d3);
  config.At(kDevice).Capability(0x50, kCapabilityMsi, {0, 0, 0});
  EXPECT_EQ(EnableMsi(config, kDevice, 0x1'fee0'1000, 0x41).error(), Error::kUnsupported);
  EXPECT_EQ(config.At(kDevice).registers[0x50 / 4] >> 16, 0u);
  ASSERT_TRUE(EnableMsi(config, kDevice, 0xfee0'1000, 0x42));
  EXPECT_EQ(config.At(kDevice).registers[0x58 / 4], 0x42u);
}

TEST(MsiTest, AFunctionWithoutOneIsLeftAlone) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x8086, 0x100e);
  EXPECT_EQ(EnableMsi(config, kDevice, 0xfee0'0000, 0x41).error(), Error::kNotFound);
  config.At(kDevice).Capability(0xf4, kCapabilityMsi, {0, 0, 0});
  EXPECT_EQ(EnableMsi(config, kDevice, 0xfee0'0000, 0x41).error(), Error::kBroken);
  EXPECT_EQ(config.At(kDevice).registers[1] & kCommandInterruptDisable, 0u);
}

TEST(MsixTest, TheTableIsFoundInItsRangeAndSwitchedOn) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1041);
  config.At(kDevice)
      .Bar(1, 0xfebf0000, 0x1000)
      .Capability(0x98, kCapabilityMsix, {0x00020000, 0x00000801, 0});
  const Msix msix = FindMsix(config, kDevice).value();
  EXPECT_EQ(msix.entries, 3);
  EXPECT_EQ(msix.table_address, 0xfebf0800u);
  EnableMsix(config, kDevice, msix);
  EXPECT_EQ(config.At(kDevice).registers[0x98 / 4] >> 30, 2u);  // enabled, function not masked
  EXPECT_NE(config.At(kDevice).registers[1] & kCommandInterruptDisable, 0u);
}

TEST(MsixTest, ATableOutsideItsRangeIsBroken) {
  FakeConfigSpace config;
  config.At(kDevice) = FakeFunction::Device(0x1af4, 0x1041);
  FakeFunction& function = config.At(kDevice);
  function.Bar(1, 0xfebf0000, 0x1000)
      .Capability(0x98, kCapabilityMsix, {0x07ff0000, 0x00000001, 0});
  EXPECT_EQ(FindMsix(config, kDevice).error(), Error::kBroken);  // 32 KiB of entries in 4 KiB
  function.registers[0x98 / 4] = kCapabilityMsix;
  function.registers[0x9c / 4] = 0x00001001;
  EXPECT_EQ(FindMsix(config, kDevice).error(), Error::kBroken);
  function.registers[0x9c / 4] = 0x00000007;  // no such range
  EXPECT_EQ(FindMsix(config, kDevice).error(), Error::kBroken);
}

TEST(MsixTest, AnEntryIsMaskedWhileItIsWritten) {
  io::FakeBus::Record record;
  WriteMsixEntry(io::FakeBus(record), 2, 0x1'fee0'1000, 0x41);
  EXPECT_EQ(record.writes,
            (std::vector<io::Write>{
                {44, 1, 4}, {32, 0xfee01000, 4}, {36, 1, 4}, {40, 0x41, 4}, {44, 0, 4}}));
}

// A machine whose only registers are an MSI-X table.
struct FakeMachine {
  using Bus = io::FakeBus;

  Result<Bus> Map(std::uint64_t address, std::size_t size) const {
    EXPECT_EQ(address, 0xfebf0800u);
    EXPECT_EQ(size, kMsixEntrySize);
    return Bus(*table);
  }
  Result<void> Listen(std::uint32_t source, events::Event&) const {
    EXPECT_EQ(source, 11u);
    ++*lines;
    return {};
  }
  Result<events::Message> AllocateMessage(events::Event&) const {
    if (refusal) {
      return std::unexpected(*refusal);
    }
    return events::Message{0xfee01000, 0x41};
  }

  Bus::Record* table;
  int* lines;
  std::optional<Error> refusal = {};
};

class TakeInterruptsTest : public testing::Test {
 protected:
  TakeInterruptsTest() {
    function_ = FakeFunction::Device(0x8086, 0x5845);
    function_.registers[0x3c / 4] = 0x010b;
  }
  void AddMsix() {
    function_.Bar(1, 0xfebf0000, 0x1000)
        .Capability(0x98, kCapabilityMsix, {0x00020000, 0x00000801, 0});
  }
  Result<Interrupts> Take(std::optional<Error> refusal = {}, bool messages = true) {
    return TakeInterrupts(config_, kDevice, event_, FakeMachine{&table_, &lines_, refusal},
                          messages);
  }
  // As firmware leaves one that it has driven: all three ways set up.
  void MakeDirty() {
    AddMsix();
    function_.Capability(0x50, kCapabilityMsi, {0x0031'0000, 0xfee0'2000, 0x51, 0});
    function_.registers[0x98 / 4] |= 0xc000'0000;
    function_.registers[1] |= kCommandInterruptDisable;
  }

  FakeConfigSpace config_;
  FakeFunction& function_ = config_.At(kDevice);
  io::FakeBus::Record table_;
  int lines_ = 0;
  events::Event event_;
};

TEST_F(TakeInterruptsTest, TheTableIsPreferred) {
  AddMsix();
  function_.Capability(0x50, kCapabilityMsi, {0, 0, 0});
  EXPECT_EQ(Take(), Interrupts::kMsix);
  EXPECT_EQ(table_.writes.size(), 5u);
  EXPECT_EQ(function_.registers[0x98 / 4] >> 30, 2u);
  EXPECT_EQ(function_.registers[0x50 / 4] >> 16, 0u);
}

TEST_F(TakeInterruptsTest, AMessageIsBetterThanALine) {
  function_.Capability(0x50, kCapabilityMsi, {0, 0, 0});
  EXPECT_EQ(Take(), Interrupts::kMsi);
  EXPECT_EQ(function_.registers[0x58 / 4], 0x41u);
  EXPECT_EQ(lines_, 0);
}

TEST_F(TakeInterruptsTest, WhereThereAreNoMessagesTheLineServes) {
  EXPECT_EQ(Take(), Interrupts::kLine);
  AddMsix();
  function_.Capability(0x50, kCapabilityMsi, {0, 0, 0});
  EXPECT_EQ(Take(Error::kUnsupported), Interrupts::kLine);
  EXPECT_EQ(lines_, 2);
  EXPECT_EQ(function_.registers[1] & kCommandInterruptDisable, 0u);
}

TEST_F(TakeInterruptsTest, WhatFirmwareLeftIsUndone) {
  MakeDirty();
  EXPECT_EQ(Take(), Interrupts::kMsix);
  EXPECT_EQ(function_.registers[0x98 / 4] >> 30, 2u);
  EXPECT_EQ(function_.registers[0x50 / 4] >> 16 & 1, 0u);
}

TEST_F(TakeInterruptsTest, ALineThatFirmwareSwitchedOffIsSwitchedOn) {
  MakeDirty();
  EXPECT_EQ(Take(Error::kUnsupported), Interrupts::kLine);
  EXPECT_EQ(lines_, 1);
  EXPECT_EQ(function_.registers[1] & kCommandInterruptDisable, 0u);
  EXPECT_EQ(function_.registers[0x98 / 4] >> 31, 0u);
  EXPECT_EQ(function_.registers[0x50 / 4] >> 16 & 1, 0u);
}

TEST_F(TakeInterruptsTest, MessagesThatAreNotToBeTrustedAreNotUsed) {
  MakeDirty();
  EXPECT_EQ(Take({}, false), Interrupts::kLine);
  EXPECT_EQ(lines_, 1);
  EXPECT_TRUE(table_.writes.empty());
  EXPECT_EQ(function_.registers[1] & kCommandInterruptDisable, 0u);
  EXPECT_EQ(function_.registers[0x98 / 4] >> 31, 0u);
  EXPECT_EQ(function_.registers[0x50 / 4] >> 16 & 1, 0u);
}

TEST_F(TakeInterruptsTest, WhatIsNonsenseOrTakenIsTold) {
  AddMsix();
  EXPECT_EQ(Take(Error::kNoSpace).error(), Error::kNoSpace);
  function_.registers[0x9c / 4] = 0x00000007;
  EXPECT_EQ(Take().error(), Error::kBroken);
  EXPECT_EQ(lines_, 0);
}

TEST(Mechanism1Test, EachAccessIsAnAddressAndADatum) {
  io::FakeBus::Record record{.reads = {0x80000000, 0x12345678}};
  Mechanism1 config{io::FakeBus(record)};
  EXPECT_TRUE(config.Present());
  EXPECT_EQ(config.Read({1, 2, 3}, 0x10), 0x12345678u);
  config.Write({0, 31, 7}, 0x3c, 5);
  EXPECT_EQ(record.writes,
            (std::vector<io::Write>{
                {0, 0x80000000, 4}, {0, 0x80011310, 4}, {0, 0x8000ff3c, 4}, {4, 5, 4}}));
  EXPECT_EQ(record.read_accesses, (std::vector<io::Read>{{0, 4}, {4, 4}}));
}

TEST(Mechanism1Test, NarrowAccessesAreOfTheirWidthAtTheirPlace) {
  io::FakeBus::Record record{.reads = {0x78}};
  Mechanism1 config{io::FakeBus(record)};
  config.Write16({0, 4, 0}, 0x62, 0x1234);
  config.Write8({0, 4, 0}, 0x69, 0x56);
  EXPECT_EQ(record.writes,
            (std::vector<io::Write>{
                {0, 0x80002060, 4}, {6, 0x1234, 2}, {0, 0x80002068, 4}, {5, 0x56, 1}}));
  EXPECT_EQ(config.Read8({0, 4, 0}, 0x6b), 0x78);
  EXPECT_EQ(record.read_accesses, (std::vector<io::Read>{{7, 1}}));
}

TEST(Mechanism1Test, AMachineWithoutItIsNoticed) {
  io::FakeBus::Record record;
  Mechanism1 config{io::FakeBus(record)};
  EXPECT_FALSE(config.Present());
}

TEST(EcamTest, EachRegisterHasItsPlaceAndOtherBusesAreEmpty) {
  io::FakeBus::Record record{.reads = {7}};
  Ecam config{io::FakeBus(record), 1};
  EXPECT_EQ(config.Read({1, 2, 3}, 0x10), 7u);
  EXPECT_EQ(config.Read({2, 0, 0}, 0), ~0u);
  config.Write({0, 1, 0}, 4, 6);
  EXPECT_EQ(record.read_accesses, (std::vector<io::Read>{{0x113010, 4}}));
  EXPECT_EQ(record.writes, (std::vector<io::Write>{{0x8004, 6, 4}}));
}

}  // namespace
}  // namespace ashlar::pci
