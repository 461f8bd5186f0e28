// Tests of the status protocol.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/virtio.h"

#include "gtest/gtest.h"
#include "libs/virtio/fake_device.h"

namespace ashlar::virtio {
namespace {

TEST(VirtioTest, ADeviceIsResetNegotiatedAndRun) {
  FakeTransport transport(DeviceType::kEntropy, kVersion1 | kEventIndex | kIndirectDescriptors);
  transport.status = kStatusDriverOk;
  const auto offered = Begin(transport);
  ASSERT_TRUE(offered);
  EXPECT_EQ(*offered, transport.offered);
  EXPECT_EQ(transport.status, kStatusAcknowledge | kStatusDriver);
  ASSERT_TRUE(Accept(transport, kEventIndex));
  EXPECT_EQ(transport.accepted, kVersion1 | kEventIndex);
  virtio::Run(transport);
  EXPECT_EQ(transport.status,
            kStatusAcknowledge | kStatusDriver | kStatusFeaturesOk | kStatusDriverOk);
}

TEST(VirtioTest, ADeviceFromBeforeVersion1IsUnsupportedUnlessItsTransportKnowsIt) {
  FakeTransport modern(DeviceType::kEntropy, kEventIndex);
  EXPECT_EQ(Begin(modern).error(), Error::kUnsupported);
  // No bit is cleared but by a reset [virtio-1.2 §2.1.1].
  EXPECT_EQ(modern.status, kStatusAcknowledge | kStatusDriver | kStatusFailed);

  FakeTransport legacy(DeviceType::kEntropy, kEventIndex);
  legacy.MakeLegacy();
  ASSERT_TRUE(Begin(legacy));
  ASSERT_TRUE(Accept(legacy, kEventIndex));
  EXPECT_EQ(legacy.accepted, kEventIndex);
  virtio::Run(legacy);
  EXPECT_EQ(legacy.status, kStatusAcknowledge | kStatusDriver | kStatusDriverOk);
}

TEST(VirtioTest, ADeviceThatNeverResetsIsBroken) {
  FakeTransport transport(DeviceType::kEntropy, kVersion1);
  transport.status = kStatusDriverOk;
  transport.never_resets = true;
  EXPECT_EQ(Begin(transport).error(), Error::kBroken);
}

TEST(VirtioTest, ADeviceThatRefusesTheFeaturesIsFailed) {
  FakeTransport transport(DeviceType::kEntropy, kVersion1);
  transport.refuses_features = true;
  ASSERT_TRUE(Begin(transport));
  EXPECT_EQ(Accept(transport, 0).error(), Error::kUnsupported);
  EXPECT_EQ(transport.status, kStatusAcknowledge | kStatusDriver | kStatusFailed);
}

TEST(VirtioTest, ConfigurationValuesAreReadAtTheirOffsetAndNotBeyondTheEnd) {
  FakeTransport transport(DeviceType::kEntropy, kVersion1);
  transport.config = {std::byte{1}, std::byte{2}, std::byte{3}};
  EXPECT_EQ(ReadConfigValue<std::uint16_t>(transport, 1).value(), 0x0302);
  EXPECT_EQ(ReadConfigValue<std::uint16_t>(transport, 2).error(), Error::kUnsupported);
}

}  // namespace
}  // namespace ashlar::virtio
