// What the graphics processor is asked, and what is made of its answers, lies included.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/bcm2835/interrupt_controller.h"
#include "libs/bcm2835/local_timer.h"
#include "libs/bcm2835/mailbox.h"
#include "libs/bcm2835/power_management.h"
#include "libs/bcm2835/random.h"
#include "libs/io/fake_bus.h"
#include "libs/io/io.h"

namespace ashlar::bcm2835 {
namespace {

// Answers at once; `answer` changes the words of the message.
struct FakeProcessor {
  PropertyMessage message;
  std::function<void(std::array<std::uint32_t, 32>& words)> answer;
  std::uint32_t written = 0;
  std::vector<std::uint32_t> others;  // what comes back before the message
  bool full = false;
  bool silent = false;
  int synchronized = 0;
};

class FakeMailboxBus {
 public:
  explicit FakeMailboxBus(FakeProcessor& processor) : processor_(&processor) {}

  std::uint8_t Read8(std::size_t) { return 0; }
  std::uint16_t Read16(std::size_t) { return 0; }
  std::uint32_t Read32(std::size_t offset) {
    switch (offset) {
      case 0x00: {
        if (processor_->others.empty()) {
          return processor_->written;
        }
        const std::uint32_t other = processor_->others.back();
        processor_->others.pop_back();
        return other;
      }
      case 0x18:
        return processor_->silent ? 0x4000'0000 : 0;
      case 0x38:
        return processor_->full ? 0x8000'0000 : 0;
      default:
        return 0;
    }
  }
  void Write8(std::size_t, std::uint8_t) {}
  void Write16(std::size_t, std::uint16_t) {}
  void Write32(std::size_t offset, std::uint32_t value) {
    ASSERT_EQ(offset, 0x20u);
    processor_->written = value;
    processor_->answer(processor_->message.words);
  }

 private:
  FakeProcessor* processor_;
};
static_assert(io::Bus<FakeMailboxBus>);

class MailboxTest : public testing::Test {
 protected:
  auto Make() {
    const auto sync = [this](PropertyMessage&) { ++processor_.synchronized; };
    return Mailbox<FakeMailboxBus, decltype(sync)>(FakeMailboxBus(processor_), sync,
                                                   processor_.message);
  }

  // Each tag's answer.
  void AnswerWith(const std::map<std::uint32_t, std::vector<std::uint32_t>>& answers) {
    processor_.answer = [this, answers](std::array<std::uint32_t, 32>& words) {
      asked_.push_back(words[2]);
      const auto found = answers.find(words[2]);
      words[1] = PropertyMessage::kSuccess;
      if (found == answers.end()) {
        return;
      }
      words[4] = 0x8000'0000 | static_cast<std::uint32_t>(found->second.size() * 4);
      for (std::size_t i = 0; i < found->second.size(); ++i) {
        words[5 + i] = found->second[i];
      }
    };
  }

  FakeProcessor processor_;
  std::vector<std::uint32_t> asked_;
};

const std::map<std::uint32_t, std::vector<std::uint32_t>> kScreen = {
    {0x48003, {640, 480}},
    {0x48004, {640, 480}},
    {0x48005, {32}},
    {0x40001, {0xfc10'0000, 641 * 480 * 4}},
    {0x40008, {2560}}};

TEST_F(MailboxTest, AQuestionIsOneTagWithItsValues) {
  processor_.answer = [](std::array<std::uint32_t, 32>& words) {
    EXPECT_EQ(words[0], 32u);
    EXPECT_EQ(words[1], 0u);
    EXPECT_EQ(words[2], 0x48003u);
    EXPECT_EQ(words[3], 8u);
    EXPECT_EQ(words[5], 640u);
    EXPECT_EQ(words[6], 480u);
    EXPECT_EQ(words[7], 0u);
  };
  EXPECT_FALSE(Make().AllocateScreen(640, 480));
  EXPECT_EQ(processor_.written & 0xf, 8u);
  EXPECT_EQ(processor_.written & 0xc000'0000, 0xc000'0000);
  EXPECT_EQ(processor_.synchronized, 2);
}

TEST_F(MailboxTest, AnswersToOthersArePassedOver) {
  AnswerWith(kScreen);
  processor_.others = {0x18, 0x28};
  EXPECT_TRUE(Make().AllocateScreen(640, 480));
  processor_.others = std::vector<std::uint32_t>(100, 0x18);
  EXPECT_EQ(Make().AllocateScreen(640, 480).error(), Error::kBroken);
}

TEST_F(MailboxTest, AProcessorThatDoesNotAnswerIsGivenUp) {
  AnswerWith(kScreen);
  processor_.silent = true;
  EXPECT_EQ(Make().AllocateScreen(640, 480).error(), Error::kTimedOut);
  processor_.silent = false;
  processor_.full = true;
  EXPECT_EQ(Make().AllocateScreen(640, 480).error(), Error::kTimedOut);
}

TEST_F(MailboxTest, AnswersThatMakeNoSenseAreRefused) {
  AnswerWith({});
  EXPECT_EQ(Make().AllocateScreen(640, 480).error(), Error::kUnsupported);
  AnswerWith({{0x48003, {640}}});
  EXPECT_EQ(Make().AllocateScreen(640, 480).error(), Error::kBroken);
  processor_.answer = [](std::array<std::uint32_t, 32>& words) { words[1] = 0x8000'0001; };
  EXPECT_EQ(Make().AllocateScreen(640, 480).error(), Error::kBroken);
}

TEST_F(MailboxTest, AScreenIsAtItsPhysicalAddress) {
  AnswerWith(kScreen);
  const Result<Screen> screen = Make().AllocateScreen(640, 480);
  ASSERT_TRUE(screen);
  EXPECT_EQ(screen->address, 0x3c10'0000u);
  EXPECT_EQ(screen->width, 640u);
  EXPECT_EQ(screen->height, 480u);
  EXPECT_EQ(screen->bytes_per_row, 2560u);
  EXPECT_EQ(asked_, (std::vector<std::uint32_t>{0x48003, 0x48004, 0x48005, 0x40001, 0x40008}));
}

TEST_F(MailboxTest, AScreenThatDoesNotFitItsMemoryIsRefused) {
  const auto refused = [this](std::uint32_t tag, const std::vector<std::uint32_t>& answer) {
    auto answers = kScreen;
    answers[tag] = answer;
    AnswerWith(answers);
    return Make().AllocateScreen(640, 480).error() == Error::kBroken;
  };
  EXPECT_TRUE(refused(0x48005, {16}));
  EXPECT_TRUE(refused(0x40001, {0, 640 * 480 * 4}));
  EXPECT_TRUE(refused(0x40001, {0x3c10'0000, 640 * 480 * 4 - 1}));
  EXPECT_TRUE(refused(0x40001, {0x3ef0'0000, 0x20'0000}));
  EXPECT_TRUE(refused(0x40001, {0x3c10'0002, 640 * 480 * 4}));
  EXPECT_TRUE(refused(0x40008, {2559}));
  EXPECT_TRUE(refused(0x40008, {2562}));
  EXPECT_TRUE(refused(0x48004, {0xffff'ffff, 0xffff'ffff}));
}

TEST_F(MailboxTest, ADeviceIsSwitchedOnAndWaitedFor) {
  const auto answer = [this](std::uint32_t state) {
    AnswerWith({{0x28001, {3, state}}});
    return Make().SwitchOn(PoweredDevice::kUsb);
  };
  EXPECT_TRUE(answer(1));
  EXPECT_EQ(answer(2).error(), Error::kNotFound);
  EXPECT_EQ(answer(0).error(), Error::kBroken);
}

TEST(InterruptControllerTest, EachInterruptHasABit) {
  io::FakeBus::Record record;
  InterruptController controller{io::FakeBus(record)};
  controller.Enable(9);
  controller.Enable(33);
  EXPECT_EQ(record.writes, (std::vector<io::Write>{{0x10, 0x200, 4}, {0x14, 2, 4}}));
  record.reads = {0x200, 2};
  EXPECT_EQ(controller.Pending(), 0x2'0000'0200u);
  EXPECT_EQ(record.read_accesses, (std::vector<io::Read>{{0x4, 4}, {0x8, 4}}));
}

TEST(InterruptControllerTest, WhatFirmwareEnabledIsDisabled) {
  io::FakeBus::Record record;
  InterruptController(io::FakeBus(record)).DisableAll();
  EXPECT_EQ(
      record.writes,
      (std::vector<io::Write>{
          {0x0c, 0, 4}, {0x1c, 0xffff'ffff, 4}, {0x20, 0xffff'ffff, 4}, {0x24, 0xffff'ffff, 4}}));
}

TEST(PowerManagementTest, GoesOffByAResetIntoNoPartition) {
  io::FakeBus::Record record;
  record.reads = {0x1000, 0x132};
  SwitchOff(io::FakeBus(record));
  EXPECT_EQ(record.writes,
            (std::vector<io::Write>{
                {0x20, 0x5a00'1555, 4}, {0x24, 0x5a00'000a, 4}, {0x1c, 0x5a00'0122, 4}}));
}

TEST(LocalTimerTest, TheVirtualTimerReachesTheFirstCore) {
  io::FakeBus::Record record;
  LocalTimer(io::FakeBus(record)).Enable();
  EXPECT_EQ(record.writes, (std::vector<io::Write>{{0x40, 8, 4}}));
}

TEST(RandomGeneratorTest, WaitsForEachWord) {
  io::FakeBus::Record record;
  // Off; nothing there yet, one word, its value, one word, its value.
  record.reads = {0, 0, 1 << 24, 0x03020100, 1 << 24, 0x07060504};
  RandomGenerator generator{io::FakeBus(record)};
  EXPECT_EQ(record.writes, (std::vector<io::Write>{{0x4, 0x40000, 4}, {0x0, 1, 4}}));
  std::array<std::byte, 6> bytes = {};
  ASSERT_TRUE(generator.Fill(bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(bytes[i], static_cast<std::byte>(i));
  }
}

TEST(RandomGeneratorTest, OneThatGivesNothingFillsNothing) {
  io::FakeBus::Record record;
  record.reads = std::vector<std::uint64_t>(6'000'000, 0);
  record.reads[0] = 1;
  record.reads[1] = 1 << 24;
  record.reads[2] = 0x5a5a'5a5a;
  RandomGenerator generator{io::FakeBus(record)};
  std::array<std::byte, 8> bytes = {};
  EXPECT_EQ(generator.Fill(bytes).error(), Error::kTimedOut);
  EXPECT_EQ(bytes, (std::array<std::byte, 8>{}));
}

}  // namespace
}  // namespace ashlar::bcm2835
