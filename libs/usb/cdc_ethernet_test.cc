// An Ethernet adapter's driver against a device of memory, which may lie and fail.
// SPDX-License-Identifier: Apache-2.0
#include "libs/usb/cdc_ethernet.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/aligned_bytes.h"
#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/netdev/netdev.h"
#include "libs/usb/ethernet_function.h"
#include "libs/usb/fake_controller.h"
#include "libs/usb/host_controller.h"
#include "libs/usb/usb.h"

namespace ashlar::usb {
namespace {

TEST(EthernetFunctionTest, ControlAndDataInterfacesBelongTogether) {
  const auto function = FindEthernetFunction(AdapterDescriptors()[0x201]);
  ASSERT_TRUE(function);
  EXPECT_EQ(function->control_interface, 0);
  EXPECT_EQ(function->data_interface, 1);
  EXPECT_EQ(function->alternate, 1);
  EXPECT_EQ(function->address_string, 3);
  EXPECT_EQ(function->max_segment, 1514);
  EXPECT_EQ(function->in.address, 0x82);
  EXPECT_EQ(function->out.address, 0x02);
  EXPECT_FALSE(FindEthernetFunction(AdapterDescriptors()[0x200]));
}

TEST(EthernetFunctionTest, ACutConfigurationHasNone) {
  const Bytes whole = AdapterDescriptors()[0x201];
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(FindEthernetFunction(std::span(whole).first(size))) << size;
  }
}

TEST(EthernetFunctionTest, AddressesAreTwelveDigits) {
  EXPECT_EQ(ReadMacAddress("400102030a0F"),
            (netdev::MacAddress{0x40, 0x01, 0x02, 0x03, 0x0a, 0x0f}));
  for (const char* bad : {"", "40010203040", "4001020304050", "40010203040g", "410102030405",
                          "000000000000", "+40102030405", "4 0102030405"}) {
    EXPECT_FALSE(ReadMacAddress(bad)) << bad;
  }
}

struct Client final : netdev::Client {
  void Received(netdev::Buffer& first, std::size_t size, bool) override {
    EXPECT_EQ(first.bytes.size(), size);
    EXPECT_EQ(first.next, nullptr);
    received.push_back(&first);
  }
  void Transmitted(void* cookie) override { transmitted.push_back(cookie); }

  std::vector<netdev::Buffer*> received;
  std::vector<void*> transmitted;
};

class CdcEthernetTest : public testing::Test {
 protected:
  static constexpr CdcEthernetOptions kSmall = {.receive_buffers = 2, .transmit_buffers = 3};

  CdcEthernetTest() { controller_.descriptors = AdapterDescriptors(); }

  Result<CdcEthernet*> Start() {
    const Result<Device> device = Device::Find(controller_);
    if (!device) {
      return std::unexpected(device.error());
    }
    const std::size_t size = CdcEthernet::MemoryFor(kSmall);
    memory_ = MakeAlignedBytes(size, HostController::kAlignment);
    const Result<CdcEthernet*> started =
        CdcEthernet::Start(*device, std::span(memory_.get(), size), event_, kSmall);
    if (started) {
      queue_ = (*started)->queues().front();
    }
    return started;
  }

  Result<void> Send(std::size_t size, void* cookie = nullptr) {
    frame_.assign(size, std::byte{0x5a});
    const std::array<netdev::Fragment, 2> parts = {std::span(frame_).first(14),
                                                   std::span(frame_).subspan(14)};
    return queue_->Transmit(parts, {}, cookie);
  }

  FakeController controller_;
  events::Event event_;
  AlignedBytes memory_;
  netdev::Queue* queue_ = nullptr;
  Client client_;
  Bytes frame_;
};

TEST_F(CdcEthernetTest, StartsTheConfigurationThatIsEthernet) {
  const Result<CdcEthernet*> started = Start();
  ASSERT_TRUE(started);
  EXPECT_EQ((*started)->properties().mac_address, (netdev::MacAddress{0x40, 1, 2, 3, 4, 5}));
  EXPECT_EQ((*started)->properties().mtu, 1500);
  // Its configuration, the alternate with endpoints, the filter.
  std::vector<std::array<int, 3>> orders;
  for (const auto& setup : controller_.setups) {
    if (!setup.in()) {
      orders.push_back({setup.request, setup.value, setup.index});
    }
  }
  EXPECT_EQ(orders,
            (std::vector<std::array<int, 3>>{{5, 1, 0}, {9, 1, 0}, {11, 1, 1}, {0x43, 0xe, 0}}));
}

TEST_F(CdcEthernetTest, OtherDevicesAreUnsupported) {
  controller_.descriptors[0x201] = controller_.descriptors[0x200];
  EXPECT_EQ(Start().error(), Error::kUnsupported);
}

TEST_F(CdcEthernetTest, AnAdapterWithoutAnAddressIsBroken) {
  controller_.descriptors[0x303] = MakeString("ffffffffffff");
  EXPECT_EQ(Start().error(), Error::kBroken);
}

TEST_F(CdcEthernetTest, FramesTooShortForIpAreBroken) {
  controller_.descriptors[0x201][36] = std::byte{60};
  controller_.descriptors[0x201][37] = std::byte{0};
  EXPECT_EQ(Start().error(), Error::kBroken);
}

TEST_F(CdcEthernetTest, ARefusedRequestIsAnError) {
  for (const std::uint8_t request : {9, 11, 0x43}) {
    controller_.refused = request;
    controller_.pipes = 0;
    EXPECT_EQ(Start().error(), Error::kInputOutput);
  }
}

TEST_F(CdcEthernetTest, AFrameIsATransfer) {
  ASSERT_TRUE(Start());
  int cookie = 0;
  ASSERT_TRUE(Send(100, &cookie));
  EXPECT_TRUE(controller_.sent.empty());
  queue_->Flush();
  ASSERT_EQ(controller_.sent.size(), 1u);
  EXPECT_EQ(controller_.sent[0], frame_);
  EXPECT_FALSE(queue_->Poll(client_, 8));
  ASSERT_TRUE(controller_.EndSending());
  EXPECT_TRUE(queue_->Poll(client_, 8));
  EXPECT_EQ(client_.transmitted, (std::vector<void*>{&cookie}));
}

TEST_F(CdcEthernetTest, AnEmptyPacketEndsAFrameOfWholePackets) {
  ASSERT_TRUE(Start());
  ASSERT_TRUE(Send(128));
  ASSERT_TRUE(Send(100));
  queue_->Flush();
  ASSERT_TRUE(controller_.EndSending());
  queue_->Poll(client_, 8);
  ASSERT_EQ(controller_.sent.size(), 2u);
  EXPECT_TRUE(controller_.sent[1].empty());
  EXPECT_TRUE(client_.transmitted.empty());
  ASSERT_TRUE(controller_.EndSending());
  queue_->Poll(client_, 8);
  EXPECT_EQ(client_.transmitted.size(), 1u);
  ASSERT_EQ(controller_.sent.size(), 3u);
  EXPECT_EQ(controller_.sent[2].size(), 100u);
}

TEST_F(CdcEthernetTest, AFullRingWouldBlock) {
  ASSERT_TRUE(Start());
  for (int i = 0; i < kSmall.transmit_buffers; ++i) {
    ASSERT_TRUE(Send(60));
  }
  EXPECT_EQ(Send(60).error(), Error::kWouldBlock);
  queue_->Flush();
  controller_.EndSending();
  queue_->Poll(client_, 8);
  EXPECT_TRUE(Send(60));
}

TEST_F(CdcEthernetTest, FramesThatAreNoneAreRefused) {
  ASSERT_TRUE(Start());
  frame_.assign(2000, std::byte{1});
  const auto send = [&](std::size_t size, const netdev::Offload& offload) {
    const std::array<netdev::Fragment, 1> whole = {std::span(frame_).first(size)};
    return queue_->Transmit(whole, offload, nullptr);
  };
  EXPECT_EQ(send(13, {}).error(), Error::kInvalidArgument);
  EXPECT_EQ(send(1515, {}).error(), Error::kInvalidArgument);
  EXPECT_EQ(send(100, {.checksum = true}).error(), Error::kInvalidArgument);
  EXPECT_TRUE(send(1514, {}));
}

TEST_F(CdcEthernetTest, ReceivedFramesAreLentAndTheNextIsWaitedFor) {
  ASSERT_TRUE(Start());
  const Bytes frame(100, std::byte{7});
  ASSERT_TRUE(controller_.Receive(frame));
  EXPECT_TRUE(queue_->Poll(client_, 8));
  ASSERT_TRUE(controller_.Receive(frame));
  EXPECT_TRUE(queue_->Poll(client_, 8));
  ASSERT_EQ(client_.received.size(), 2u);
  EXPECT_EQ(Bytes(client_.received[1]->bytes.begin(), client_.received[1]->bytes.end()), frame);
  // Both buffers are the stack's.
  EXPECT_FALSE(controller_.Receive(frame));
  queue_->Release(*client_.received[0]);
  EXPECT_TRUE(controller_.Receive(frame));
}

TEST_F(CdcEthernetTest, WhatIsNoFrameIsPassedOver) {
  ASSERT_TRUE(Start());
  for (const std::size_t size : {0u, 13u, 1515u, 2048u}) {
    ASSERT_TRUE(controller_.Receive(Bytes(size)));
    EXPECT_TRUE(queue_->Poll(client_, 8));
  }
  EXPECT_TRUE(client_.received.empty());
  EXPECT_TRUE(controller_.Receive(Bytes(60)));
}

TEST_F(CdcEthernetTest, InterruptsAreAskedForUnlessSomethingEnded) {
  ASSERT_TRUE(Start());
  event_.Note();
  EXPECT_TRUE(queue_->EnableNotifications());
  EXPECT_FALSE(event_.pending());
  EXPECT_TRUE(controller_.interrupts);
  controller_.Receive(Bytes(60));
  EXPECT_FALSE(queue_->EnableNotifications());
  queue_->DisableNotifications();
  EXPECT_FALSE(controller_.interrupts);
}

TEST_F(CdcEthernetTest, AFewFailuresAreTheBussAndManyTheAdapters) {
  ASSERT_TRUE(Start());
  int cookie = 0;
  ASSERT_TRUE(Send(60, &cookie));
  queue_->Flush();
  for (int i = 0; i < 15; ++i) {
    ASSERT_TRUE(controller_.End(true, std::unexpected(Error::kInputOutput)));
    EXPECT_TRUE(queue_->Poll(client_, 1));
  }
  ASSERT_TRUE(controller_.Receive(Bytes(60)));
  queue_->Poll(client_, 1);
  for (int i = 0; i < 16; ++i) {
    ASSERT_TRUE(controller_.End(true, std::unexpected(Error::kInputOutput)));
    EXPECT_TRUE(queue_->Poll(client_, 1));
  }
  // Out of use, it owes nothing.
  EXPECT_EQ(client_.transmitted, (std::vector<void*>{&cookie}));
  EXPECT_EQ(Send(60).error(), Error::kBroken);
  EXPECT_FALSE(queue_->Poll(client_, 1));
  EXPECT_TRUE(queue_->EnableNotifications());
}

TEST_F(CdcEthernetTest, ALostFrameIsEndedAndTheNextIsWhole) {
  ASSERT_TRUE(Start());
  ASSERT_TRUE(Send(60));
  ASSERT_TRUE(Send(61));
  queue_->Flush();
  // The frame, and the empty packet behind it, which is not tried again.
  for (const std::size_t size : {60u, 0u}) {
    EXPECT_EQ(controller_.sent.back().size(), size);
    EXPECT_TRUE(client_.transmitted.empty());
    ASSERT_TRUE(controller_.End(false, std::unexpected(Error::kInputOutput)));
    queue_->Poll(client_, 1);
  }
  EXPECT_EQ(client_.transmitted.size(), 1u);
  EXPECT_EQ(controller_.sent.back().size(), 61u);
}

TEST_F(CdcEthernetTest, TheRestOfAFrameWhoseReadFailedIsPassedOver) {
  ASSERT_TRUE(Start());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(controller_.End(true, std::unexpected(Error::kInputOutput)));
    EXPECT_TRUE(queue_->Poll(client_, 1));
  }
  ASSERT_TRUE(controller_.Receive(Bytes(60)));
  EXPECT_TRUE(queue_->Poll(client_, 1));
  EXPECT_TRUE(client_.received.empty());
  ASSERT_TRUE(controller_.Receive(Bytes(61)));
  EXPECT_TRUE(queue_->Poll(client_, 1));
  ASSERT_EQ(client_.received.size(), 1u);
  EXPECT_EQ(client_.received[0]->bytes.size(), 61u);
}

TEST_F(CdcEthernetTest, AControllerThatStartsNothingIsTriedAgainUntilItIsGivenUp) {
  ASSERT_TRUE(Start());
  controller_.Receive(Bytes(60));
  controller_.start_error = Error::kInputOutput;
  queue_->Poll(client_, 8);
  EXPECT_FALSE(queue_->EnableNotifications());
  controller_.start_error.reset();
  queue_->Poll(client_, 8);
  EXPECT_TRUE(queue_->EnableNotifications());
  controller_.start_error = Error::kBroken;
  ASSERT_TRUE(Send(60));
  queue_->Flush();
  EXPECT_EQ(Send(60).error(), Error::kBroken);
}

}  // namespace
}  // namespace ashlar::usb
