// Netfront against a back end made of memory: one that keeps to the protocol, and one that lies.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/net/net.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/events/events.h"
#include "libs/netdev/netdev.h"
#include "libs/xen/abi.h"
#include "libs/xen/doorbell.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/net/fake_back_end.h"
#include "libs/xen/net/net_queue.h"
#include "libs/xen/peer.h"

namespace ashlar::xen {
namespace {

using netdev::Fragment;
using netdev::Offload;

constexpr std::uint16_t kBackEnd = 3;

struct Bell final : Doorbell {
  void Ring() override { ++rings; }
  int rings = 0;
};

struct Stack final : netdev::Client {
  void Received(netdev::Buffer& first, std::size_t size, bool verified) override {
    EXPECT_EQ(first.bytes.size(), size);
    held.push_back(&first);
    checksum_verified = verified;
  }
  void Transmitted(void* cookie) override { sent.push_back(cookie); }

  std::vector<netdev::Buffer*> held;
  std::vector<void*> sent;
  bool checksum_verified = false;
};

struct Rig {
  Rig() { Start(); }

  void Start() {
    for (std::size_t i = 0; i < sizeof memory->data; ++i) {
      memory->data[i] = static_cast<std::byte>(i * 7 + i / 256);
    }
    EXPECT_TRUE(queue->Share(BackEnd()));
    queue->Connect();
  }
  Peer BackEnd() {
    return {.grants = &table,
            .frames = Frames(nullptr, reinterpret_cast<std::uintptr_t>(memory.get())),
            .back_end = kBackEnd};
  }

  Fragment Data(std::size_t offset, std::size_t size) {
    return std::span(memory->data).subspan(offset, size);
  }
  Result<void> Send(std::initializer_list<Fragment> fragments, const Offload& offload = {},
                    void* cookie = nullptr) {
    const std::vector<Fragment> all(fragments);
    const Result<void> result = queue->Transmit(all, offload, cookie);
    queue->Flush();
    return result;
  }
  // What is queued arrives as these bytes.
  void ExpectFrame(const FakeNetBackEnd::Frame& frame, std::initializer_list<Fragment> fragments) {
    std::vector<std::byte> bytes;
    for (const Fragment& fragment : fragments) {
      bytes.insert(bytes.end(), fragment.begin(), fragment.end());
    }
    EXPECT_TRUE(frame.well_formed);
    EXPECT_EQ(frame.bytes, bytes);
  }
  int Granted() const {
    return static_cast<int>(
        std::ranges::count_if(entries, [](const GrantEntry& entry) { return entry.flags != 0; }));
  }
  bool Broken() { return Send({Data(0, 60)}).error() == Error::kBroken; }

  std::unique_ptr<FakeNetMemory> memory = std::make_unique<FakeNetMemory>();
  std::vector<GrantEntry> entries = std::vector<GrantEntry>(512 + 64);
  GrantTable table{entries};
  Bell bell;
  events::Event event;
  std::unique_ptr<NetFront> front =
      std::make_unique<NetFront>(netdev::Properties{.mac_address = {2, 0, 0, 0, 0, 1},
                                                    .transmit_checksum = true,
                                                    .receive_checksum = true,
                                                    .tcp4_segmentation = true,
                                                    .max_fragments = NetQueue::kMaxFragments},
                                 NetQueue::Parts{.transmit = memory->transmit,
                                                 .receive = memory->receive,
                                                 .buffers = memory->buffers,
                                                 .doorbell = bell,
                                                 .event = event,
                                                 .number = 0});
  NetQueue* queue = &front->queue();
  FakeNetBackEnd back{*memory, entries};
  Stack stack;
  int cookies[4] = {};
};

struct NetTest : testing::Test, Rig {};

constexpr int kAlwaysGranted = 2 + FakeNetMemory::kBuffers;  // rings and receive buffers

TEST_F(NetTest, ADeviceIsItsPropertiesAndItsQueue) {
  ASSERT_EQ(front->queues().size(), 1U);
  EXPECT_EQ(front->queues()[0], queue);
  EXPECT_EQ(front->properties().mac_address, (netdev::MacAddress{2, 0, 0, 0, 0, 1}));
  EXPECT_TRUE(front->link_up());
  queue->GiveUp();
  EXPECT_FALSE(front->link_up());
}

TEST_F(NetTest, AFrameGoesOutFromWhereItLies) {
  ASSERT_TRUE(Send({Data(10, 14), Data(4000, 200)}, {}, &cookies[0]));
  const auto frames = back.TakeFrames();
  ASSERT_EQ(frames.size(), 1U);
  ExpectFrame(frames[0], {Data(10, 14), Data(4000, 200)});
  EXPECT_EQ(frames[0].slots, 3U);  // the second fragment crosses a page
  EXPECT_EQ(frames[0].flags & NetTransmitRequest::kChecksumBlank, 0);
  EXPECT_EQ(Granted(), kAlwaysGranted + 3);
  EXPECT_TRUE(stack.sent.empty());
  back.Answer();
  EXPECT_TRUE(queue->Poll(stack, 16));
  EXPECT_EQ(stack.sent, std::vector<void*>{&cookies[0]});
  EXPECT_EQ(Granted(), kAlwaysGranted);
}

TEST_F(NetTest, AFrameIsSentOnceAllOfItIsAnsweredInAnyOrder) {
  ASSERT_TRUE(Send({Data(10, 14), Data(4000, 200)}, {}, &cookies[0]));
  std::uint16_t ids[3];
  std::ranges::transform(std::span(memory->transmit.slots).first(3), ids,
                         [](const auto& slot) { return slot.request.id; });
  for (const int i : {2, 0}) {
    back.RawAnswer({.id = ids[i], .status = 0});
    queue->Poll(stack, 16);
    EXPECT_TRUE(stack.sent.empty());
  }
  ASSERT_TRUE(Send({Data(0, 60)}, {}, &cookies[1]));  // in what is free again
  EXPECT_TRUE(stack.sent.empty());
  back.RawAnswer({.id = ids[1], .status = 0});
  queue->Poll(stack, 16);
  EXPECT_EQ(stack.sent, std::vector<void*>{&cookies[0]});
  EXPECT_EQ(Granted(), kAlwaysGranted + 1);
}

TEST_F(NetTest, PagesToSendAreGrantedForReadingAndToTheBackEndAlone) {
  ASSERT_TRUE(Send({Data(0, 60)}));
  const NetTransmitRequest request = memory->transmit.slots[0].request;
  EXPECT_EQ(entries[request.grant].flags, GrantEntry::kPermitAccess | GrantEntry::kReadOnly);
  EXPECT_EQ(entries[request.grant].domain, kBackEnd);
}

TEST_F(NetTest, AChecksumIsLeftToTheBackEnd) {
  ASSERT_TRUE(Send({Data(0, 60)}, {.checksum = true, .checksum_start = 34, .checksum_offset = 16}));
  EXPECT_EQ(back.TakeFrames()[0].flags,
            NetTransmitRequest::kChecksumBlank | NetTransmitRequest::kDataValidated);
}

TEST_F(NetTest, ALargeFrameIsCutByTheBackEnd) {
  const Offload offload = {.checksum = true,
                           .checksum_start = 34,
                           .checksum_offset = 16,
                           .segmentation = Offload::Segmentation::kTcp4,
                           .segment_size = 1460,
                           .header_size = 54};
  const auto fragments = {Data(4090, 54), Data(5000, 12000), Data(20001, 12345), Data(40000, 9000)};
  ASSERT_TRUE(Send(fragments, offload, &cookies[1]));
  const auto frames = back.TakeFrames();
  ASSERT_EQ(frames.size(), 1U);
  ExpectFrame(frames[0], fragments);
  ASSERT_TRUE(frames[0].segmentation);
  EXPECT_EQ(frames[0].segmentation->type, NetSegmentation::kType);
  EXPECT_EQ(frames[0].segmentation->segment_size, 1460);
  EXPECT_EQ(frames[0].segmentation->protocol, NetSegmentation::kTcp4);
  EXPECT_LE(frames[0].slots, kMaxNetSlotsOfFrame + 1);
  back.Answer();
  queue->Poll(stack, 16);
  EXPECT_EQ(stack.sent, std::vector<void*>{&cookies[1]});
  EXPECT_EQ(Granted(), kAlwaysGranted);
}

TEST_F(NetTest, ALargeFrameInOnePageHasItsSegmentationToo) {
  const Offload offload = {.checksum = true,
                           .segmentation = Offload::Segmentation::kTcp4,
                           .segment_size = 536,
                           .header_size = 54};
  ASSERT_TRUE(Send({Data(0, 3000)}, offload));
  const auto frames = back.TakeFrames();
  ASSERT_EQ(frames.size(), 1U);
  ExpectFrame(frames[0], {Data(0, 3000)});
  EXPECT_TRUE(frames[0].segmentation);
}

TEST_F(NetTest, TheWorstFrameTakesNoMoreSlotsThanABackEndTakes) {
  const Offload offload = {.checksum = true,
                           .segmentation = Offload::Segmentation::kTcp4,
                           .segment_size = 1460,
                           .header_size = 54};
  const std::size_t rest = NetQueue::kMaxFrame - 3 * 2;
  ASSERT_TRUE(Send({Data(4095, 2), Data(4095, 2), Data(4095, 2), Data(4095, rest)}, offload));
  EXPECT_LE(back.TakeFrames()[0].slots - 1, kMaxNetSlotsOfFrame);
}

TEST_F(NetTest, WhatTheDeviceCannotDoIsRefused) {
  using enum Offload::Segmentation;
  EXPECT_EQ(Send({}).error(), Error::kInvalidArgument);
  EXPECT_EQ(Send({Data(0, 60), {}}).error(), Error::kInvalidArgument);
  EXPECT_EQ(Send({Data(0, 13)}).error(), Error::kInvalidArgument);
  EXPECT_EQ(Send({Data(0, 1515)}).error(), Error::kInvalidArgument);
  EXPECT_EQ(Send({Data(0, 60), Data(0, 1), Data(0, 1), Data(0, 1), Data(0, 1)}).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(
      Send({Data(0, 60)}, {.checksum = true, .checksum_start = 50, .checksum_offset = 9}).error(),
      Error::kInvalidArgument);
  EXPECT_EQ(Send({Data(0, 5000)}, {.segmentation = kTcp4, .segment_size = 1460}).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(Send({Data(0, 5000)}, {.checksum = true, .segmentation = kTcp6, .segment_size = 1460})
                .error(),
            Error::kInvalidArgument);
  EXPECT_EQ(Send({Data(0, NetQueue::kMaxFrame + 1)},
                 {.checksum = true, .segmentation = kTcp4, .segment_size = 1460})
                .error(),
            Error::kInvalidArgument);
  EXPECT_EQ(Granted(), kAlwaysGranted);
  EXPECT_TRUE(back.TakeFrames().empty());
}

TEST_F(NetTest, AFullRingRefusesUntilItIsAnswered) {
  std::size_t queued = 0;
  while (Send({Data(0, 60)})) {
    ++queued;
  }
  EXPECT_EQ(queued, kNetSlots);
  EXPECT_EQ(Send({Data(0, 60)}).error(), Error::kWouldBlock);
  back.TakeFrames();
  EXPECT_TRUE(queue->EnableNotifications());
  EXPECT_TRUE(back.Answer(1));  // wakes us, since a frame was refused
  queue->Poll(stack, 16);
  EXPECT_TRUE(Send({Data(0, 60)}));
}

TEST_F(NetTest, WithoutGrantsAFrameIsRefusedAndLeavesNoTrace) {
  std::vector<GrantReference> others;
  while (const auto grant = table.Grant(0, 1, GrantTable::Access::kRead)) {
    others.push_back(*grant);
  }
  for (int i = 0; i < 2; ++i) {
    table.End(others.back());
    others.pop_back();
  }
  const int before = Granted();
  EXPECT_EQ(Send({Data(0, 60), Data(4000, 200)}).error(), Error::kWouldBlock);
  EXPECT_EQ(Granted(), before);
  EXPECT_TRUE(back.TakeFrames().empty());
  ASSERT_TRUE(Send({Data(4000, 200)}, {}, &cookies[0]));
  ExpectFrame(back.TakeFrames()[0], {Data(4000, 200)});
  back.Answer();
  queue->Poll(stack, 16);
  EXPECT_EQ(stack.sent, std::vector<void*>{&cookies[0]});
}

TEST_F(NetTest, TheBackEndIsToldOnceABatch) {
  bell.rings = 0;
  for (int i = 0; i < 5; ++i) {
    const Fragment fragment = Data(0, 60);
    ASSERT_TRUE(queue->Transmit({&fragment, 1}, {}, nullptr));
  }
  EXPECT_EQ(bell.rings, 0);
  queue->Flush();
  queue->Flush();
  EXPECT_EQ(bell.rings, 1);
  // It has not looked yet, so it needs no second word.
  ASSERT_TRUE(Send({Data(0, 60)}));
  EXPECT_EQ(bell.rings, 1);
  back.TakeFrames();
  ASSERT_TRUE(Send({Data(0, 60)}));
  EXPECT_EQ(bell.rings, 2);
}

TEST_F(NetTest, AFrameComesInAndItsBufferGoesBack) {
  for (std::size_t round = 0; round < 3 * FakeNetMemory::kBuffers; ++round) {
    ASSERT_TRUE(back.Deliver(Data(round, 100), NetReceiveResponse::kDataValidated, 32));
    ASSERT_TRUE(queue->Poll(stack, 16));
    ASSERT_EQ(stack.held.size(), 1U);
    EXPECT_TRUE(std::ranges::equal(stack.held[0]->bytes, Data(round, 100)));
    EXPECT_TRUE(stack.checksum_verified);
    queue->Release(*stack.held[0]);
    stack.held.clear();
    queue->Poll(stack, 16);
  }
}

TEST_F(NetTest, WhatTheStackHoldsIsOutOfTheBackEndsReach) {
  const std::uint32_t grant = memory->receive.slots[0].request.grant;
  ASSERT_TRUE(back.Deliver(Data(0, 100)));
  queue->Poll(stack, 16);
  ASSERT_EQ(stack.held.size(), 1U);
  EXPECT_EQ(back.Page(grant, false), nullptr);
  queue->Release(*stack.held[0]);
  EXPECT_NE(back.Page(grant, true), nullptr);
}

TEST_F(NetTest, AFrameThatNobodyCheckedIsNotCalledGood) {
  ASSERT_TRUE(back.Deliver(Data(0, 100)));
  queue->Poll(stack, 16);
  EXPECT_FALSE(stack.checksum_verified);
}

TEST_F(NetTest, TheBudgetIsKept) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(back.Deliver(Data(0, 60)));
  }
  queue->Poll(stack, 2);
  EXPECT_EQ(stack.held.size(), 2U);
  EXPECT_FALSE(queue->EnableNotifications());
  queue->Poll(stack, 16);
  EXPECT_EQ(stack.held.size(), 5U);
  EXPECT_TRUE(queue->EnableNotifications());
}

TEST_F(NetTest, AFrameThatFailedGoesToNobody) {
  const auto request = back.TakeBuffer();
  ASSERT_TRUE(request);
  back.RawDeliver({.id = request->id, .offset = 0, .flags = 0, .status = -1});
  queue->Poll(stack, 16);
  EXPECT_TRUE(stack.held.empty());
  EXPECT_TRUE(back.Deliver(Data(0, 60)));
  queue->Poll(stack, 16);
  EXPECT_EQ(stack.held.size(), 1U);
}

TEST_F(NetTest, AfterARestoreItGoesOnWithAnotherBackEnd) {
  ASSERT_TRUE(Send({Data(0, 60)}, {}, &cookies[0]));
  ASSERT_TRUE(back.Deliver(Data(0, 60)));
  queue->Poll(stack, 16);
  ASSERT_EQ(stack.held.size(), 1U);
  std::ranges::fill(entries, GrantEntry{});
  table.Restart();
  back.Restart();
  ASSERT_TRUE(queue->Share(BackEnd()));
  EXPECT_EQ(Send({Data(0, 60)}).error(), Error::kWouldBlock);
  EXPECT_EQ(memory->receive.header.request_producer, FakeNetMemory::kBuffers - 1);
  EXPECT_EQ(Granted(), kAlwaysGranted - 1);  // not the one that the stack holds
  queue->Connect();
  queue->Poll(stack, 16);  // the frame that nobody will answer for
  EXPECT_EQ(stack.sent, std::vector<void*>{&cookies[0]});
  queue->Release(*stack.held[0]);
  stack.held.clear();
  ASSERT_TRUE(Send({Data(100, 60)}, {}, &cookies[1]));
  ExpectFrame(back.TakeFrames()[0], {Data(100, 60)});
  back.Answer();
  queue->Poll(stack, 16);
  EXPECT_EQ(stack.sent.size(), 2U);
  for (std::size_t i = 0; i < FakeNetMemory::kBuffers; ++i) {
    EXPECT_TRUE(back.Deliver(Data(0, 60)));
  }
}

TEST_F(NetTest, TheNetworkIsToldWhereTheDeviceIsNow) {
  std::ranges::fill(entries, GrantEntry{});
  table.Restart();
  back.Restart();
  ASSERT_TRUE(queue->Share(BackEnd()));
  queue->Connect();
  queue->Announce();
  const auto frames = back.TakeFrames();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_TRUE(frames[0].well_formed);
  constexpr std::uint8_t kFrame[60] = {
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff,        // to all
      2,    0,    0,    0,    0,    1,           // from the device
      0x80, 0x35,                                // RARP
      0,    1,    8,    0,    6,    4,    0, 3,  // request for an IPv4 address of an Ethernet one
      2,    0,    0,    0,    0,    1,    0, 0, 0, 0, 2, 0, 0, 0, 0, 1,
  };
  EXPECT_TRUE(std::ranges::equal(frames[0].bytes, std::as_bytes(std::span(kFrame))));
  back.Answer();
  queue->Poll(stack, 16);
  EXPECT_TRUE(stack.sent.empty());  // the stack has nothing to do with it
  EXPECT_EQ(Granted(), kAlwaysGranted);
}

TEST_F(NetTest, TheNetworkIsToldOnceThereIsRoomForIt) {
  while (Send({Data(0, 60)}, {}, &cookies[0])) {
  }
  std::ranges::fill(entries, GrantEntry{});
  table.Restart();
  back.Restart();
  ASSERT_TRUE(queue->Share(BackEnd()));
  queue->Connect();
  queue->Announce();
  EXPECT_TRUE(back.TakeFrames().empty());
  queue->Poll(stack, 16);
  EXPECT_EQ(stack.sent.size(), kNetSlots);
  const auto frames = back.TakeFrames();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].bytes.size(), 60U);
}

TEST_F(NetTest, WithoutABackEndAfterARestoreFramesComeBackToTheStack) {
  ASSERT_TRUE(Send({Data(0, 60)}, {}, &cookies[0]));
  std::ranges::fill(entries, GrantEntry{});
  table.Restart();
  queue->GiveUp();
  queue->Poll(stack, 16);
  EXPECT_EQ(stack.sent, std::vector<void*>{&cookies[0]});
  EXPECT_TRUE(Broken());
}

TEST_F(NetTest, WithoutGrantsForTheRingsThereIsNoDevice) {
  std::vector<GrantEntry> few(GrantTable::kReserved + 1);
  GrantTable small(few);
  EXPECT_EQ(queue->Share({.grants = &small, .frames = BackEnd().frames, .back_end = 0}).error(),
            Error::kNoSpace);
}

// Lies.

TEST_F(NetTest, WhatItsPagesWereBeforeIsNotGranted) {
  std::memset(static_cast<void*>(memory.get()), 0x77, sizeof *memory);
  NetQueue other({.transmit = memory->transmit,
                  .receive = memory->receive,
                  .buffers = memory->buffers,
                  .doorbell = bell,
                  .event = event,
                  .number = 0},
                 front->properties());
  ASSERT_TRUE(other.Share(BackEnd()));
  const auto is_zero = [](std::byte byte) { return byte == std::byte{}; };
  EXPECT_TRUE(std::ranges::all_of(memory->buffers, is_zero));
  EXPECT_TRUE(std::ranges::all_of(memory->transmit.rest, is_zero));
  EXPECT_TRUE(std::ranges::all_of(memory->receive.rest, is_zero));
}

TEST_F(NetTest, MoreAnswersThanFramesBreakIt) {
  memory->transmit.header.response_producer = 1;
  queue->Poll(stack, 16);
  EXPECT_TRUE(Broken());
}

TEST_F(NetTest, AnAnswerForNoFrameBreaksIt) {
  for (const std::uint16_t id : {std::uint16_t{200}, std::uint16_t{256}, std::uint16_t{0xffff}}) {
    Rig other;
    ASSERT_TRUE(other.Send({other.Data(0, 60)}, {}, &cookies[0]));
    other.back.RawAnswer({.id = id, .status = 0});
    other.queue->Poll(other.stack, 16);
    EXPECT_TRUE(other.Broken()) << id;
    // The back end has no page of it any more.
    EXPECT_EQ(other.stack.sent, std::vector<void*>{&cookies[0]});
  }
}

TEST_F(NetTest, ASlotOfAFrameThatIsAnsweredTwiceBreaksIt) {
  ASSERT_TRUE(Send({Data(10, 14), Data(4000, 200)}, {}, &cookies[0]));
  const std::uint16_t last = memory->transmit.slots[2].request.id;
  back.RawAnswer({.id = last, .status = 0});
  back.RawAnswer({.id = last, .status = 0});
  queue->Poll(stack, 16);
  EXPECT_TRUE(Broken());
  EXPECT_EQ(stack.sent, std::vector<void*>{&cookies[0]});
}

TEST_F(NetTest, ASlotThatWasARequestIsNotSkipped) {
  ASSERT_TRUE(Send({Data(0, 60)}));
  back.RawAnswer({.id = 0, .status = NetTransmitResponse::kNull});
  queue->Poll(stack, 16);
  EXPECT_TRUE(Broken());
}

TEST_F(NetTest, AnAnswerWhileThePageIsStillMappedBreaksItAndThePageStays) {
  ASSERT_TRUE(Send({Data(0, 60)}, {}, &cookies[0]));
  entries[memory->transmit.slots[0].request.grant].flags |= GrantEntry::kReading;
  back.TakeFrames();
  back.Answer();
  queue->Poll(stack, 16);
  EXPECT_TRUE(Broken());
  queue->Poll(stack, 16);
  EXPECT_TRUE(stack.sent.empty());
}

TEST_F(NetTest, MoreFramesThanBuffersBreakIt) {
  memory->receive.header.response_producer = FakeNetMemory::kBuffers + 1;
  queue->Poll(stack, 16);
  EXPECT_TRUE(Broken());
  EXPECT_TRUE(stack.held.empty());
}

TEST_F(NetTest, ABufferFilledTwiceBreaksIt) {
  back.RawDeliver({.id = 1, .offset = 0, .flags = 0, .status = 60});
  back.RawDeliver({.id = 1, .offset = 0, .flags = 0, .status = 60});
  queue->Poll(stack, 16);
  EXPECT_TRUE(Broken());
  EXPECT_EQ(stack.held.size(), 1U);
  queue->Release(*stack.held[0]);
}

TEST_F(NetTest, ABufferThatIsStillMappedBreaksItAndGoesToNobody) {
  entries[memory->receive.slots[0].request.grant].flags |= GrantEntry::kWriting;
  ASSERT_TRUE(back.Deliver(Data(0, 60)));
  queue->Poll(stack, 16);
  EXPECT_TRUE(Broken());
  EXPECT_TRUE(stack.held.empty());
}

TEST_F(NetTest, AFrameThatNoPageHoldsBreaksIt) {
  constexpr std::uint16_t kMore = NetReceiveResponse::kMoreData;
  for (const NetReceiveResponse& lie : {
           NetReceiveResponse{.id = 0, .offset = 4096, .flags = 0, .status = 60},
           NetReceiveResponse{.id = 0, .offset = 0xffff, .flags = 0, .status = 60},
           NetReceiveResponse{.id = 0, .offset = 1, .flags = 0, .status = 4096},
           NetReceiveResponse{.id = 0, .offset = 0, .flags = 0, .status = 0x7fff},
           NetReceiveResponse{.id = 8, .offset = 0, .flags = 0, .status = 60},
           NetReceiveResponse{.id = 0xffff, .offset = 0, .flags = 0, .status = 60},
           NetReceiveResponse{.id = 0, .offset = 0, .flags = kMore, .status = 60},
       }) {
    Rig other;
    other.back.RawDeliver(lie);
    other.queue->Poll(other.stack, 16);
    EXPECT_TRUE(other.Broken()) << lie.offset << " " << lie.status;
    EXPECT_TRUE(other.stack.held.empty());
  }
}

}  // namespace
}  // namespace ashlar::xen
