// Netfront's handshake, with a store and a back end that the test plays.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/net/vif.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/netdev/netdev.h"
#include "libs/xen/abi.h"
#include "libs/xen/fake_resources.h"
#include "libs/xen/fake_store.h"
#include "libs/xen/net/net_queue.h"
#include "libs/xen/store.h"

namespace ashlar::xen {
namespace {

const std::string kFront = "device/vif/0/";

struct VifTest : testing::Test {
  VifTest() {
    daemon->values[kFront + "mac"] = "00:16:3e:01:02:03";
    PlayBackEnd("/local/domain/3/backend/vif/9/0/", "3");
  }

  // A back end that has what Linux's has, and connects when the front end does.
  void PlayBackEnd(const std::string& path, const std::string& domain) {
    back = path;
    daemon->values[kFront + "backend"] = path.substr(0, path.size() - 1);
    daemon->values[kFront + "backend-id"] = domain;
    daemon->values[kFront + "state"] = "1";
    daemon->values[back + "state"] = "2";
    for (const char* feature : {"feature-rx-copy", "feature-sg", "feature-ipv6-csum-offload",
                                "feature-gso-tcpv4", "feature-gso-tcpv6"}) {
      daemon->values[back + feature] = "1";
    }
    daemon->idle = [this] {
      if (daemon->values[kFront + "state"] == "4" && daemon->values[back + "state"] == "2") {
        daemon->Change(back + "state", answer);
      }
    };
  }

  // The domain is another one now.
  void Restart() {
    resources.Restart();
    daemon->Restart();
    store.Restart(daemon->page);
    PlayBackEnd("/local/domain/5/backend/vif/12/0/", "5");
  }

  // It has ended so that nobody can tell that it was there.
  void ExpectNothingLeft() {
    EXPECT_EQ(daemon->values[kFront + "state"], "6");
    EXPECT_TRUE(resources.ports.empty());
    EXPECT_EQ(daemon->watches(), 0U);
  }

  std::unique_ptr<FakeStore> daemon = std::make_unique<FakeStore>();
  Store store{daemon->page, *daemon};
  FakeResources resources;
  std::string back;
  std::string answer = "4";
  Vif vif{store, resources, 0};
};

TEST_F(VifTest, ADeviceConnects) {
  ASSERT_TRUE(vif.Start());
  EXPECT_EQ(resources.ports, (std::map<std::uint32_t, std::uint16_t>{{8, 3}}));
  EXPECT_EQ(daemon->values[kFront + "event-channel"], "8");
  EXPECT_EQ(daemon->values[kFront + "request-rx-copy"], "1");
  const auto transmit = std::stoul(daemon->values[kFront + "tx-ring-ref"]);
  const auto receive = std::stoul(daemon->values[kFront + "rx-ring-ref"]);
  EXPECT_EQ(resources.entries.at(transmit).domain, 3);
  EXPECT_EQ(resources.entries.at(receive).domain, 3);
  EXPECT_EQ(daemon->log.back(), kFront + "state=4");
  EXPECT_EQ(resources.notified, std::vector<std::uint32_t>{8});
  const netdev::Properties& properties = vif.interface().properties();
  EXPECT_EQ(properties.mac_address, (netdev::MacAddress{0, 0x16, 0x3e, 1, 2, 3}));
  EXPECT_TRUE(properties.transmit_checksum);
  EXPECT_TRUE(properties.tcp4_segmentation);
  EXPECT_TRUE(properties.tcp6_segmentation);
  EXPECT_TRUE(vif.interface().link_up());
  EXPECT_EQ(daemon->watches(), 0U);  // its back end wakes nobody by the store any more
}

TEST_F(VifTest, TheMoreMemoryTheMoreBuffers) {
  std::size_t before = 0;
  for (const std::size_t memory : {1 * kMiB, 8 * kMiB, 12 * kMiB, 1024 * kMiB}) {
    FakeResources other;
    other.free_bytes = memory;
    daemon->values[back + "state"] = "2";
    Vif device(store, other, 0);
    ASSERT_TRUE(device.Start());
    const auto reference = std::stoul(daemon->values[kFront + "rx-ring-ref"]);
    const std::byte* const page = other.memory[other.entries.at(reference).frame].bytes;
    const std::size_t buffers =
        reinterpret_cast<const NetReceiveRing*>(page)->header.request_producer;
    EXPECT_GE(buffers, netdev::kMinReceiveBuffers);
    EXPECT_LE(buffers, NetQueue::kMaxBuffers);
    EXPECT_GE(buffers, before);
    before = buffers;
  }
  EXPECT_EQ(before, NetQueue::kMaxBuffers);
}

TEST_F(VifTest, WithoutWhatTheDriverNeedsThereIsNoDevice) {
  for (const char* feature : {"feature-rx-copy", "feature-sg"}) {
    for (const char* value : {"0", "yes", "2"}) {
      daemon->values[back + feature] = value;
      EXPECT_EQ(vif.Start().error(), Error::kUnsupported) << feature;
      ExpectNothingLeft();
    }
    daemon->values.erase(back + feature);
    EXPECT_EQ(vif.Start().error(), Error::kUnsupported) << feature;
    EXPECT_EQ(resources.free_pages, FakeResources::kPages);
    daemon->values[back + feature] = "1";
  }
  EXPECT_TRUE(vif.Start());
}

TEST_F(VifTest, WithoutAnAddressThereIsNoDevice) {
  for (const char* mac :
       {"", "00:16:3e:01:02", "00:16:3e:01:02:0g", "00:16:3e:01:02:03:04:05:06"}) {
    daemon->values[kFront + "mac"] = mac;
    EXPECT_FALSE(vif.Start()) << mac;
    ExpectNothingLeft();
  }
  daemon->values.erase(kFront + "mac");
  EXPECT_EQ(vif.Start().error(), Error::kNotFound);
}

TEST_F(VifTest, ChecksumsAreLeftToABackEndThatFillsInBothKinds) {
  daemon->values[back + "feature-no-csum-offload"] = "1";
  ASSERT_TRUE(vif.Start());
  EXPECT_FALSE(vif.interface().properties().transmit_checksum);
  EXPECT_FALSE(vif.interface().properties().tcp4_segmentation);
  EXPECT_FALSE(vif.interface().properties().tcp6_segmentation);
}

TEST_F(VifTest, WithoutChecksumsOfIpv6TheStackFillsInAll) {
  daemon->values.erase(back + "feature-ipv6-csum-offload");
  ASSERT_TRUE(vif.Start());
  EXPECT_FALSE(vif.interface().properties().transmit_checksum);
  EXPECT_FALSE(vif.interface().properties().tcp4_segmentation);
}

TEST_F(VifTest, ABackEndThatGoesAwayLeavesNothing) {
  for (const char* state : {"5", "6"}) {
    daemon->values[back + "state"] = "2";
    daemon->values[kFront + "state"] = "1";
    answer = state;
    EXPECT_EQ(vif.Start().error(), Error::kBroken);
    ExpectNothingLeft();
  }
}

TEST_F(VifTest, ABackEndThatDoesNotConnectLeavesNothing) {
  daemon->idle = {};
  EXPECT_EQ(vif.Start().error(), Error::kTimedOut);
  ExpectNothingLeft();
}

TEST_F(VifTest, WithoutGrantsMemoryOrPortsThereIsNoDevice) {
  resources.has_grants = false;
  EXPECT_EQ(vif.Start().error(), Error::kNoSpace);
  EXPECT_EQ(resources.free_pages, FakeResources::kPages);  // no memory was taken for nothing
  resources.has_grants = true;
  resources.free_pages = 10;
  EXPECT_EQ(vif.Start().error(), Error::kOutOfMemory);
  resources.free_pages = FakeResources::kPages;
  resources.ports_left = 0;
  EXPECT_EQ(vif.Start().error(), Error::kNoSpace);
  ExpectNothingLeft();
}

TEST_F(VifTest, ARestoredDeviceConnectsWithItsNewBackEndAndSaysWhereItIs) {
  ASSERT_TRUE(vif.Start());
  const std::size_t free_pages = resources.free_pages;
  Restart();
  vif.Restore();
  EXPECT_TRUE(vif.interface().link_up());
  ASSERT_EQ(resources.ports.size(), 1U);
  EXPECT_EQ(resources.ports.begin()->second, 5);
  EXPECT_EQ(daemon->values[kFront + "event-channel"],
            std::to_string(resources.ports.begin()->first));
  // One frame is under way, and one more grant in use.
  const auto reference = std::stoul(daemon->values[kFront + "tx-ring-ref"]);
  const std::byte* const page = resources.memory[resources.entries.at(reference).frame].bytes;
  EXPECT_EQ(reinterpret_cast<const NetTransmitRing*>(page)->header.request_producer, 1U);
  EXPECT_EQ(resources.free_pages, free_pages);
}

TEST_F(VifTest, ANewBackEndThatDoesLessIsRefused) {
  for (const char* feature :
       {"feature-ipv6-csum-offload", "feature-gso-tcpv4", "feature-gso-tcpv6", "feature-sg"}) {
    SCOPED_TRACE(feature);
    FakeResources other;
    daemon->Restart();
    store.Restart(daemon->page);
    PlayBackEnd("/local/domain/3/backend/vif/9/0/", "3");
    Vif restored(store, other, 0);
    ASSERT_TRUE(restored.Start());
    other.Restart();
    daemon->Restart();
    store.Restart(daemon->page);
    PlayBackEnd("/local/domain/5/backend/vif/12/0/", "5");
    daemon->values.erase(back + feature);
    restored.Restore();
    EXPECT_FALSE(restored.interface().link_up());
    EXPECT_EQ(daemon->values[kFront + "state"], "6");
    EXPECT_EQ(daemon->watches(), 0U);
    const netdev::Fragment none[1] = {};
    EXPECT_EQ(restored.interface().queues()[0]->Transmit(none, {}, nullptr).error(),
              Error::kBroken);
  }
}

TEST_F(VifTest, ANewBackEndThatDoesMoreIsNoReasonToChangeAnything) {
  daemon->values.erase(back + "feature-gso-tcpv4");
  ASSERT_TRUE(vif.Start());
  Restart();
  vif.Restore();
  EXPECT_TRUE(vif.interface().link_up());
  EXPECT_FALSE(vif.interface().properties().tcp4_segmentation);
}

TEST_F(VifTest, APortOfTheTimeBeforeIsNotClosed) {
  ASSERT_TRUE(vif.Start());
  Restart();
  resources.ports[8] = 1;  // another's now, by the same number
  daemon->values.erase(kFront + "backend");
  vif.Restore();
  EXPECT_TRUE(resources.ports.contains(8));
}

}  // namespace
}  // namespace ashlar::xen
