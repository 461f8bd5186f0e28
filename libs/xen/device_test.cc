// A device's handshake, with a store that the test fills in.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/device.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libs/base/result.h"
#include "libs/xen/abi.h"
#include "libs/xen/fake_store.h"
#include "libs/xen/store.h"

namespace ashlar::xen {
namespace {

const std::string kBack = "/local/domain/3/backend/vif/9/0";

struct DeviceTest : testing::Test {
  DeviceTest() {
    daemon->values["device/vif/0/backend"] = kBack;
    daemon->values["device/vif/0/backend-id"] = "3";
    daemon->values[kBack + "/state"] = "2";
  }

  std::unique_ptr<FakeStore> daemon = std::make_unique<FakeStore>();
  Store store{daemon->page, *daemon};
  Device device{store, "vif", 0};
};

TEST_F(DeviceTest, TheBackEndIsFound) {
  ASSERT_TRUE(device.Find());
  EXPECT_EQ(device.back_end(), 3);
  EXPECT_TRUE(device.WaitForBackEnd(DeviceState::kInitWait));
}

TEST_F(DeviceTest, WithoutADeviceThereIsNone) {
  Device other(store, "vif", 1);
  EXPECT_EQ(other.Find().error(), Error::kNotFound);
}

TEST_F(DeviceTest, WhatTheFrontEndSaysIsWritten) {
  ASSERT_TRUE(device.Find());
  EXPECT_TRUE(device.Write("event-channel", 12));
  EXPECT_TRUE(device.SetState(DeviceState::kConnected));
  EXPECT_EQ(daemon->values["device/vif/0/event-channel"], "12");
  EXPECT_EQ(daemon->values["device/vif/0/state"], "4");
}

TEST_F(DeviceTest, AStateIsWaitedFor) {
  ASSERT_TRUE(device.Find());
  int steps = 0;
  daemon->idle = [&] {
    if (++steps <= 3) {
      daemon->Change(kBack + "/state", std::to_string(steps + 1));
    }
  };
  EXPECT_TRUE(device.WaitForBackEnd(DeviceState::kConnected));
}

TEST_F(DeviceTest, ABackEndThatGoesAwayIsNotWaitedFor) {
  for (const char* state : {"5", "6"}) {
    daemon->values[kBack + "/state"] = state;
    ASSERT_TRUE(device.Find());
    EXPECT_EQ(device.WaitForBackEnd(DeviceState::kConnected).error(), Error::kBroken);
  }
}

TEST_F(DeviceTest, ABackEndThatDoesNothingIsGivenUp) {
  ASSERT_TRUE(device.Find());
  EXPECT_EQ(device.WaitForBackEnd(DeviceState::kConnected).error(), Error::kTimedOut);
}

TEST_F(DeviceTest, ABackEndThatOnlyMakesChangesIsGivenUp) {
  ASSERT_TRUE(device.Find());
  int changes = 0;
  daemon->idle = [&] { daemon->Change(kBack + "/state", std::to_string(1 + ++changes % 2)); };
  EXPECT_EQ(device.WaitForBackEnd(DeviceState::kConnected).error(), Error::kTimedOut);
  EXPECT_LE(changes, Device::kMaxChanges);
}

TEST_F(DeviceTest, AnotherBackEndThatMakesChangesKeepsNobodyWaiting) {
  const std::string other_back = "/local/domain/4/backend/vif/9/1";
  daemon->values["device/vif/1/backend"] = other_back;
  daemon->values["device/vif/1/backend-id"] = "4";
  daemon->values[other_back + "/state"] = "4";
  Device other(store, "vif", 1);
  ASSERT_TRUE(other.Find());
  ASSERT_TRUE(other.WaitForBackEnd(DeviceState::kConnected));
  ASSERT_TRUE(device.Find());
  int changes = 0;
  daemon->idle = [&] {
    ++changes;
    daemon->Change(other_back + "/state", "4");
  };
  EXPECT_EQ(device.WaitForBackEnd(DeviceState::kConnected).error(), Error::kTimedOut);
  EXPECT_LE(changes, Device::kMaxChanges);
  // One that nobody waits for is not heard.
  other.Unwatch();
  daemon->idle = [&] {
    for (int i = 0; i < 2 * Device::kMaxChanges; ++i) {
      daemon->Change(other_back + "/state", "4");
    }
    daemon->Change(kBack + "/state", "4");
  };
  EXPECT_TRUE(device.WaitForBackEnd(DeviceState::kConnected));
  EXPECT_EQ(daemon->watches(), 1U);
}

TEST_F(DeviceTest, AClosedDeviceSaysSoAndIsNotWatched) {
  ASSERT_TRUE(device.Find());
  device.Close();
  EXPECT_EQ(daemon->values["device/vif/0/state"], "6");
  EXPECT_EQ(daemon->watches(), 0U);
}

TEST_F(DeviceTest, FeaturesAreWhatTheBackEndHas) {
  daemon->values[kBack + "/feature-sg"] = "1";
  daemon->values[kBack + "/feature-none"] = "0";
  daemon->values[kBack + "/feature-odd"] = "yes";
  ASSERT_TRUE(device.Find());
  EXPECT_TRUE(device.BackEndHas("feature-sg"));
  EXPECT_FALSE(device.BackEndHas("feature-none"));
  EXPECT_FALSE(device.BackEndHas("feature-odd"));
  EXPECT_FALSE(device.BackEndHas("feature-absent"));
}

TEST_F(DeviceTest, DevicesAreNamedByNumbers) {
  daemon->values["device/vif/1/state"] = "1";
  daemon->values["device/vif/other/state"] = "1";
  std::vector<std::uint64_t> numbers;
  const auto note = [&](std::uint64_t number) { numbers.push_back(number); };
  EXPECT_TRUE(ForEachDevice(store, "vif", note));
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{0, 1}));
  EXPECT_TRUE(ForEachDevice(store, "vbd", note));
  EXPECT_EQ(numbers.size(), 2U);
}

// Lies.

TEST_F(DeviceTest, NumbersThatAreNoneAreRefused) {
  ASSERT_TRUE(device.Find());
  for (const char* text : {"", " 1", "-1", "1 ", "0x10", "99999999999999999999", "7\n"}) {
    daemon->values[kBack + "/sectors"] = text;
    EXPECT_EQ(device.ReadBackEnd("sectors", ~std::uint64_t{0}).error(), Error::kBroken) << text;
  }
  daemon->values[kBack + "/sectors"] = "512";
  EXPECT_EQ(device.ReadBackEnd("sectors", 511).error(), Error::kBroken);
  EXPECT_EQ(device.ReadBackEnd("sectors", 512), 512U);
  daemon->values[kBack + "/sectors"] = std::string(100, '1');
  EXPECT_FALSE(device.ReadBackEnd("sectors", ~std::uint64_t{0}));
}

TEST_F(DeviceTest, ABackEndThatIsNoDomainIsRefused) {
  for (const char* text : {"32752", "-1", "self", "65536"}) {
    daemon->values["device/vif/0/backend-id"] = text;
    EXPECT_EQ(device.Find().error(), Error::kBroken) << text;
  }
}

TEST_F(DeviceTest, APathThatIsNoneIsRefused) {
  for (const std::string& path : {std::string(), std::string("backend"), "/" + std::string(80, 'x'),
                                  "/" + std::string(4000, 'x')}) {
    daemon->values["device/vif/0/backend"] = path;
    EXPECT_EQ(device.Find().error(), Error::kBroken) << path.size();
  }
}

TEST_F(DeviceTest, AStateThatIsNoneIsRefused) {
  daemon->values[kBack + "/state"] = "9";
  ASSERT_TRUE(device.Find());
  EXPECT_EQ(device.WaitForBackEnd(DeviceState::kConnected).error(), Error::kBroken);
}

}  // namespace
}  // namespace ashlar::xen
