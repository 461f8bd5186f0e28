// Tests of the network driver against a device in memory, over both kinds of ring, honest and not.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/net/net.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/virtio/fake_device.h"
#include "libs/virtio/net/net_header.h"

namespace ashlar::virtio {
namespace {

using net::Header;
using net::kReceiveQueue;
using net::kTransmitQueue;

class Recorder final : public netdev::Client {
 public:
  explicit Recorder(netdev::Queue& queue) : queue_(queue) {}

  bool keep = false;
  std::function<void()> answer;
  std::vector<std::string> frames;
  std::vector<bool> verified;
  std::vector<netdev::Buffer*> kept;
  std::vector<void*> cookies;

  void Received(netdev::Buffer& first, std::size_t frame_size, bool checksum_verified) override {
    std::string bytes;
    for (netdev::Buffer* buffer = &first; buffer != nullptr;) {
      netdev::Buffer* next = buffer->next;
      bytes.append(reinterpret_cast<const char*>(buffer->bytes.data()), buffer->bytes.size());
      if (keep) {
        kept.push_back(buffer);
      } else {
        queue_.Release(*buffer);
      }
      buffer = next;
    }
    EXPECT_EQ(bytes.size(), frame_size);
    frames.push_back(bytes);
    verified.push_back(checksum_verified);
    if (answer) {
      answer();
    }
  }
  void Transmitted(void* cookie) override { cookies.push_back(cookie); }

 private:
  netdev::Queue& queue_;
};

netdev::Fragment Bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

constexpr Features kAll = kVersion1 | kEventIndex | kPackedRing | net::kChecksum |
                          net::kGuestChecksum | net::kMac | net::kMtu | net::kStatus |
                          net::kGuestTso4 | net::kGuestTso6 | net::kHostTso4 | net::kHostTso6 |
                          net::kMergeableBuffers;

struct Split {
  using Queue = FakeSplitQueue;
  static Result<Net*> Start(Transport& transport, events::Event& event, const NetOptions& options) {
    return StartNet(transport, event, options);
  }
};
struct Packed {
  using Queue = FakePackedQueue;
  static Result<Net*> Start(Transport& transport, events::Event& event, const NetOptions& options) {
    return StartNetPacked(transport, event, options);
  }
};

template <typename Kind>
class NetTest : public testing::Test {
 protected:
  NetTest() {
    const std::uint8_t config[] = {0x52, 0x54, 0, 0x12, 0x34, 0x56, net::kStatusLinkUp,
                                   0,    1,    0, 0xdc, 0x05};
    transport_.config.assign(std::as_bytes(std::span(config)).begin(),
                             std::as_bytes(std::span(config)).end());
    transport_.maximum_sizes = {{kReceiveQueue, 256}, {kTransmitQueue, 256}};
  }
  ~NetTest() override {
    if (net_ != nullptr) {
      net_->Stop();
    }
  }

  void Start(const NetOptions& options = {}) {
    const Result<Net*> net = Kind::Start(transport_, event_, options);
    ASSERT_TRUE(net) << Describe(net.error());
    net_ = *net;
    queue_ = net_->queues()[0];
    client_.emplace(*queue_);
    receive_.emplace(transport_.Queue<typename Kind::Queue>(kReceiveQueue));
    transmit_.emplace(transport_.Queue<typename Kind::Queue>(kTransmitQueue));
  }

  Error StartError(const NetOptions& options = {}) {
    const Result<Net*> net = Kind::Start(transport_, event_, options);
    EXPECT_FALSE(net);
    EXPECT_EQ(transport_.status, 0);
    return net.error();
  }

  // The device sends a frame to the driver, over as many buffers as it takes.
  void Deliver(const std::string& frame, Header header = {}) {
    std::vector<std::pair<FakeChain, std::uint32_t>> used;
    std::string bytes(sizeof(Header), '\0');
    bytes += frame;
    std::span<const std::byte> rest = Bytes(bytes);
    while (!rest.empty()) {
      const auto chain = receive_->Pop();
      ASSERT_TRUE(chain);
      const std::uint32_t written = chain->Write(rest);
      used.emplace_back(*chain, written);
      rest = rest.subspan(written);
    }
    if (header.buffers == 0) {
      header.buffers = static_cast<std::uint16_t>(used.size());
    }
    std::memcpy(reinterpret_cast<void*>(used[0].first.segments[0].address), &header,
                sizeof(header));
    for (const auto& [chain, length] : used) {
      receive_->Push(chain, length);
    }
  }

  Result<void> Transmit(std::vector<std::string> parts, void* cookie = nullptr,
                        const netdev::Offload& offload = {}) {
    sent_.push_back(std::move(parts));
    std::vector<netdev::Fragment> fragments;
    for (const std::string& part : sent_.back()) {
      fragments.push_back(Bytes(part));
    }
    return queue_->Transmit(fragments, offload, cookie);
  }

  // What the device gets from the driver: header and frame.
  std::optional<std::pair<Header, std::string>> TakeSent() {
    const auto chain = transmit_->Pop();
    if (!chain) {
      return std::nullopt;
    }
    const std::vector<std::byte> bytes = chain->Readable();
    Header header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    std::string frame(reinterpret_cast<const char*>(bytes.data()) + sizeof(header),
                      bytes.size() - sizeof(header));
    transmit_->Push(*chain, 0);
    return std::pair(header, frame);
  }

  FakeTransport transport_{DeviceType::kNetwork, kAll};
  events::Event event_;
  Net* net_ = nullptr;
  netdev::Queue* queue_ = nullptr;
  std::optional<Recorder> client_;
  std::optional<typename Kind::Queue> receive_;
  std::optional<typename Kind::Queue> transmit_;
  std::vector<std::vector<std::string>> sent_;
};

using Kinds = testing::Types<Split, Packed>;
TYPED_TEST_SUITE(NetTest, Kinds);

TYPED_TEST(NetTest, StartingNegotiatesAndReadsTheConfiguration) {
  this->Start();
  EXPECT_NE(this->transport_.status & kStatusDriverOk, 0);
  const netdev::Properties& properties = this->net_->properties();
  EXPECT_EQ(properties.mac_address, (netdev::MacAddress{0x52, 0x54, 0, 0x12, 0x34, 0x56}));
  EXPECT_EQ(properties.mtu, 1500);
  EXPECT_TRUE(properties.transmit_checksum);
  EXPECT_TRUE(properties.receive_checksum);
  EXPECT_TRUE(properties.tcp4_segmentation);
  EXPECT_TRUE(properties.tcp6_segmentation);
  EXPECT_GE(properties.max_fragments, 32);
  EXPECT_TRUE(this->net_->link_up());
  this->transport_.config[net::kConfigStatus] = std::byte{0};
  EXPECT_FALSE(this->net_->link_up());
  EXPECT_EQ(this->transport_.accepted & (net::kGuestTso4 | net::kGuestTso6), 0u);
  EXPECT_EQ(this->transport_.notifications[kReceiveQueue], 1);
}

TYPED_TEST(NetTest, AFrameGoesOutFromItsFragmentsAndItsCookieComesBack) {
  this->Start();
  int token = 0;
  ASSERT_TRUE(this->Transmit({"0123456789abcd", "payload"}, &token));
  EXPECT_EQ(this->transport_.notifications[kTransmitQueue], 0);
  this->queue_->Flush();
  EXPECT_EQ(this->transport_.notifications[kTransmitQueue], 1);
  EXPECT_FALSE(this->queue_->Poll(*this->client_, 8));
  const auto sent = this->TakeSent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->second, "0123456789abcdpayload");
  EXPECT_EQ(sent->first.flags, 0);
  EXPECT_EQ(sent->first.gso_type, Header::kGsoNone);
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 8));
  EXPECT_EQ(this->client_->cookies, std::vector<void*>{&token});
  EXPECT_FALSE(this->queue_->Poll(*this->client_, 8));
}

TYPED_TEST(NetTest, ABatchIsNotifiedOnce) {
  this->Start();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(this->Transmit({std::string(60, 'x')}));
  }
  this->queue_->Flush();
  this->queue_->Flush();
  EXPECT_EQ(this->transport_.notifications[kTransmitQueue], 1);
}

TYPED_TEST(NetTest, ChecksumAndSegmentationRequestsReachTheDevice) {
  this->Start();
  ASSERT_TRUE(this->Transmit({std::string(54, 'h'), std::string(10000, 'd')}, nullptr,
                             {.checksum = true,
                              .checksum_start = 34,
                              .checksum_offset = 16,
                              .segmentation = netdev::Offload::Segmentation::kTcp4,
                              .segment_size = 1460,
                              .header_size = 54}));
  this->queue_->Flush();
  const auto sent = this->TakeSent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->first.flags, Header::kNeedsChecksum);
  EXPECT_EQ(sent->first.checksum_start, 34);
  EXPECT_EQ(sent->first.checksum_offset, 16);
  EXPECT_EQ(sent->first.gso_type, Header::kGsoTcp4);
  EXPECT_EQ(sent->first.gso_size, 1460);
  EXPECT_EQ(sent->first.header_length, 54);
  EXPECT_EQ(sent->second.size(), 10054u);
}

TYPED_TEST(NetTest, WhatMakesNoSenseIsRefused) {
  this->Start();
  const netdev::Offload segmentation = {.checksum = true,
                                        .checksum_start = 34,
                                        .checksum_offset = 16,
                                        .segmentation = netdev::Offload::Segmentation::kTcp6,
                                        .segment_size = 1440,
                                        .header_size = 74};
  netdev::Offload no_size = segmentation;
  no_size.segment_size = 0;
  netdev::Offload no_checksum = segmentation;
  no_checksum.checksum = false;
  const std::string frame(2000, 'f');
  EXPECT_TRUE(this->Transmit({frame}, nullptr, segmentation));
  EXPECT_EQ(this->Transmit({frame}, nullptr, no_size).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->Transmit({frame}, nullptr, no_checksum).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->Transmit({frame}).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->Transmit({std::string(70000, 'l')}, nullptr, segmentation).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(this->Transmit({}).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->Transmit({"0123456789abcd", ""}).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->Transmit({"runt"}).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->Transmit(std::vector<std::string>(65, "piece")).error(), Error::kInvalidArgument);
  const netdev::Offload beyond = {.checksum = true, .checksum_start = 58, .checksum_offset = 1};
  EXPECT_EQ(this->Transmit({std::string(60, 'c')}, nullptr, beyond).error(),
            Error::kInvalidArgument);
}

TYPED_TEST(NetTest, OffloadsThatTheDeviceLacksAreRefused) {
  this->transport_.offered &=
      ~net::kChecksum;  // segmentation without checksum makes no sense either
  this->Start();
  EXPECT_FALSE(this->net_->properties().transmit_checksum);
  EXPECT_FALSE(this->net_->properties().tcp4_segmentation);
  EXPECT_EQ(this->transport_.accepted & (net::kHostTso4 | net::kHostTso6), 0u);
  EXPECT_EQ(this->Transmit({std::string(60, 'c')}, nullptr, {.checksum = true}).error(),
            Error::kInvalidArgument);
}

TYPED_TEST(NetTest, AFullRingBlocksAndWakesWhoeverWaits) {
  this->Start({.transmit_ring = 8});
  int sent = 0;
  while (this->Transmit({std::string(60, 'x')})) {
    ++sent;
  }
  EXPECT_EQ(sent, 4);  // a header and a fragment each
  EXPECT_EQ(this->Transmit({std::string(60, 'x')}).error(), Error::kWouldBlock);
  this->queue_->Flush();
  EXPECT_TRUE(this->queue_->EnableNotifications());
  ASSERT_TRUE(this->TakeSent());
  EXPECT_TRUE(this->transmit_->WantsInterrupt());
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 1));
  EXPECT_TRUE(this->Transmit({std::string(60, 'x')}));
}

TYPED_TEST(NetTest, WhatWasSentMakesRoomForAnswersInTheSamePoll) {
  this->Start({.transmit_ring = 8});
  const std::string frame(60, 'x');
  int refused = 0;
  this->client_->answer = [&] {
    refused += this->Transmit({frame}) ? 0 : 1;
    this->queue_->Flush();
    EXPECT_TRUE(this->TakeSent());
  };
  for (int i = 0; i < 20; ++i) {
    this->Deliver(frame);
  }
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 100));
  EXPECT_EQ(this->client_->frames.size(), 20u);
  EXPECT_EQ(refused, 0);
}

TYPED_TEST(NetTest, FewSentFramesWakeNobody) {
  this->Start();
  ASSERT_TRUE(this->Transmit({std::string(60, 'x')}));
  this->queue_->Flush();
  EXPECT_TRUE(this->queue_->EnableNotifications());
  ASSERT_TRUE(this->TakeSent());
  EXPECT_FALSE(this->transmit_->WantsInterrupt());
}

TYPED_TEST(NetTest, AFrameArrivesInItsBufferAndTheBufferGoesBack) {
  this->Start({.receive_buffers = 4});
  for (int i = 0; i < 100; ++i) {
    const std::string frame(60 + static_cast<std::size_t>(i), 'r');
    this->Deliver(frame, {.flags = i % 2 == 0 ? Header::kDataValid : std::uint8_t{0}});
    EXPECT_TRUE(this->queue_->Poll(*this->client_, 8));
    ASSERT_EQ(this->client_->frames.size(), static_cast<std::size_t>(i) + 1);
    EXPECT_EQ(this->client_->frames.back(), frame);
    EXPECT_EQ(this->client_->verified.back(), i % 2 == 0);
  }
}

TYPED_TEST(NetTest, AMergedFrameArrivesAsOneChain) {
  this->Start({.buffer_size = 512});
  const std::string frame(1400, 'm');
  this->Deliver(frame);
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 1));
  EXPECT_EQ(this->client_->frames, std::vector<std::string>{frame});
}

TYPED_TEST(NetTest, ALargeFrameArrivesWhereItWasAskedFor) {
  this->Start({.large_receive = true});
  EXPECT_NE(this->transport_.accepted & net::kGuestTso4, 0u);
  const std::string frame(60000, 'g');
  this->Deliver(frame,
                {.flags = Header::kNeedsChecksum, .gso_type = Header::kGsoTcp4, .gso_size = 1460});
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 1));
  EXPECT_EQ(this->client_->frames, std::vector<std::string>{frame});
  EXPECT_TRUE(this->client_->verified[0]);
}

TYPED_TEST(NetTest, WithoutMergeableBuffersEachHoldsAWholeFrame) {
  this->transport_.offered &= ~net::kMergeableBuffers;
  this->Start({.buffer_size = 512, .large_receive = true});
  EXPECT_EQ(this->transport_.accepted & (net::kGuestTso4 | net::kGuestTso6), 0u);
  const std::string frame(1514, 'w');
  this->Deliver(frame);
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 1));
  EXPECT_EQ(this->client_->frames, std::vector<std::string>{frame});
}

TYPED_TEST(NetTest, LentBuffersComeBackInAnyOrder) {
  this->Start({.receive_buffers = 4});
  this->client_->keep = true;
  for (int i = 0; i < 4; ++i) {
    this->Deliver(std::string(60, static_cast<char>('a' + i)));
  }
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 8));
  ASSERT_EQ(this->client_->kept.size(), 4u);
  EXPECT_FALSE(this->receive_->Pop());  // the device has none
  for (const int i : {2, 0, 3, 1}) {
    this->queue_->Release(*this->client_->kept[static_cast<std::size_t>(i)]);
  }
  EXPECT_TRUE(this->queue_->EnableNotifications());
  for (int i = 0; i < 4; ++i) {
    this->Deliver(std::string(60, 'z'));
  }
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 8));
  EXPECT_EQ(this->client_->frames.size(), 8u);
}

TYPED_TEST(NetTest, TheBudgetBoundsOnePoll) {
  this->Start();
  for (int i = 0; i < 5; ++i) {
    this->Deliver(std::string(60, 'b'));
  }
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 2));
  EXPECT_EQ(this->client_->frames.size(), 2u);
  EXPECT_FALSE(this->queue_->EnableNotifications());
}

TYPED_TEST(NetTest, InterruptsComeOnlyWhileNotificationsAreOn) {
  this->Start();
  this->Deliver(std::string(60, 'i'));
  EXPECT_FALSE(this->receive_->WantsInterrupt());
  EXPECT_FALSE(this->queue_->EnableNotifications());
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 8));
  EXPECT_TRUE(this->queue_->EnableNotifications());
  this->Deliver(std::string(60, 'i'));
  EXPECT_TRUE(this->receive_->WantsInterrupt());
  this->event_.Note();
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 8));
  EXPECT_EQ(this->transport_.acknowledgements, 0);
  EXPECT_TRUE(this->queue_->EnableNotifications());
  EXPECT_EQ(this->transport_.acknowledgements, 1);
  EXPECT_FALSE(this->event_.pending());
  this->queue_->DisableNotifications();
  this->Deliver(std::string(60, 'i'));
  EXPECT_FALSE(this->receive_->WantsInterrupt());
}

TYPED_TEST(NetTest, RuntsAreDropped) {
  this->Start({.receive_buffers = 2});
  for (int i = 0; i < 5; ++i) {
    this->Deliver(std::string(13, 'r'));
    this->queue_->Poll(*this->client_, 8);
  }
  EXPECT_TRUE(this->client_->frames.empty());
  this->Deliver(std::string(14, 'k'));
  this->queue_->Poll(*this->client_, 8);
  EXPECT_EQ(this->client_->frames.size(), 1u);
}

TYPED_TEST(NetTest, ADeviceWithoutAnAddressGetsOne) {
  this->transport_.offered &= ~net::kMac;
  this->Start({.mac_address = {2, 3, 4, 5, 6, 7}});
  EXPECT_EQ(this->net_->properties().mac_address, (netdev::MacAddress{2, 3, 4, 5, 6, 7}));
}

// Devices that can't be started.

TYPED_TEST(NetTest, AnotherKindOfDeviceIsNotFound) {
  FakeTransport block(DeviceType::kBlock, kAll);
  EXPECT_EQ(TypeParam::Start(block, this->event_, {}).error(), Error::kNotFound);
}

TYPED_TEST(NetTest, AMulticastAddressIsBroken) {
  this->transport_.config[0] = std::byte{0x53};
  EXPECT_EQ(this->StartError(), Error::kBroken);
}

TYPED_TEST(NetTest, AnAddressOfZerosIsBroken) {
  std::fill_n(this->transport_.config.begin(), 6, std::byte{0});
  EXPECT_EQ(this->StartError(), Error::kBroken);
}

TYPED_TEST(NetTest, AnMtuBelowTheLeastIsBrokenAndATooLargeOneIsNotAccepted) {
  this->transport_.config[net::kConfigMtu] = std::byte{67};
  this->transport_.config[net::kConfigMtu + 1] = std::byte{0};
  EXPECT_EQ(this->StartError(), Error::kBroken);
  this->transport_.config[net::kConfigMtu + 1] = std::byte{0xff};
  this->Start();
  EXPECT_EQ(this->net_->properties().mtu, 1500);
  EXPECT_EQ(this->transport_.accepted & net::kMtu, 0u);
}

TYPED_TEST(NetTest, AConfigurationTooShortForItsFeaturesIsUnsupported) {
  this->transport_.config.resize(8);
  EXPECT_EQ(this->StartError(), Error::kUnsupported);
}

TYPED_TEST(NetTest, AConfigurationThatNeverHoldsStillIsBroken) {
  this->transport_.config_keeps_changing = true;
  EXPECT_EQ(this->StartError(), Error::kBroken);
}

TYPED_TEST(NetTest, AMissingOrEmptyQueueIsAnError) {
  this->transport_.maximum_sizes.erase(kTransmitQueue);
  EXPECT_EQ(this->StartError(), Error::kNotFound);
  this->transport_.maximum_sizes[kTransmitQueue] = 0;
  EXPECT_EQ(this->StartError(), Error::kBroken);
}

TYPED_TEST(NetTest, ASmallRingOfOddSizeIsRoundedDown) {
  this->transport_.maximum_sizes = {{kReceiveQueue, 7}, {kTransmitQueue, 5}};
  this->Start();
  EXPECT_EQ(this->transport_.rings.at(kReceiveQueue).size, 4);
  EXPECT_EQ(this->net_->properties().max_fragments, 3);
}

// Devices that lie while they run: each is reported once, reset, and out of use.

#define EXPECT_BROKEN()                                                             \
  do {                                                                              \
    int token = 0;                                                                  \
    const bool queued = this->Transmit({std::string(60, 't')}, &token).has_value(); \
    this->queue_->Poll(*this->client_, 64);                                         \
    EXPECT_EQ(this->transport_.status, 0);                                          \
    if (queued) {                                                                   \
      EXPECT_EQ(this->client_->cookies, std::vector<void*>{&token});                \
    }                                                                               \
    EXPECT_EQ(this->Transmit({std::string(60, 't')}).error(), Error::kBroken);      \
    EXPECT_FALSE(this->queue_->Poll(*this->client_, 64));                           \
    this->event_.Note();                                                            \
    EXPECT_TRUE(this->queue_->EnableNotifications());                               \
    EXPECT_FALSE(this->event_.pending());                                           \
    this->queue_->Flush();                                                          \
  } while (false)

TYPED_TEST(NetTest, AFrameShorterThanItsHeaderBreaksTheDevice) {
  this->Start();
  this->receive_->Push(*this->receive_->Pop(), 11);
  EXPECT_BROKEN();
}

TYPED_TEST(NetTest, AFrameLongerThanItsBufferBreaksTheDevice) {
  this->Start();
  this->receive_->Push(*this->receive_->Pop(), 1537);
  EXPECT_BROKEN();
}

TYPED_TEST(NetTest, AFrameOfNoBuffersBreaksTheDevice) {
  this->Start();
  const auto chain = this->receive_->Pop();
  std::memset(reinterpret_cast<void*>(chain->segments[0].address), 0, sizeof(Header));
  this->receive_->Push(*chain, 100);
  EXPECT_BROKEN();
}

TYPED_TEST(NetTest, AFrameOfMoreBuffersThanWereUsedBreaksTheDevice) {
  this->Start();
  this->Deliver(std::string(60, 'l'), {.buffers = 3});
  EXPECT_BROKEN();
}

TYPED_TEST(NetTest, AFrameOfMoreBuffersThanThereAreBreaksTheDevice) {
  this->Start();
  this->Deliver(std::string(60, 'l'), {.buffers = 65535});
  EXPECT_BROKEN();
}

TYPED_TEST(NetTest, ABufferThatTheStackHoldsUsedAgainBreaksTheDevice) {
  this->Start();
  this->client_->keep = true;
  const auto chain = this->receive_->Pop();
  Header header = {.buffers = 1};
  std::memcpy(reinterpret_cast<void*>(chain->segments[0].address), &header, sizeof(header));
  this->receive_->Push(*chain, 100);
  this->receive_->Push(*chain, 100);
  EXPECT_BROKEN();
  this->queue_->Release(*this->client_->kept.at(0));  // is no longer given to the device
}

TYPED_TEST(NetTest, AnIdOutsideTheReceiveRingBreaksTheDevice) {
  this->Start();
  FakeChain chain = *this->receive_->Pop();
  chain.id = 0xffff;
  this->receive_->Push(chain, 100);
  EXPECT_BROKEN();
}

TYPED_TEST(NetTest, ATransmissionFinishedThatWasNeverStartedBreaksTheDevice) {
  this->Start();
  FakeChain chain;
  chain.id = 9;
  chain.descriptors = 1;
  this->transmit_->Push(chain, 0);
  this->queue_->Poll(*this->client_, 64);
  EXPECT_BROKEN();
}

TYPED_TEST(NetTest, AFrameThatTheDeviceHasWhenItBreaksGivesItsCookieBack) {
  this->Start();
  int first = 0;
  int second = 0;
  ASSERT_TRUE(this->Transmit({std::string(60, '1')}, &first));
  ASSERT_TRUE(this->Transmit({std::string(60, '2')}, &second));
  this->queue_->Flush();
  this->receive_->Push(*this->receive_->Pop(), 1);
  EXPECT_TRUE(this->queue_->Poll(*this->client_, 8));
  EXPECT_EQ(this->client_->cookies, (std::vector<void*>{&first, &second}));
}

// Legacy devices have split rings only.
using SplitNetTest = NetTest<Split>;

TEST_F(SplitNetTest, ALegacyDeviceWithoutMergeableBuffersHasShortHeaders) {
  transport_.MakeLegacy();
  transport_.offered = net::kMac;
  Start();
  const auto chain = receive_->Pop();
  std::string bytes(net::kShortHeaderSize, '\0');
  bytes += std::string(60, 'o');
  receive_->Push(*chain, chain->Write(Bytes(bytes)));
  EXPECT_TRUE(queue_->Poll(*client_, 8));
  EXPECT_EQ(client_->frames, std::vector<std::string>{std::string(60, 'o')});
  ASSERT_TRUE(Transmit({std::string(60, 's')}));
  queue_->Flush();
  EXPECT_EQ(transmit_->Pop()->Readable().size(), net::kShortHeaderSize + 60);
}

}  // namespace
}  // namespace ashlar::virtio
