// Tests of the watchdogs' drivers by what they write, and of machines that have none.
// SPDX-License-Identifier: Apache-2.0
#include "libs/watchdog/watchdog.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/io/fake_bus.h"
#include "libs/pci/pci.h"
#include "libs/watchdog/i6300esb.h"
#include "libs/watchdog/ich9_tco.h"

namespace ashlar::watchdog {
namespace {

using std::chrono::seconds;

TEST(WatchdogTest, MachinesWithoutOneSaySo) {
  EXPECT_EQ(Start(seconds(0)).error(), Error::kInvalidArgument);
  EXPECT_EQ(Start(seconds(601)).error(), Error::kInvalidArgument);
  EXPECT_EQ(Start(seconds(30)).error(), Error::kNotFound);
  Feed();
  EXPECT_TRUE(Stop());
}

// The configuration space of a 6300ESB.
struct FakeEsb {
  std::uint8_t Read8(pci::Address, std::uint8_t offset) { return registers[offset]; }
  void Write8(pci::Address, std::uint8_t offset, std::uint8_t value) {
    registers[offset] = dead ? std::uint8_t{0} : value;
    writes.push_back({offset, value, 1});
  }
  void Write16(pci::Address, std::uint8_t offset, std::uint16_t value) {
    writes.push_back({offset, value, 2});
  }
  std::map<std::uint8_t, std::uint8_t> registers;
  std::vector<io::Write> writes;
  bool dead = false;
};

TEST(I6300EsbTest, BothStagesAreSetAndItIsEnabledLast) {
  FakeEsb config;
  io::FakeBus::Record record;
  I6300Esb esb(config, {}, io::FakeBus(record));
  ASSERT_TRUE(esb.Start(seconds(10)));
  EXPECT_EQ(config.writes, (std::vector<io::Write>{{0x68, 0, 1}, {0x60, 3, 2}, {0x68, 2, 1}}));
  EXPECT_EQ(record.writes, (std::vector<io::Write>{{0x0c, 0x80, 2},
                                                   {0x0c, 0x86, 2},
                                                   {0x00, 5120, 4},
                                                   {0x0c, 0x80, 2},
                                                   {0x0c, 0x86, 2},
                                                   {0x04, 5120, 4},
                                                   {0x0c, 0x80, 2},
                                                   {0x0c, 0x86, 2},
                                                   {0x0c, 0x100, 2}}));
  EXPECT_TRUE(esb.Stop());
  EXPECT_EQ(config.registers[0x68], 0u);
}

TEST(I6300EsbTest, FeedingIsAnnouncedEachTime) {
  FakeEsb config;
  io::FakeBus::Record record;
  I6300Esb esb(config, {}, io::FakeBus(record));
  esb.Feed();
  EXPECT_EQ(record.writes,
            (std::vector<io::Write>{{0x0c, 0x80, 2}, {0x0c, 0x86, 2}, {0x0c, 0x100, 2}}));
}

TEST(I6300EsbTest, OneThatIsLockedOrDeadIsTold) {
  FakeEsb config;
  io::FakeBus::Record record;
  I6300Esb esb(config, {}, io::FakeBus(record));
  config.registers[0x68] = 1;
  EXPECT_EQ(esb.Start(seconds(10)).error(), Error::kUnsupported);
  EXPECT_TRUE(record.writes.empty());
  config.registers[0x68] = 0;
  config.dead = true;
  EXPECT_EQ(esb.Start(seconds(10)).error(), Error::kBroken);
}

// Ports or memory that keep what is written, but for some bits.
class KeepingBus {
 public:
  struct Registers {
    std::map<std::size_t, std::uint32_t> values;
    std::map<std::size_t, std::uint32_t> stuck;  // bits that stay set
    std::vector<io::Write> writes;
  };
  explicit KeepingBus(Registers& registers) : registers_(&registers) {}

  std::uint32_t Read32(std::size_t offset) {
    return registers_->values[offset] | registers_->stuck[offset];
  }
  std::uint16_t Read16(std::size_t offset) { return static_cast<std::uint16_t>(Read32(offset)); }
  std::uint8_t Read8(std::size_t offset) { return static_cast<std::uint8_t>(Read32(offset)); }
  void Write32(std::size_t offset, std::uint32_t value) { Write(offset, value, 4); }
  void Write16(std::size_t offset, std::uint16_t value) { Write(offset, value, 2); }
  void Write8(std::size_t offset, std::uint8_t value) { Write(offset, value, 1); }

 private:
  void Write(std::size_t offset, std::uint32_t value, unsigned bytes) {
    registers_->values[offset] = value;
    registers_->writes.push_back({offset, value, bytes});
  }
  Registers* registers_;
};

class Ich9TcoTest : public testing::Test {
 protected:
  KeepingBus::Registers ports_;
  KeepingBus::Registers memory_;
  Ich9Tco<KeepingBus, KeepingBus> tco_{KeepingBus(ports_), KeepingBus(memory_)};
};

TEST_F(Ich9TcoTest, ItRunsWithoutInterruptsAndResets) {
  memory_.values[0x410] = 0x64;
  ports_.values[0x30] = 0x2001;
  ports_.values[0x68] = 0x0800;
  ASSERT_TRUE(tco_.Start(seconds(30)));
  EXPECT_EQ(memory_.values[0x410], 0x44u);
  EXPECT_EQ(ports_.values[0x30], 1u);
  EXPECT_EQ(ports_.values[0x72], 25u);  // of 0.6 s, twice
  EXPECT_EQ(ports_.values[0x68], 0u);
  EXPECT_TRUE(tco_.Stop());
  EXPECT_EQ(ports_.values[0x68], 0x0800u);
}

TEST_F(Ich9TcoTest, ThePeriodIsWhatItCanCount) {
  ASSERT_TRUE(tco_.Start(seconds(1)));
  EXPECT_EQ(ports_.values[0x72], 4u);
  ASSERT_TRUE(tco_.Start(kMostPeriod));
  EXPECT_EQ(ports_.values[0x72], 500u);
  ASSERT_TRUE(tco_.Start(seconds(7)));
  EXPECT_EQ(ports_.values[0x72], 6u);
}

TEST_F(Ich9TcoTest, FeedingBeginsBothTimesAnew) {
  tco_.Feed();
  EXPECT_EQ(ports_.writes, (std::vector<io::Write>{{0x64, 8, 2}, {0x60, 1, 2}}));
}

TEST_F(Ich9TcoTest, ABoardThatIsNotToBeResetIsTold) {
  memory_.stuck[0x410] = 0x20;
  EXPECT_EQ(tco_.Start(seconds(30)).error(), Error::kUnsupported);
  EXPECT_TRUE(ports_.writes.empty());
}

TEST_F(Ich9TcoTest, ATimerThatDoesNotRunIsTold) {
  ports_.stuck[0x68] = 0x0800;
  EXPECT_EQ(tco_.Start(seconds(30)).error(), Error::kBroken);
}

TEST(Ich9Test, TheBasesHaveFlagsInThem) {
  EXPECT_EQ(Ich9::Ports(0x0601), 0x600);
  EXPECT_EQ(Ich9::Memory(0xfed1'c001), 0xfed1'c000u);
  EXPECT_TRUE(Ich9::IsLpc(0x2918));
  EXPECT_FALSE(Ich9::IsLpc(0x2920));
}

}  // namespace
}  // namespace ashlar::watchdog
