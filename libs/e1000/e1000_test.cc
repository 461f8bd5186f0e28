// Tests of the driver against a device made of memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/e1000/e1000.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/e1000/fake_nic.h"
#include "libs/e1000/registers.h"
#include "libs/events/events.h"
#include "libs/netdev/netdev.h"

namespace ashlar::e1000 {
namespace {

using netdev::Fragment;
using netdev::Offload;

constexpr Options kSmall = {.receive_buffers = 8, .transmit_descriptors = 16};

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

  Result<TestNic*> Start() { return TestNic::Start(FakeNicBus(fake_), memory(), event_, kSmall); }

  netdev::Queue& StartQueue() {
    nic_ = *Start();
    return *nic_->queues()[0];
  }

  std::span<std::byte> memory() { return {memory_.get(), kBytes}; }

  struct Free {
    void operator()(std::byte* bytes) { ::operator delete[](bytes, std::align_val_t(kPageSize)); }
  };
  std::unique_ptr<std::byte[], Free> memory_{new (std::align_val_t(kPageSize)) std::byte[kBytes]};
  FakeNic fake_;
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
  const auto frame = Frame(60, 1);
  EXPECT_EQ(queue.Transmit(std::array<Fragment, 1>{frame}, {}, nullptr).error(), Error::kBroken);
  EXPECT_FALSE(queue.Poll(client_, 8));
  EXPECT_TRUE(queue.EnableNotifications());
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

}  // namespace
}  // namespace ashlar::e1000
