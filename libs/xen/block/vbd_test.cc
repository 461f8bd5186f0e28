// Blkfront's handshake, with a store and a back end that the test plays.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/block/vbd.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/xen/fake_resources.h"
#include "libs/xen/fake_store.h"
#include "libs/xen/store.h"

namespace ashlar::xen {
namespace {

const std::string kFront = "device/vbd/51712/";

struct Owner final : blockdev::Client {
  void Completed(void*, Result<void> result) override { done.push_back(result); }
  std::vector<Result<void>> done;
};

struct VbdTest : testing::Test {
  VbdTest() { PlayBackEnd("/local/domain/0/backend/vbd/9/51712/", "0"); }

  // A back end that knows its disk once it has seen the ring.
  void PlayBackEnd(const std::string& path, const std::string& domain) {
    back = path;
    daemon->values[kFront + "backend"] = path.substr(0, path.size() - 1);
    daemon->values[kFront + "backend-id"] = domain;
    daemon->values[kFront + "state"] = "1";
    daemon->values[back + "state"] = "2";
    daemon->idle = [this] {
      if (daemon->values[kFront + "state"] == "3" && daemon->values[back + "state"] == "2") {
        for (const auto& [name, value] : disk) {
          daemon->values[back + name] = value;
        }
        daemon->Change(back + "state", "4");
      }
    };
  }

  void Restart() {
    resources.Restart();
    daemon->Restart();
    store.Restart(daemon->page);
    PlayBackEnd("/local/domain/0/backend/vbd/12/51712/", "0");
  }

  void ExpectNothingLeft() {
    EXPECT_EQ(daemon->values[kFront + "state"], "6");
    EXPECT_TRUE(resources.ports.empty());
    EXPECT_EQ(daemon->watches(), 0U);
  }

  blockdev::Queue& queue() { return *vbd.interface().queues()[0]; }

  std::unique_ptr<FakeStore> daemon = std::make_unique<FakeStore>();
  Store store{daemon->page, *daemon};
  FakeResources resources;
  std::string back;
  std::map<std::string, std::string> disk = {
      {"sectors", "4096"}, {"sector-size", "512"}, {"info", "0"}, {"feature-flush-cache", "1"}};
  Vbd vbd{store, resources, 51712};
};

TEST_F(VbdTest, ADiskConnects) {
  ASSERT_TRUE(vbd.Start());
  EXPECT_EQ(daemon->values[kFront + "event-channel"], "8");
  EXPECT_EQ(daemon->values[kFront + "protocol"], "x86_64-abi");
  const auto ring = std::stoul(daemon->values[kFront + "ring-ref"]);
  EXPECT_EQ(resources.entries.at(ring).domain, 0);
  EXPECT_EQ(daemon->log.back(), kFront + "state=4");
  const blockdev::Properties& properties = vbd.interface().properties();
  EXPECT_EQ(properties.block_count, 4096U);
  EXPECT_EQ(properties.block_size, 512U);
  EXPECT_TRUE(properties.write_cache);
  EXPECT_FALSE(properties.read_only);
  EXPECT_FALSE(properties.discard);
}

TEST_F(VbdTest, AReadOnlyDiskIsOne) {
  disk["info"] = "5";  // and a CD-ROM
  ASSERT_TRUE(vbd.Start());
  EXPECT_TRUE(vbd.interface().properties().read_only);
}

TEST_F(VbdTest, WhatNoDiskIsLeavesNothing) {
  const auto good = disk;
  for (const auto& [name, value] : {std::pair{"sectors", "-1"},
                                    {"sectors", "many"},
                                    {"sectors", "18446744073709551615"},
                                    {"sectors", ""},
                                    {"sector-size", "0"},
                                    {"sector-size", "513"},
                                    {"sector-size", "8192"},
                                    {"sector-size", "65536"},
                                    {"info", "read-only"}}) {
    disk = good;
    disk[name] = value;
    daemon->values[kFront + "state"] = "1";
    daemon->values[back + "state"] = "2";
    resources.free_pages = FakeResources::kPages;
    Vbd other(store, resources, 51712);
    EXPECT_EQ(other.Start().error(), Error::kBroken) << name << "=" << value;
    ExpectNothingLeft();
  }
  for (const char* name : {"sectors", "sector-size", "info"}) {
    disk = good;
    disk.erase(name);
    daemon->values.erase(back + name);
    daemon->values[kFront + "state"] = "1";
    daemon->values[back + "state"] = "2";
    resources.free_pages = FakeResources::kPages;
    Vbd other(store, resources, 51712);
    EXPECT_EQ(other.Start().error(), Error::kNotFound) << name;
    ExpectNothingLeft();
  }
}

TEST_F(VbdTest, WithoutGrantsMemoryOrPortsThereIsNoDisk) {
  resources.has_grants = false;
  EXPECT_EQ(vbd.Start().error(), Error::kNoSpace);
  EXPECT_EQ(resources.free_pages, FakeResources::kPages);
  resources.has_grants = true;
  resources.free_pages = 10;
  EXPECT_EQ(vbd.Start().error(), Error::kOutOfMemory);
  resources.free_pages = FakeResources::kPages;
  resources.ports_left = 0;
  EXPECT_EQ(vbd.Start().error(), Error::kNoSpace);
  ExpectNothingLeft();
}

TEST_F(VbdTest, ARestoredDiskGoesOn) {
  ASSERT_TRUE(vbd.Start());
  const std::size_t free_pages = resources.free_pages;
  ASSERT_TRUE(queue().Submit({.operation = blockdev::Operation::kFlush}));
  Restart();
  vbd.Restore();
  EXPECT_EQ(resources.free_pages, free_pages);
  EXPECT_EQ(daemon->values[kFront + "state"], "4");
  // The request is made again.
  const auto reference = std::stoul(daemon->values[kFront + "ring-ref"]);
  const std::byte* const page = resources.memory[resources.entries.at(reference).frame].bytes;
  EXPECT_EQ(reinterpret_cast<const BlockRing*>(page)->header.request_producer, 1U);
}

TEST_F(VbdTest, AnotherDiskAfterARestoreIsRefused) {
  ASSERT_TRUE(vbd.Start());
  ASSERT_TRUE(queue().Submit({.operation = blockdev::Operation::kFlush}));
  Restart();
  disk["sectors"] = "2048";
  vbd.Restore();
  ExpectNothingLeft();
  EXPECT_EQ(queue().Submit({.operation = blockdev::Operation::kFlush}).error(), Error::kBroken);
  Owner owner;
  queue().Poll(owner);
  ASSERT_EQ(owner.done.size(), 1U);
  EXPECT_EQ(owner.done[0].error(), Error::kBroken);
}

}  // namespace
}  // namespace ashlar::xen
