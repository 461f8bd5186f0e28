// What a device is asked until it has its address, and what is made of its answers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/usb/usb.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/usb/descriptors.h"
#include "libs/usb/fake_controller.h"
#include "libs/usb/host_controller.h"

namespace ashlar::usb {
namespace {

TEST(DescriptorsTest, OneFollowsTheOther) {
  const Bytes bytes = MakeBytes({2, 1, 4, 5, 6, 7});
  Descriptors all(bytes);
  const auto first = all.Next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, 1);
  EXPECT_EQ(first->bytes.size(), 2u);
  const auto second = all.Next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->type, 5);
  EXPECT_EQ(second->At8(3), 7);
  EXPECT_EQ(second->At16(2), 0x706);
  EXPECT_EQ(second->At16(3), 7);
  EXPECT_EQ(second->At8(4), 0);
  EXPECT_FALSE(all.Next());
}

TEST(DescriptorsTest, LengthsThatMakeNoSenseEndTheWalk) {
  for (const Bytes& bytes : {MakeBytes({0, 1, 2, 2}), MakeBytes({1, 1, 2, 2}),
                             MakeBytes({5, 1, 2, 2}), MakeBytes({9}), Bytes()}) {
    Descriptors all(bytes);
    EXPECT_FALSE(all.Next());
    EXPECT_FALSE(all.Next());
  }
}

TEST(DescriptorsTest, EndpointZeroTakesOneOfFourSizes) {
  for (int size = 0; size < 256; ++size) {
    Bytes bytes = AdapterDescriptors()[0x100];
    bytes[7] = static_cast<std::byte>(size);
    EXPECT_EQ(ReadDeviceDescriptor(bytes).has_value(),
              size == 8 || size == 16 || size == 32 || size == 64)
        << size;
  }
}

TEST(DescriptorsTest, AConfigurationHasALengthAndAValue) {
  EXPECT_TRUE(ReadConfigurationDescriptor(MakeBytes({9, 2, 9, 0, 1, 1, 0, 0, 0})));
  EXPECT_FALSE(ReadConfigurationDescriptor(MakeBytes({9, 2, 8, 0, 1, 1, 0, 0, 0})));
  EXPECT_FALSE(ReadConfigurationDescriptor(MakeBytes({9, 2, 9, 0, 1, 0, 0, 0, 0})));
  EXPECT_FALSE(ReadConfigurationDescriptor(MakeBytes({8, 2, 9, 0, 1, 1, 0, 0})));
  EXPECT_FALSE(ReadConfigurationDescriptor(MakeBytes({9, 3, 9, 0, 1, 1, 0, 0, 0})));
}

TEST(DescriptorsTest, BulkEndpointsAreToldFromOthers) {
  const auto read = [](const Bytes& bytes) {
    return AsBulkEndpoint({DescriptorType::kEndpoint, bytes});
  };
  const auto endpoint = read(MakeBytes({7, 5, 0x83, 2, 0, 2, 0}));
  ASSERT_TRUE(endpoint);
  EXPECT_TRUE(endpoint->in());
  EXPECT_EQ(endpoint->number(), 3);
  EXPECT_EQ(endpoint->max_packet, 512);
  EXPECT_FALSE(read(MakeBytes({7, 5, 0x83, 3, 64, 0, 0})));  // interrupt
  EXPECT_FALSE(read(MakeBytes({7, 5, 0x80, 2, 64, 0, 0})));  // endpoint zero
  EXPECT_FALSE(read(MakeBytes({7, 5, 0x83, 2, 0, 0, 0})));
  EXPECT_FALSE(read(MakeBytes({7, 5, 0x83, 2, 63, 0, 0})));
  EXPECT_FALSE(read(MakeBytes({7, 5, 0x83, 2, 0, 4, 0})));
  EXPECT_FALSE(read(MakeBytes({6, 5, 0x83, 2, 64, 0})));
}

TEST(DeviceTest, FirstItsPacketSizeThenItsAddress) {
  FakeController controller;
  controller.descriptors = AdapterDescriptors();
  const Result<Device> device = Device::Find(controller);
  ASSERT_TRUE(device);
  EXPECT_EQ(device->descriptor().vendor, 0x525);
  EXPECT_EQ(device->descriptor().product, 0xa4a2);
  EXPECT_EQ(device->descriptor().configurations, 2);
  ASSERT_EQ(controller.setups.size(), 3u);
  EXPECT_EQ(controller.setups[0].length, 8);
  EXPECT_EQ(controller.links[0].max_packet, 8);
  EXPECT_EQ(controller.links[0].address, 0);
  EXPECT_EQ(controller.setups[1].request, 5);
  EXPECT_EQ(controller.setups[1].value, 1);
  EXPECT_EQ(controller.links[1].max_packet, 64);
  EXPECT_EQ(controller.links[1].address, 0);
  EXPECT_EQ(controller.links[2].address, 1);
}

TEST(DeviceTest, AtHighSpeedThePacketSizeIsKnown) {
  FakeController controller;
  controller.descriptors = AdapterDescriptors();
  controller.speed = Speed::kHigh;
  ASSERT_TRUE(Device::Find(controller));
  EXPECT_EQ(controller.setups.size(), 2u);
  EXPECT_EQ(controller.links[0].max_packet, 64);
}

TEST(DeviceTest, NoneIsNotFound) {
  FakeController controller;
  controller.connected = false;
  EXPECT_EQ(Device::Find(controller).error(), Error::kNotFound);
}

TEST(DeviceTest, OneThatRefusesOrMakesNoSenseIsAnError) {
  FakeController controller;
  EXPECT_EQ(Device::Find(controller).error(), Error::kInputOutput);
  controller.descriptors[0x100] = MakeBytes({18, 1, 0, 2});
  EXPECT_EQ(Device::Find(controller).error(), Error::kBroken);
  controller.descriptors[0x100] = MakeBytes({18, 2, 0, 2, 2, 0, 0, 64});
  EXPECT_EQ(Device::Find(controller).error(), Error::kBroken);
  // Cut off behind its first packet.
  controller.descriptors[0x100] = MakeBytes({18, 1, 0, 2, 2, 0, 0, 64});
  EXPECT_EQ(Device::Find(controller).error(), Error::kBroken);
  controller.descriptors = AdapterDescriptors();
  controller.refused = 5;
  EXPECT_EQ(Device::Find(controller).error(), Error::kInputOutput);
}

class FoundDeviceTest : public testing::Test {
 protected:
  void SetUp() override {
    controller_.descriptors = AdapterDescriptors();
    ASSERT_TRUE(device_);
  }

  FakeController controller_;
  Result<Device> device_ = [this] {
    controller_.descriptors = AdapterDescriptors();
    return Device::Find(controller_);
  }();
};

TEST_F(FoundDeviceTest, AConfigurationIsReadWhole) {
  std::array<std::byte, 512> buffer;
  const auto bytes = device_->ReadConfiguration(1, buffer);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->size(), 80u);
  EXPECT_EQ(device_->ReadConfiguration(1, std::span(buffer).first(79)).error(), Error::kNoSpace);
  EXPECT_EQ(device_->ReadConfiguration(1, std::span(buffer).first(8)).error(), Error::kNoSpace);
  EXPECT_EQ(device_->ReadConfiguration(2, buffer).error(), Error::kInputOutput);
}

TEST_F(FoundDeviceTest, StringsAreReadInTheFirstLanguage) {
  std::array<char, 12> buffer;
  const auto string = device_->ReadString(3, buffer);
  ASSERT_TRUE(string);
  EXPECT_EQ(std::string_view(string->data(), string->size()), "400102030405");
  EXPECT_EQ(controller_.setups.back().index, 0x409);
  EXPECT_EQ(device_->ReadString(3, std::span(buffer).first(11)).error(), Error::kNoSpace);
  EXPECT_EQ(device_->ReadString(0, buffer).error(), Error::kBroken);
}

TEST_F(FoundDeviceTest, StringsThatAreNoneAreRefused) {
  std::array<char, 12> buffer;
  for (const Bytes& bytes : {MakeBytes({4, 3, 0x3b, 0x26}), MakeBytes({4, 3, 0, 0}),
                             MakeBytes({40, 3, 'a', 0}), MakeBytes({4, 2, 'a', 0}), Bytes()}) {
    controller_.descriptors[0x303] = bytes;
    EXPECT_EQ(device_->ReadString(3, buffer).error(), Error::kBroken);
  }
  controller_.descriptors[0x300] = MakeBytes({2, 3});
  EXPECT_EQ(device_->ReadString(3, buffer).error(), Error::kBroken);
}

TEST_F(FoundDeviceTest, ConfigurationsAndAlternatesAreSelectedByRequests) {
  ASSERT_TRUE(device_->Configure(7));
  EXPECT_EQ(controller_.setups.back().request, 9);
  EXPECT_EQ(controller_.setups.back().value, 7);
  ASSERT_TRUE(device_->SelectAlternate(2, 1));
  EXPECT_EQ(controller_.setups.back().type, 1);
  EXPECT_EQ(controller_.setups.back().request, 11);
  EXPECT_EQ(controller_.setups.back().value, 1);
  EXPECT_EQ(controller_.setups.back().index, 2);
}

}  // namespace
}  // namespace ashlar::usb
