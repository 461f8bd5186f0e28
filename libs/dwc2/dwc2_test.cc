// The driver against a controller of memory, which may not do what it is told.
// SPDX-License-Identifier: Apache-2.0
#include "libs/dwc2/dwc2.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/dwc2/fake_core.h"
#include "libs/dwc2/registers.h"
#include "libs/usb/host_controller.h"

namespace ashlar::dwc2 {
namespace {

constexpr std::uint32_t kBusBits = 1 << 4;
constexpr usb::Link kLink = {.address = 1, .speed = usb::Speed::kFull, .max_packet = 64};
constexpr usb::Endpoint kIn = {.address = 0x82, .max_packet = 64};
constexpr usb::Endpoint kOut = {.address = 0x02, .max_packet = 64};

class Dwc2Test : public testing::Test {
 protected:
  // The answers to a control transfer: of the data, `answer`.
  void AnswerWith(const std::vector<std::byte>& answer) {
    core_.on_begin = [this, answer](const FakeCore::Begun& begun) {
      const bool in = (begun.characteristics & Characteristics::kIn) != 0;
      const std::size_t size = in ? std::min(answer.size(), begun.memory.size()) : 0;
      std::ranges::copy(std::span(answer).first(size), begun.memory.begin());
      core_.End(begun.channel, in ? static_cast<std::uint32_t>(begun.memory.size() - size) : 0);
    };
  }

  Result<std::size_t> GetDescriptor(std::span<std::byte> data) {
    return controller_.Control(kLink,
                               {.type = 0x80,
                                .request = 6,
                                .value = 0x100,
                                .length = static_cast<std::uint16_t>(data.size())},
                               data);
  }

  FakeCore core_;
  ControlBuffer buffer_;
  Controller<FakeCoreBus, FakeMachine> controller_{FakeCoreBus(core_), FakeMachine{&core_}, buffer_,
                                                   kBusBits};
  alignas(64) std::array<std::byte, 2048> frame_ = {};
};

TEST_F(Dwc2Test, BecomesAHostWithDma) {
  core_.At(Register::kUsbConfiguration) = 0x1700;
  ASSERT_TRUE(controller_.Start());
  EXPECT_EQ(core_.At(Register::kUsbConfiguration), 0x1400u | UsbConfiguration::kForceHost);
  EXPECT_EQ(core_.At(Register::kBusConfiguration), kBusBits | BusConfiguration::kDma);
  EXPECT_EQ(core_.At(Register::kInterruptMask), Interrupt::kChannels);
}

TEST_F(Dwc2Test, TheTransceiverIsChosenBeforeTheReset) {
  core_.At(Register::kUsbConfiguration) = 0x1418 | UsbConfiguration::kUlpiFullSpeed;
  core_.transceiver_at_reset = ~std::uint32_t{0};
  ASSERT_TRUE(controller_.Start());
  EXPECT_EQ(core_.transceiver_at_reset, 0u);
  EXPECT_EQ(core_.At(Register::kUsbConfiguration), 0x1400u | UsbConfiguration::kForceHost);
}

TEST_F(Dwc2Test, WhatIsNoSuchControllerIsNotStarted) {
  core_.At(Register::kHardware2) = 0x228d'dd48;
  EXPECT_EQ(controller_.Start().error(), Error::kUnsupported);
  core_.At(Register::kHardware2) = 0x228d'dd50;
  core_.At(Register::kHardware3) = 3071u << 16 | 0xe8;
  EXPECT_EQ(controller_.Start().error(), Error::kUnsupported);
  core_.At(Register::kHardware3) = 3072u << 16 | 0xe8;
  EXPECT_TRUE(controller_.Start());
  core_.At(Register::kIdentity) = ~std::uint32_t{0};
  EXPECT_EQ(controller_.Start().error(), Error::kNotFound);
}

TEST_F(Dwc2Test, OneThatStaysInResetOrIsNoHostIsBroken) {
  core_.stays_in_reset = true;
  EXPECT_EQ(controller_.Start().error(), Error::kBroken);
  core_.stays_in_reset = false;
  core_.At(Register::kInterruptStatus) = 0;
  EXPECT_EQ(controller_.Start().error(), Error::kBroken);
}

TEST_F(Dwc2Test, ThePortIsPoweredResetAndAskedForTheSpeed) {
  ASSERT_TRUE(controller_.Start());
  EXPECT_EQ(controller_.ResetPort(), usb::Speed::kFull);
  EXPECT_EQ(core_.port_resets, 1);
  // Still enabled: nothing that was written back has switched it off.
  EXPECT_EQ(core_.At(Register::kPort),
            Port::kConnected | Port::kEnabled | Port::kPower | Port::kFullSpeed << 17);
  EXPECT_EQ(core_.At(Register::kFrameInterval), 60'000u);
  core_.At(Register::kPort) = Port::kConnected;
  EXPECT_EQ(controller_.ResetPort(), usb::Speed::kHigh);
  EXPECT_EQ(core_.At(Register::kFrameInterval), 7'500u);
  core_.At(Register::kPort) = Port::kConnected | 3u << 17;
  EXPECT_EQ(controller_.ResetPort().error(), Error::kBroken);
}

TEST_F(Dwc2Test, APortWithoutADeviceIsNotWaitedForLong) {
  ASSERT_TRUE(controller_.Start());
  core_.At(Register::kPort) = 0;
  const clock::Instant start = core_.now;
  EXPECT_EQ(controller_.ResetPort().error(), Error::kNotFound);
  EXPECT_LT(core_.now - start, std::chrono::seconds(1));
  core_.At(Register::kPort) = Port::kConnected;
  core_.never_enables = true;
  EXPECT_EQ(controller_.ResetPort().error(), Error::kBroken);
}

TEST_F(Dwc2Test, AControlReadHasThreeStages) {
  ASSERT_TRUE(controller_.Start());
  AnswerWith(std::vector<std::byte>(18, std::byte{7}));
  std::array<std::byte, 32> data = {};
  EXPECT_EQ(GetDescriptor(data), 18u);
  EXPECT_EQ(data[17], std::byte{7});
  EXPECT_EQ(data[18], std::byte{0});
  ASSERT_EQ(core_.begun.size(), 3u);
  const std::uint32_t common = 64 | 1 << 22 | 1 << 20 | 1u << 31;
  EXPECT_EQ(core_.begun[0].characteristics, common);
  EXPECT_EQ(core_.begun[0].transfer, Transfer::Make(8, 1, Transfer::kSetup).value);
  EXPECT_EQ(core_.begun[1].characteristics, common | 1 << 15);
  EXPECT_EQ(core_.begun[1].transfer, Transfer::Make(64, 1, Transfer::kData1).value);
  EXPECT_EQ(core_.begun[2].characteristics, common);
  EXPECT_EQ(core_.begun[2].transfer, Transfer::Make(0, 1, Transfer::kData1).value);
}

TEST_F(Dwc2Test, WithoutDataTheStatusComesIn) {
  ASSERT_TRUE(controller_.Start());
  AnswerWith({});
  EXPECT_EQ(controller_.Control(kLink, {.request = 9, .value = 1}, {}), 0u);
  ASSERT_EQ(core_.begun.size(), 2u);
  EXPECT_NE(core_.begun[1].characteristics & Characteristics::kIn, 0u);
  // Into memory of the driver's, whatever the device sends.
  EXPECT_EQ(core_.begun[1].transfer, Transfer::Make(64, 1, Transfer::kData1).value);
  EXPECT_EQ(core_.begun[1].memory.data(), buffer_.data.data());
}

TEST_F(Dwc2Test, AStatusThatIsNotEmptyIsBroken) {
  ASSERT_TRUE(controller_.Start());
  AnswerWith({std::byte{1}});
  EXPECT_EQ(controller_.Control(kLink, {.request = 9, .value = 1}, {}).error(), Error::kBroken);
}

TEST_F(Dwc2Test, AControlWriteHasItsDataInTheBuffer) {
  ASSERT_TRUE(controller_.Start());
  AnswerWith({});
  std::array<std::byte, 3> data = {std::byte{1}, std::byte{2}, std::byte{3}};
  EXPECT_EQ(controller_.Control(kLink, {.type = 0x21, .request = 1, .length = 3}, data), 3u);
  ASSERT_EQ(core_.begun.size(), 3u);
  EXPECT_TRUE(std::ranges::equal(core_.begun[1].memory, data));
  EXPECT_NE(core_.begun[2].characteristics & Characteristics::kIn, 0u);
}

TEST_F(Dwc2Test, MoreThanWasAskedForIsBroken) {
  ASSERT_TRUE(controller_.Start());
  AnswerWith(std::vector<std::byte>(64));
  std::array<std::byte, 18> data;
  EXPECT_EQ(GetDescriptor(data).error(), Error::kBroken);
  std::array<std::byte, 513> large;
  EXPECT_EQ(GetDescriptor(large).error(), Error::kNoSpace);
}

TEST_F(Dwc2Test, FailuresOfTheBusAndOfTheControllerAreToldApart) {
  ASSERT_TRUE(controller_.Start());
  std::array<std::byte, 18> data;
  for (const auto& [causes, error] :
       {std::pair{ChannelInterrupt::kStall, Error::kInputOutput},
        std::pair{ChannelInterrupt::kTransactionError, Error::kInputOutput},
        std::pair{0u, Error::kInputOutput}, std::pair{ChannelInterrupt::kBabble, Error::kBroken},
        std::pair{ChannelInterrupt::kBusError, Error::kBroken}}) {
    core_.on_begin = [&](const FakeCore::Begun& begun) { core_.End(begun.channel, 0, causes); };
    EXPECT_EQ(GetDescriptor(data).error(), error);
  }
}

TEST_F(Dwc2Test, AnAnswerThatDoesNotComeIsTimedOut) {
  ASSERT_TRUE(controller_.Start());
  std::array<std::byte, 18> data;
  EXPECT_EQ(GetDescriptor(data).error(), Error::kTimedOut);
  AnswerWith(std::vector<std::byte>(18));
  EXPECT_TRUE(GetDescriptor(data));
  // A channel that does not stop still has the buffer: nothing goes on.
  core_.on_begin = nullptr;
  core_.never_halts = true;
  EXPECT_EQ(GetDescriptor(data).error(), Error::kBroken);
  AnswerWith(std::vector<std::byte>(18));
  EXPECT_EQ(GetDescriptor(data).error(), Error::kBroken);
}

TEST_F(Dwc2Test, ABulkReadIsBegunAndAskedAfter) {
  ASSERT_TRUE(controller_.Start());
  const Result<std::uint8_t> pipe = controller_.OpenBulk(kLink, kIn);
  ASSERT_TRUE(pipe);
  ASSERT_TRUE(controller_.Start(*pipe, frame_));
  ASSERT_EQ(core_.begun.size(), 1u);
  EXPECT_EQ(core_.begun[0].transfer, Transfer::Make(2048, 32, Transfer::kData0).value);
  EXPECT_EQ(core_.begun[0].characteristics,
            64u | 2 << 11 | 1 << 15 | 2 << 18 | 1 << 20 | 1 << 22 | 1u << 31);
  EXPECT_EQ(controller_.Finish(*pipe).error(), Error::kWouldBlock);
  core_.End(*pipe, 1948);
  EXPECT_EQ(controller_.Finish(*pipe), 100u);
  EXPECT_EQ(controller_.Finish(*pipe).error(), Error::kWouldBlock);
  // Before and after, with nothing of it in the caches.
  EXPECT_EQ(core_.synchronized.size(), 2u);
}

TEST_F(Dwc2Test, TheNextPacketIsWhatTheControllerSays) {
  ASSERT_TRUE(controller_.Start());
  const std::uint8_t pipe = *controller_.OpenBulk(kLink, kOut);
  ASSERT_TRUE(controller_.Start(pipe, std::span(frame_).first(60)));
  core_.At(pipe, Channel::kTransfer) = Transfer::kData1;
  core_.End(pipe, 0);
  EXPECT_EQ(controller_.Finish(pipe), 60u);
  ASSERT_TRUE(controller_.Start(pipe, std::span(frame_).first(0)));
  EXPECT_EQ(core_.begun[1].transfer, Transfer::Make(0, 1, Transfer::kData1).value);
}

TEST_F(Dwc2Test, MoreLeftThanThereWasIsBroken) {
  ASSERT_TRUE(controller_.Start());
  const std::uint8_t pipe = *controller_.OpenBulk(kLink, kIn);
  ASSERT_TRUE(controller_.Start(pipe, frame_));
  core_.End(pipe, 2049);
  EXPECT_EQ(controller_.Finish(pipe).error(), Error::kBroken);
}

TEST_F(Dwc2Test, EachPipeHasAChannelUntilNoneIsLeft) {
  ASSERT_TRUE(controller_.Start());
  for (int i = 0; i < 7; ++i) {
    EXPECT_TRUE(controller_.OpenBulk(kLink, kIn));
  }
  EXPECT_EQ(controller_.OpenBulk(kLink, kIn).error(), Error::kNoSpace);
  EXPECT_EQ(core_.At(Register::kChannelInterruptMask), 0xfeu);
}

TEST_F(Dwc2Test, InterruptsAreOfPipesThatEnd) {
  ASSERT_TRUE(controller_.Start());
  const std::uint8_t pipe = *controller_.OpenBulk(kLink, kIn);
  ASSERT_TRUE(controller_.Start(pipe, frame_));
  EXPECT_TRUE(controller_.Interrupt(true));
  EXPECT_EQ(core_.At(Register::kBusConfiguration),
            kBusBits | BusConfiguration::kDma | BusConfiguration::kInterrupts);
  EXPECT_EQ(core_.At(pipe, Channel::kInterruptMask), ChannelInterrupt::kHalted);
  core_.End(pipe, 0);
  EXPECT_FALSE(controller_.Interrupt(true));
  EXPECT_TRUE(controller_.Interrupt(false));
  EXPECT_EQ(core_.At(Register::kBusConfiguration), kBusBits | BusConfiguration::kDma);
}

}  // namespace
}  // namespace ashlar::dwc2
