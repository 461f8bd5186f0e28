// Tests of the entropy driver against a device in memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/rng/rng.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "libs/virtio/fake_device.h"

namespace ashlar::virtio {
namespace {

class RngTest : public testing::Test {
 protected:
  RngTest() {
    transport_.maximum_sizes = {{0, 8}};
    transport_.on_notify = [this](std::uint16_t) {
      if (!device_) {
        device_.emplace(transport_.Queue<FakeSplitQueue>(0));
      }
      while (const auto chain = device_->Pop()) {
        std::vector<std::byte> bytes(bytes_at_once_);
        for (std::byte& byte : bytes) {
          byte = static_cast<std::byte>(++counter_);
        }
        chain->Write(bytes);
        device_->Push(*chain, length_ ? *length_ : static_cast<std::uint32_t>(bytes.size()));
      }
    };
  }

  FakeTransport transport_{DeviceType::kEntropy, kVersion1};
  std::unique_ptr<Rng> rng_ = std::make_unique<Rng>();
  std::optional<FakeSplitQueue> device_;
  std::size_t bytes_at_once_ = 64;
  std::optional<std::uint32_t> length_;
  std::uint8_t counter_ = 0;
};

TEST_F(RngTest, BytesComeFromTheDeviceEachOnce) {
  ASSERT_TRUE(rng_->Start(transport_));
  bytes_at_once_ = 7;
  std::array<std::byte, 30> bytes = {};
  ASSERT_TRUE(rng_->Fill(bytes));
  std::uint8_t expected = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(std::to_integer<std::uint8_t>(bytes[i]), ++expected);
  }
  ASSERT_TRUE(rng_->Fill(std::span(bytes).first(1)));
  EXPECT_EQ(std::to_integer<std::uint8_t>(bytes[0]),
            36);  // the rest of the last request is not kept
  // Nobody listens, and no interrupt is left raised.
  EXPECT_EQ(transport_.events[0], nullptr);
  EXPECT_EQ(transport_.acknowledgements, transport_.notifications[0]);
}

TEST_F(RngTest, AnotherDeviceIsNotFoundAndOneNotStartedNeither) {
  FakeTransport network(DeviceType::kNetwork, kVersion1);
  EXPECT_EQ(rng_->Start(network).error(), Error::kNotFound);
  std::array<std::byte, 4> bytes;
  EXPECT_EQ(rng_->Fill(bytes).error(), Error::kNotFound);
}

TEST_F(RngTest, ADeviceThatGivesNothingIsBroken) {
  ASSERT_TRUE(rng_->Start(transport_));
  bytes_at_once_ = 0;
  std::array<std::byte, 4> bytes;
  EXPECT_EQ(rng_->Fill(bytes).error(), Error::kBroken);
  EXPECT_EQ(transport_.status, 0);
  EXPECT_EQ(rng_->Fill(bytes).error(), Error::kNotFound);
}

TEST_F(RngTest, ADeviceThatClaimsMoreThanItCouldWriteIsBrokenAndNothingIsGivenOut) {
  ASSERT_TRUE(rng_->Start(transport_));
  length_ = 65;
  std::array<std::byte, 4> bytes = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  EXPECT_EQ(rng_->Fill(bytes).error(), Error::kBroken);
  EXPECT_EQ(bytes, (std::array<std::byte, 4>{}));
}

TEST_F(RngTest, ASlowDeviceTimesOutAndServesTheNextCall) {
  ASSERT_TRUE(rng_->Start(transport_));
  const auto answer = transport_.on_notify;
  transport_.on_notify = nullptr;
  std::array<std::byte, 4> bytes;
  EXPECT_EQ(rng_->Fill(bytes).error(), Error::kTimedOut);
  answer(0);
  EXPECT_TRUE(rng_->Fill(bytes));
}

}  // namespace
}  // namespace ashlar::virtio
