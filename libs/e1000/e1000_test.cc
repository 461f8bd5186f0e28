// Tests of the driver against a device made of memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/e1000/e1000.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/aligned_bytes.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/e1000/fake_nic.h"
#include "libs/e1000/registers.h"
#include "libs/events/events.h"
#include "libs/netdev/netdev.h"
#include "libs/pci/fake_config_space.h"
#include "libs/pci/pci.h"

namespace ashlar::e1000 {
namespace {

using netdev::Fragment;
using netdev::Offload;

constexpr Options kSmall = {.receive_buffers = 8, .transmit_descriptors = 16};
constexpr Options kSmallPci = {
    .family = Family::k8254x, .receive_buffers = 8, .transmit_descriptors = 16};
constexpr pci::Address kAddress = {.bus = 2, .device = 0};

struct Client final : netdev::Client {
  void Received(netdev::Buffer& first, std::size_t size, bool checked) override {
    frames.push_back(&first);
    sizes.push_back(size);
    checksums.push_back(checked);
  }
  void Transmitted(void* cookie) override { cookies.push_back(cookie); }

  std::vector<netdev::Buffer*> frames;
  std::vector<std::size_t> sizes;
  std::vector<bool> checksums;
  std::vector<void*> cookies;
};

class E1000Test : public testing::Test {
 protected:
  using TestNic = Nic<FakeNicBus>;

  static constexpr std::size_t kBytes = TestNic::MemoryFor(kSmall);

  E1000Test() { config_.At(kAddress) = pci::FakeFunction::Device(0x8086, 0x10d3); }

  Result<TestNic*> Start(const Options& options = kSmall) {
    return TestNic::Start({FakeNicBus(fake_), kRegisterBytes, config_, kAddress}, memory(), event_,
                          options);
  }
  bool may_reach_memory() {
    return (config_.At(kAddress).registers[1] & pci::kCommandBusMaster) != 0;
  }

  netdev::Queue& StartQueue(const Options& options = kSmall) {
    nic_ = *Start(options);
    return *nic_->queues()[0];
  }

  std::span<std::byte> memory() { return {memory_.get(), kBytes}; }

  AlignedBytes memory_ = MakeAlignedBytes(kBytes, kPageSize);
  FakeNic fake_;
  pci::FakeConfigSpace config_;
  events::Event event_;
  Client client_;
  TestNic* nic_ = nullptr;
};

std::vector<std::byte> Frame(std::size_t size, unsigned char fill) {
  return std::vector<std::byte>(size, static_cast<std::byte>(fill));
}

TEST_F(E1000Test, TheCardsAddressAndItsLinkAreTold) {
  StartQueue();
  EXPECT_EQ(nic_->properties().mac_address, (netdev::MacAddress{0x52, 0x54, 0, 0x12, 0x34, 0x56}));
  EXPECT_FALSE(nic_->link_up());
  fake_.At(Register::kStatus) = Status::kLinkUp;
  EXPECT_TRUE(nic_->link_up());
  EXPECT_NE(fake_.At(Register::kReceiveControl) & ReceiveControl::kEnable, 0u);
  EXPECT_NE(fake_.At(Register::kTransmitControl) & TransmitControl::kEnable, 0u);
  EXPECT_EQ(fake_.At(Register::kInterruptMaskSet), 0u);
}

TEST_F(E1000Test, ACardThatNeverLeavesItsResetIsBroken) {
  fake_.stays_in_reset = true;
  EXPECT_EQ(Start().error(), Error::kBroken);
  EXPECT_FALSE(may_reach_memory());
}

TEST_F(E1000Test, ACardThatNeverReadsItsEepromIsBroken) {
  fake_.eeprom_reads = 1 << 30;
  EXPECT_EQ(Start().error(), Error::kBroken);
  EXPECT_FALSE(may_reach_memory());
}

TEST_F(E1000Test, WhatFirmwareLeftRunningIsStoppedBeforeItIsReset) {
  for (const Options& options : {kSmall, kSmallPci}) {
    fake_ = FakeNic();
    fake_.forgets = true;
    fake_.eeprom_reads = 3;
    fake_.At(Register::kReceiveControl) = ReceiveControl::kEnable;
    fake_.At(Register::kTransmitControl) = TransmitControl::kEnable;
    pci::ChangeCommand(config_, kAddress, 0, pci::kCommandBusMaster);
    StartQueue(options);
    EXPECT_EQ(fake_.resets, 1);
    EXPECT_EQ(fake_.receive_control_at_reset, 0u);
    EXPECT_EQ(fake_.transmit_control_at_reset, 0u);
    EXPECT_TRUE(may_reach_memory());
    EXPECT_NE(fake_.At(Register::kReceiveControl) & ReceiveControl::kEnable, 0u);
    EXPECT_EQ(nic_->properties().mac_address,
              (netdev::MacAddress{0x52, 0x54, 0, 0x12, 0x34, 0x56}));
  }
}

TEST_F(E1000Test, ACardThatGoesOnIsResetAllTheSame) {
  fake_.goes_on = true;
  StartQueue();
  EXPECT_EQ(fake_.resets, 1);
}

TEST_F(E1000Test, SpeedAndDuplexAreNegotiatedWhateverFirmwareForced) {
  for (const Options& options : {kSmall, kSmallPci}) {
    fake_ = FakeNic();
    fake_.At(Register::kControl) = Control::kForceSpeed | Control::kForceDuplex |
                                   Control::kAutoSpeed | Control::kMasterDisable |
                                   Control::kVlanMode;
    StartQueue(options);
    EXPECT_EQ(fake_.At(Register::kControl), Control::kSetLinkUp);
  }
}

TEST_F(E1000Test, EachFamilyIsSetUpAsItWantsToBe) {
  fake_.At(Register::kManagement) = kAnswerArp;
  StartQueue(kSmallPci);
  EXPECT_EQ(fake_.At(Register::kManagement), 0u);
  EXPECT_EQ(fake_.At(Register::kReceiveDelay), 0u);
  EXPECT_EQ(fake_.At(Register::kBusControl), 0u);
  EXPECT_FALSE(nic_->properties().tcp6_segmentation);
  fake_ = FakeNic();
  StartQueue();
  EXPECT_EQ(fake_.At(Register::kBusControl), Reserved82574::kBusControlOn);
  EXPECT_EQ(fake_.At(Register::kBusControl2), Reserved82574::kBusControl2On);
  EXPECT_EQ(fake_.At(Register::kTransmitArbitration), Reserved82574::kTransmitArbitrationOn);
  EXPECT_EQ(fake_.At(Register::kConfigurationOwner), 0u);
  EXPECT_EQ(fake_.At(Register::kReceiveFilter), 0u);
  EXPECT_TRUE(nic_->properties().tcp6_segmentation);
}

TEST_F(E1000Test, AnAddressThatNoCardMayHaveIsBroken) {
  fake_.SetAddress({0x53, 0x54, 0, 0x12, 0x34, 0x56});
  EXPECT_EQ(Start().error(), Error::kBroken);
  fake_.SetAddress({0, 0, 0, 0, 0, 0});
  EXPECT_EQ(Start().error(), Error::kBroken);
}

TEST_F(E1000Test, AFrameOfSeveralFragmentsGoesOutAtTheFlush) {
  netdev::Queue& queue = StartQueue();
  const auto head = Frame(14, 1);
  const auto body = Frame(100, 2);
  const std::array<Fragment, 2> fragments = {head, body};
  int cookie = 0;
  ASSERT_TRUE(queue.Transmit(fragments, {}, &cookie));
  EXPECT_TRUE(fake_.sent.empty());
  queue.Flush();
  ASSERT_EQ(fake_.sent.size(), 1u);
  EXPECT_EQ(fake_.sent[0].size(), 114u);
  EXPECT_EQ(fake_.sent[0][13], std::byte{1});
  EXPECT_EQ(fake_.sent[0][14], std::byte{2});
  EXPECT_TRUE(queue.Poll(client_, 8));
  EXPECT_EQ(client_.cookies, std::vector<void*>{&cookie});
  EXPECT_FALSE(queue.Poll(client_, 8));
}

TEST_F(E1000Test, FramesComeBackInOrderAndTheRingGoesRound) {
  netdev::Queue& queue = StartQueue();
  const auto frame = Frame(60, 7);
  const std::array<Fragment, 1> fragments = {frame};
  for (std::uintptr_t i = 1; i <= 100; ++i) {
    ASSERT_TRUE(queue.Transmit(fragments, {}, reinterpret_cast<void*>(i)));
    queue.Flush();
    queue.Poll(client_, 8);
    ASSERT_EQ(client_.cookies.size(), i);
    EXPECT_EQ(client_.cookies.back(), reinterpret_cast<void*>(i));
  }
  EXPECT_EQ(fake_.sent.size(), 100u);
}

TEST_F(E1000Test, AFullRingBlocksUntilTheDeviceHasSent) {
  netdev::Queue& queue = StartQueue();
  fake_.sends_at_once = false;
  const auto frame = Frame(60, 7);
  const std::array<Fragment, 1> fragments = {frame};
  int queued = 0;
  while (queue.Transmit(fragments, {}, nullptr)) {
    ++queued;
  }
  EXPECT_EQ(queued, 15);
  EXPECT_EQ(queue.Transmit(fragments, {}, nullptr).error(), Error::kWouldBlock);
  queue.Flush();
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_NE(fake_.At(Register::kInterruptMaskSet) & Interrupt::kTransmitted, 0u);
  fake_.SendAll();
  queue.Poll(client_, 8);
  EXPECT_EQ(client_.cookies.size(), 15u);
  EXPECT_TRUE(queue.Transmit(fragments, {}, nullptr));
}

TEST_F(E1000Test, ShortFramesAreFilledUpForCardsThatDamageThem) {
  netdev::Queue& queue = StartQueue(kSmallPci);
  const auto frame = Frame(42, 7);
  const std::array<Fragment, 2> fragments = {std::span(frame).first(14), std::span(frame).last(28)};
  const auto long_enough = Frame(60, 8);
  int cookie = 0;
  ASSERT_TRUE(queue.Transmit(fragments, {}, &cookie));
  ASSERT_TRUE(queue.Transmit(std::array<Fragment, 1>{long_enough}, {}, &cookie));
  queue.Flush();
  ASSERT_EQ(fake_.sent.size(), 2u);
  auto filled = frame;
  filled.resize(60);
  EXPECT_EQ(fake_.sent[0], filled);
  EXPECT_EQ(fake_.sent[1], long_enough);
  EXPECT_TRUE(queue.Poll(client_, 8));
  EXPECT_EQ(client_.cookies.size(), 2u);

  fake_ = FakeNic();
  netdev::Queue& other = StartQueue();
  ASSERT_TRUE(other.Transmit(fragments, {}, &cookie));
  other.Flush();
  EXPECT_EQ(fake_.sent, (std::vector<std::vector<std::byte>>{frame}));  // it does that itself
}

TEST_F(E1000Test, TheDeviceInsertsTheChecksum) {
  netdev::Queue& queue = StartQueue();
  auto frame = Frame(60, 0);
  frame[34] = std::byte{0x12};
  frame[35] = std::byte{0x34};
  frame[50] = std::byte{0x00};  // the field, with a pseudo-header's sum
  frame[51] = std::byte{0x06};
  const std::array<Fragment, 1> fragments = {frame};
  const Offload offload = {.checksum = true, .checksum_start = 34, .checksum_offset = 16};
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(queue.Transmit(fragments, offload, nullptr));
  }
  queue.Flush();
  // One context serves all of them.
  EXPECT_EQ(fake_.At(Register::kTransmitTail), 4u);
  ASSERT_EQ(fake_.sent.size(), 3u);
  const std::uint16_t expected = 0xffff - (0x1234 + 0x0006);
  EXPECT_EQ(fake_.sent[2][50], static_cast<std::byte>(expected >> 8));
  EXPECT_EQ(fake_.sent[2][51], static_cast<std::byte>(expected));
  queue.Poll(client_, 8);
  EXPECT_EQ(client_.cookies.size(), 3u);
}

// The ones-complement sum of big-endian words; 0xffff over what has a right checksum in it.
std::uint32_t SumOf(std::span<const std::byte> bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
  }
  while (sum >> 16 != 0) {
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}

// A frame of TCP with `payload` bytes and nothing in its checksums' fields but what a stack leaves.
std::vector<std::byte> TcpFrame(bool ipv6, std::size_t payload) {
  const std::size_t tcp = ipv6 ? 54 : 34;
  std::vector<std::byte> frame(tcp + 32 + payload);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    frame[i] = static_cast<std::byte>(i * 7 + i / 251);
  }
  frame[14] = std::byte{static_cast<unsigned char>(ipv6 ? 0x60 : 0x45)};
  frame[ipv6 ? 20 : 23] = std::byte{6};
  frame[tcp + 4] = frame[tcp + 5] = frame[tcp + 6] = frame[tcp + 7] = std::byte{0};
  frame[tcp + 12] = std::byte{0x80};
  return frame;
}

class E1000SegmentationTest : public E1000Test, public testing::WithParamInterface<bool> {
 protected:
  bool ipv6() const { return GetParam(); }
  std::size_t tcp() const { return ipv6() ? 54 : 34; }
  std::size_t headers() const { return tcp() + 32; }
  Offload Request(std::uint16_t segment) const {
    return {.checksum = true,
            .checksum_start = static_cast<std::uint16_t>(tcp()),
            .checksum_offset = 16,
            .segmentation = ipv6() ? Offload::Segmentation::kTcp6 : Offload::Segmentation::kTcp4,
            .segment_size = segment,
            .header_size = static_cast<std::uint16_t>(headers())};
  }
  // Whether lengths and checksums are those of a frame on the wire.
  void ExpectWhole(std::span<const std::byte> frame) {
    const std::size_t length = frame.size() - tcp();
    const std::span<const std::byte> addresses =
        ipv6() ? frame.subspan(22, 32) : frame.subspan(26, 8);
    EXPECT_EQ(
        SumOf(frame.subspan(tcp()), SumOf(addresses) + 6 + static_cast<std::uint32_t>(length)),
        0xffffu);
    if (ipv6()) {
      EXPECT_EQ(SumOf(frame.subspan(18, 2)), length);
    } else {
      EXPECT_EQ(SumOf(frame.subspan(16, 2)), frame.size() - 14);
      EXPECT_EQ(SumOf(frame.subspan(14, 20)), 0xffffu);
    }
  }
};

TEST_P(E1000SegmentationTest, ALargeFrameIsCutByTheDevice) {
  netdev::Queue& queue = StartQueue();
  const std::vector<std::byte> frame = TcpFrame(ipv6(), 3500);
  // The headers in two fragments, the second of which has data as well.
  const std::span<const std::byte> bytes = frame;
  const std::array<Fragment, 3> fragments = {bytes.first(20), bytes.subspan(20, 1000),
                                             bytes.subspan(1020)};
  int cookie = 0;
  ASSERT_TRUE(queue.Transmit(fragments, Request(1000), &cookie));
  queue.Flush();
  ASSERT_EQ(fake_.sent.size(), 4u);
  std::size_t at = headers();
  for (const std::vector<std::byte>& sent : fake_.sent) {
    const std::size_t part = sent.size() - headers();
    EXPECT_EQ(part, at + 1000 <= frame.size() ? 1000 : 500);
    EXPECT_TRUE(std::ranges::equal(std::span(sent).subspan(headers()), bytes.subspan(at, part)));
    EXPECT_EQ(SumOf(std::span(sent).subspan(tcp() + 6, 2)), at - headers());
    ExpectWhole(sent);
    at += part;
  }
  EXPECT_EQ(frame, TcpFrame(ipv6(), 3500));  // the headers are changed in a copy
  EXPECT_TRUE(queue.Poll(client_, 8));
  EXPECT_EQ(client_.cookies, std::vector<void*>{&cookie});
}

TEST_P(E1000SegmentationTest, LongFragmentsTakeSeveralDescriptors) {
  netdev::Queue& queue = StartQueue();
  const std::vector<std::byte> frame = TcpFrame(ipv6(), 50000);
  const std::array<Fragment, 1> fragments = {frame};
  for (int i = 0; i < 10; ++i) {  // round the ring
    fake_.sent.clear();
    ASSERT_TRUE(queue.Transmit(fragments, Request(1440), nullptr));
    queue.Flush();
    queue.Poll(client_, 8);
    ASSERT_EQ(fake_.sent.size(), 35u);
    ExpectWhole(fake_.sent.back());
    EXPECT_TRUE(std::ranges::equal(std::span(fake_.sent.back()).subspan(headers()),
                                   std::span(frame).last(50000 - 34 * 1440)));
  }
  EXPECT_EQ(client_.cookies.size(), 10u);
}

TEST_P(E1000SegmentationTest, TheDescriptorsOfTheOldFamilyAreNoLargerThanFourSegments) {
  const std::vector<std::byte> frame = TcpFrame(ipv6(), 20000);
  const std::array<Fragment, 1> fragments = {frame};
  for (const auto& [segment, most] :
       {std::pair<std::uint16_t, std::size_t>{1440, 4096}, {700, 2800}}) {
    fake_ = FakeNic();
    netdev::Queue& queue = StartQueue(kSmallPci);
    ASSERT_TRUE(queue.Transmit(fragments, Request(segment), nullptr));
    queue.Flush();
    EXPECT_EQ(fake_.largest_data, most);
    EXPECT_EQ(fake_.sent.size(), (20000u + segment - 1) / segment);
    ExpectWhole(fake_.sent.back());
  }
  // More descriptors than there are would never be free.
  EXPECT_EQ(nic_->queues()[0]->Transmit(fragments, Request(100), nullptr).error(),
            Error::kInvalidArgument);
}

TEST_P(E1000SegmentationTest, AWholeFrameBehindOneToBeCutHasTwoDescriptorsInTheOldFamily) {
  netdev::Queue& queue = StartQueue(kSmallPci);
  const std::vector<std::byte> large = TcpFrame(ipv6(), 2000);
  const std::vector<std::byte> small = TcpFrame(ipv6(), 100);
  ASSERT_TRUE(queue.Transmit(std::array<Fragment, 1>{small}, {}, nullptr));
  ASSERT_TRUE(queue.Transmit(std::array<Fragment, 1>{large}, Request(1000), nullptr));
  const std::array<Fragment, 2> halves = {std::span(small).first(60), std::span(small).subspan(60)};
  ASSERT_TRUE(queue.Transmit(halves, {}, nullptr));
  ASSERT_TRUE(queue.Transmit(std::array<Fragment, 1>{small}, {}, nullptr));
  ASSERT_TRUE(queue.Transmit(std::array<Fragment, 1>{small}, {}, nullptr));
  queue.Flush();
  EXPECT_EQ(fake_.descriptors_of_frames, (std::vector<std::size_t>{1, 3, 2, 2, 1}));
  EXPECT_EQ(fake_.sent.back(), small);
  EXPECT_EQ(fake_.sent[fake_.sent.size() - 2], small);
  EXPECT_EQ(fake_.sent[fake_.sent.size() - 3], small);
}

TEST_P(E1000SegmentationTest, TheOldFamilyHasTheEndOfAFrameToBeCutByItself) {
  const std::vector<std::byte> frame = TcpFrame(ipv6(), 2000);
  // In one fragment; with a short one last, which is small enough; in the headers' fragment.
  const std::array<std::vector<Fragment>, 3> divisions = {
      std::vector<Fragment>{frame},
      {std::span(frame).first(frame.size() - 8), std::span(frame).last(8)},
      {std::span(frame).first(headers()), std::span(frame).subspan(headers())}};
  netdev::Queue& queue = StartQueue(kSmallPci);
  for (const std::vector<Fragment>& fragments : divisions) {
    ASSERT_TRUE(queue.Transmit(fragments, Request(1000), nullptr));
    queue.Flush();
    queue.Poll(client_, 8);
    EXPECT_EQ(fake_.descriptors_of_frames.back(), 3u);
    ExpectWhole(fake_.sent.back());
    EXPECT_TRUE(std::ranges::equal(std::span(fake_.sent.back()).subspan(headers()),
                                   std::span(frame).last(1000)));
  }
}

TEST_P(E1000SegmentationTest, FramesOfBothKindsFollowEachOther) {
  netdev::Queue& queue = StartQueue();
  fake_.sends_at_once = false;
  const std::vector<std::byte> large = TcpFrame(ipv6(), 2000);
  const std::vector<std::byte> small = TcpFrame(ipv6(), 100);
  const Offload checksum = {
      .checksum = true, .checksum_start = static_cast<std::uint16_t>(tcp()), .checksum_offset = 16};
  ASSERT_TRUE(queue.Transmit(std::array<Fragment, 1>{small}, checksum, nullptr));
  ASSERT_TRUE(queue.Transmit(std::array<Fragment, 1>{large}, Request(1000), nullptr));
  ASSERT_TRUE(queue.Transmit(std::array<Fragment, 1>{small}, checksum, nullptr));
  ASSERT_TRUE(queue.Transmit(std::array<Fragment, 1>{large}, Request(1500), nullptr));
  queue.Flush();
  fake_.SendAll();
  ASSERT_EQ(fake_.sent.size(), 6u);
  EXPECT_EQ(fake_.sent[0], fake_.sent[3]);
  ExpectWhole(fake_.sent[1]);
  ExpectWhole(fake_.sent[2]);
  EXPECT_EQ(fake_.sent[4].size(), headers() + 1500);
  ExpectWhole(fake_.sent[5]);
}

TEST_P(E1000SegmentationTest, WhatIsNoSuchFrameIsRefused) {
  netdev::Queue& queue = StartQueue();
  const auto refused = [&](std::span<const std::byte> frame, const Offload& offload) {
    const auto result = queue.Transmit(std::array<Fragment, 1>{frame}, offload, nullptr);
    return !result && result.error() == Error::kInvalidArgument;
  };
  const auto changed = [&](auto change) {
    Offload offload = Request(1000);
    change(offload);
    return offload;
  };
  const std::vector<std::byte> frame = TcpFrame(ipv6(), 3000);
  EXPECT_TRUE(refused(frame, changed([](Offload& o) { o.checksum = false; })));
  EXPECT_TRUE(refused(frame, changed([](Offload& o) { o.segment_size = 0; })));
  EXPECT_TRUE(refused(frame, changed([](Offload& o) { o.checksum_start += 4; })));
  EXPECT_TRUE(refused(frame, changed([](Offload& o) { o.checksum_offset = 6; })));
  EXPECT_TRUE(refused(frame, changed([](Offload& o) { o.header_size -= 32; })));
  EXPECT_TRUE(refused(frame, changed([](Offload& o) { o.header_size = 200; })));
  EXPECT_TRUE(refused(std::span(frame).first(headers()), Request(1000)));
  EXPECT_TRUE(refused(TcpFrame(!ipv6(), 3000), Request(1000)));
  EXPECT_TRUE(refused(TcpFrame(ipv6(), 65536), Request(1000)));
  queue.Flush();
  EXPECT_TRUE(fake_.sent.empty());
}

INSTANTIATE_TEST_SUITE_P(Ip, E1000SegmentationTest, testing::Bool());

TEST_F(E1000Test, WhatTheDeviceCannotSendIsRefused) {
  netdev::Queue& queue = StartQueue();
  const auto refused = [&](std::span<const Fragment> fragments, const Offload& offload) {
    const auto result = queue.Transmit(fragments, offload, nullptr);
    return !result && result.error() == Error::kInvalidArgument;
  };
  const auto short_one = Frame(13, 0);
  const auto long_one = Frame(1515, 0);
  const auto good = Frame(60, 0);
  EXPECT_TRUE(refused(std::array<Fragment, 1>{short_one}, {}));
  EXPECT_TRUE(refused(std::array<Fragment, 1>{long_one}, {}));
  EXPECT_TRUE(refused(std::array<Fragment, 2>{good, Fragment()}, {}));
  EXPECT_TRUE(refused({}, {}));
  const std::array<Fragment, 1> fragments = {good};
  EXPECT_TRUE(refused(fragments, {.segmentation = Offload::Segmentation::kTcp4}));
  EXPECT_TRUE(refused(fragments, {.checksum = true, .checksum_start = 34, .checksum_offset = 25}));
  EXPECT_TRUE(refused(fragments, {.checksum = true, .checksum_start = 300, .checksum_offset = 0}));
  queue.Flush();
  EXPECT_TRUE(fake_.sent.empty());
}

TEST_F(E1000Test, ReceivedFramesAreLentAndTheirBuffersGivenAgain) {
  netdev::Queue& queue = StartQueue();
  for (unsigned i = 0; i < 40; ++i) {
    const auto frame = Frame(60 + i, static_cast<unsigned char>(i));
    ASSERT_TRUE(fake_.Deliver(frame)) << i;
    ASSERT_TRUE(queue.Poll(client_, 8));
    ASSERT_EQ(client_.frames.size(), i + 1);
    EXPECT_TRUE(std::ranges::equal(client_.frames.back()->bytes, frame));
    queue.Release(*client_.frames.back());
  }
}

TEST_F(E1000Test, BuffersThatAreLentAreNotTheDevices) {
  netdev::Queue& queue = StartQueue();
  const auto frame = Frame(60, 1);
  unsigned delivered = 0;
  while (fake_.Deliver(frame)) {
    ++delivered;
  }
  EXPECT_EQ(delivered, 7u);  // of eight descriptors
  queue.Poll(client_, 100);
  ASSERT_EQ(client_.frames.size(), 7u);
  ASSERT_TRUE(fake_.Deliver(frame));  // the eighth buffer
  EXPECT_FALSE(fake_.Deliver(frame));
  queue.Release(*client_.frames[3]);
  queue.Release(*client_.frames[0]);
  queue.Poll(client_, 100);
  EXPECT_EQ(client_.frames.size(), 8u);
  EXPECT_TRUE(fake_.Deliver(frame));
  EXPECT_TRUE(fake_.Deliver(frame));
  EXPECT_FALSE(fake_.Deliver(frame));
}

TEST_F(E1000Test, OnlyAChecksumThatTheDeviceHasCheckedIsVerified) {
  netdev::Queue& queue = StartQueue();
  constexpr std::uint8_t kWhole = ReceiveDescriptor::kDone | ReceiveDescriptor::kEndOfPacket;
  const auto frame = Frame(60, 1);
  fake_.Deliver(frame, kWhole);
  fake_.Deliver(frame, kWhole | ReceiveDescriptor::kTcpUdpChecked | ReceiveDescriptor::kIpChecked);
  fake_.Deliver(frame,
                kWhole | ReceiveDescriptor::kTcpUdpChecked | ReceiveDescriptor::kIgnoreChecksum);
  fake_.Deliver(frame, kWhole | ReceiveDescriptor::kTcpUdpChecked, ReceiveDescriptor::kTcpUdpError);
  fake_.Deliver(frame, kWhole | ReceiveDescriptor::kTcpUdpChecked, ReceiveDescriptor::kIpError);
  queue.Poll(client_, 8);
  EXPECT_EQ(client_.checksums, (std::vector<bool>{false, true, false, false, false}));
}

TEST_F(E1000Test, DamagedFramesAndPartsOfFramesAreDropped) {
  netdev::Queue& queue = StartQueue();
  constexpr std::uint8_t kWhole = ReceiveDescriptor::kDone | ReceiveDescriptor::kEndOfPacket;
  const auto frame = Frame(60, 1);
  fake_.Deliver(frame, kWhole, 1);                 // wrong check sequence
  fake_.Deliver(Frame(13, 1));                     // shorter than a header
  fake_.Deliver(frame, ReceiveDescriptor::kDone);  // the beginning of a long one
  fake_.Deliver(frame, kWhole);                    // its end
  fake_.Deliver(frame, kWhole);
  EXPECT_TRUE(queue.Poll(client_, 8));
  EXPECT_EQ(client_.frames.size(), 1u);
}

TEST_F(E1000Test, ALengthBeyondTheBufferPutsTheDeviceOutOfUse) {
  netdev::Queue& queue = StartQueue();
  fake_.Deliver(Frame(60, 1));
  fake_.ReceiveAt(0).length = 2049;
  EXPECT_TRUE(queue.Poll(client_, 8));
  EXPECT_TRUE(client_.frames.empty());
  EXPECT_EQ(fake_.At(Register::kReceiveControl), 0u);
  EXPECT_EQ(fake_.At(Register::kTransmitControl), 0u);
  EXPECT_FALSE(may_reach_memory());
  const auto frame = Frame(60, 1);
  EXPECT_EQ(queue.Transmit(std::array<Fragment, 1>{frame}, {}, nullptr).error(), Error::kBroken);
  EXPECT_FALSE(queue.Poll(client_, 8));
  event_.Note();
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_FALSE(event_.pending());  // or the CPU would never sleep again
}

TEST_F(E1000Test, ADeviceOutOfUseHandsBackWhatItWillNeverSend) {
  netdev::Queue& queue = StartQueue();
  fake_.sends_at_once = false;
  const auto frame = Frame(60, 1);
  const std::array<Fragment, 2> fragments = {std::span(frame).first(14), std::span(frame).last(46)};
  std::array<int, 3> cookies;
  ASSERT_TRUE(queue.Transmit(fragments, {}, &cookies[0]));
  const Offload checksum = {.checksum = true, .checksum_start = 34, .checksum_offset = 16};
  ASSERT_TRUE(queue.Transmit(fragments, checksum, &cookies[1]));
  queue.Flush();
  ASSERT_TRUE(queue.Transmit(fragments, {}, &cookies[2]));
  fake_.Deliver(Frame(60, 1));
  fake_.ReceiveAt(0).length = 2049;
  EXPECT_TRUE(queue.Poll(client_, 8));
  EXPECT_EQ(client_.cookies, (std::vector<void*>{&cookies[0], &cookies[1], &cookies[2]}));
}

TEST_F(E1000Test, AFrameThatCameMeanwhileKeepsNotificationsOff) {
  netdev::Queue& queue = StartQueue();
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_NE(fake_.At(Register::kInterruptMaskSet) & Interrupt::kReceived, 0u);
  queue.DisableNotifications();
  EXPECT_EQ(fake_.At(Register::kInterruptMaskSet), 0u);
  fake_.Deliver(Frame(60, 1));
  EXPECT_FALSE(queue.EnableNotifications());
  EXPECT_EQ(fake_.At(Register::kInterruptMaskSet), 0u);
}

TEST_F(E1000Test, ItsLineIsLetGoOfOnceItsEventWasTaken) {
  netdev::Queue& queue = StartQueue();
  fake_.At(Register::kInterruptCause) = Interrupt::kReceived;
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_EQ(fake_.At(Register::kInterruptCause), Interrupt::kReceived);
  event_.Note();
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_EQ(fake_.At(Register::kInterruptCause), 0u);
}

TEST_F(E1000Test, MessagesOfTheVectorTableAreOfTheQueues) {
  Options options = kSmall;
  options.msix = true;
  netdev::Queue& queue = StartQueue(options);
  EXPECT_EQ(fake_.At(Register::kVectors), Vectors::kAllFirst);
  EXPECT_EQ(fake_.At(Register::kReceiveFilter), kNoAckInterrupts);
  EXPECT_NE(fake_.At(Register::kExtendedControl) & ExtendedControl::kClearPending, 0u);
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_EQ(fake_.At(Register::kInterruptMaskSet), Interrupt::kReceiveQueue);
}

TEST_F(E1000Test, AMessageTakesItsCauseWithItAndNoOtherIsTouched) {
  Options options = kSmall;
  options.msix = true;
  netdev::Queue& queue = StartQueue(options);
  EXPECT_EQ(fake_.At(Register::kInterruptAutoClear),
            Interrupt::kReceiveQueue | Interrupt::kTransmitQueue);
  EXPECT_TRUE(queue.EnableNotifications());
  // One that came after the last look at the ring: it must stay, so that unmasking sends its
  // message.
  fake_.At(Register::kInterruptCause) = Interrupt::kReceiveQueue;
  event_.Note();
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_EQ(fake_.At(Register::kInterruptCause), Interrupt::kReceiveQueue);
  EXPECT_EQ(fake_.At(Register::kInterruptMaskSet), Interrupt::kReceiveQueue);
}

}  // namespace
}  // namespace ashlar::e1000
