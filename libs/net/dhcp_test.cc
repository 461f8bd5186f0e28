// Getting an address, and what every host answers: DHCP, ARP, ping.
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <span>

#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/command_line/command_line.h"
#include "libs/event_loop/event_loop.h"
#include "libs/net/checksum.h"
#include "libs/net/net.h"
#include "libs/net/testing.h"
#include "lwip/dns.h"

namespace ashlar::net::testing {
namespace {

std::uint32_t Get(const Bytes& bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  }
  return value;
}

bool IsDhcp(const Bytes& frame) {
  return frame.size() > 282 && Get(frame, 12, 2) == 0x0800 && frame[23] == std::byte{17} &&
         Get(frame, 36, 2) == 67;
}

// The answer of a server at 10.0.0.2 to a DHCP message: it gives 10.0.0.1/24.
Bytes Answer(const Bytes& question, std::uint8_t type) {
  Bytes message(8 + 240);
  const auto put = [&message](std::size_t at, std::initializer_list<int> values) {
    for (int value : values) {
      message[at++] = static_cast<std::byte>(value);
    }
  };
  put(0, {0, 67, 0, 68});
  put(8, {2, 1, 6, 0});
  std::copy_n(question.begin() + 46, 4, message.begin() + 12);  // the transaction
  put(24, {10, 0, 0, 1});                                       // yours
  std::copy_n(question.begin() + 70, 6, message.begin() + 36);  // the client's hardware address
  put(244, {0x63, 0x82, 0x53, 0x63});
  const Bytes options =
      ToBytes({53,  1,   type, 54, 4, 10, 0,  0, 2, 51, 4, 0, 0,  0x0e, 0x10, 1, 4,
               255, 255, 255,  0,  3, 4,  10, 0, 0, 2,  6, 4, 10, 0,    0,    3, 255});
  message.insert(message.end(), options.begin(), options.end());
  message.resize(message.size() + 20);
  put(4, {static_cast<int>(message.size() >> 8), static_cast<int>(message.size() & 0xff)});
  return Ipv4Frame(17, message);
}

TEST(NetTest, DhcpGivesAnAddressAndItIsAnswered) {
  static FakeDevice device({.mac_address = kOurMac, .max_fragments = 8});
  static netdev::NetDevice* devices[] = {&device};
  StartOn(devices, 1 << 20);
  ASSERT_EQ(1u, InterfaceCount());
  EXPECT_EQ(kOurMac, Describe(0).mac_address);

  const auto deadline = clock::Monotonic::now() + std::chrono::seconds(20);
  bool offered = false;
  while (Describe(0).ipv4_prefix == 0 && clock::Monotonic::now() < deadline) {
    event_loop::Wait(clock::Monotonic::now() + std::chrono::milliseconds(50));
    while (!device.sent.empty()) {
      const Bytes frame = device.sent.front().frame;
      device.sent.pop_front();
      if (IsDhcp(frame)) {
        device.Inject(Answer(frame, offered ? 5 : 2));
        offered = true;
      }
    }
  }
  const InterfaceStatus status = Describe(0);
  EXPECT_EQ((std::array<std::uint8_t, 4>{10, 0, 0, 1}), status.ipv4_address);
  EXPECT_EQ(24, status.ipv4_prefix);
  EXPECT_EQ((std::array<std::uint8_t, 4>{10, 0, 0, 2}), status.ipv4_gateway);
  EXPECT_TRUE(WaitForAddress(clock::Monotonic::now()));
  // The images have one of their own on the command line; the host's test has none.
  const bool chosen = command_line::Parameter("net.dns").has_value();
  EXPECT_STREQ(chosen ? "192.0.2.53" : "10.0.0.3", ipaddr_ntoa(dns_getserver(0)));

  device.sent.clear();
  device.Inject(ArpRequest());
  event_loop::Poll();
  ASSERT_FALSE(device.sent.empty());
  EXPECT_EQ(2u, Get(device.sent.back().frame, 20, 2));  // a reply
  EXPECT_EQ(0, std::memcmp(device.sent.back().frame.data() + 22, kOurMac.data(), 6));

  device.sent.clear();
  Bytes ping = ToBytes({8, 0, 0, 0, 0x12, 0x34, 0, 1, 'a', 'b', 'c', 'd'});
  const auto sum = static_cast<std::uint16_t>(~Checksum(ping));
  std::memcpy(ping.data() + 2, &sum, 2);
  device.Inject(Ipv4Frame(1, ping));
  event_loop::Poll();
  ASSERT_FALSE(device.sent.empty());
  const Bytes& pong = device.sent.back().frame;
  EXPECT_EQ(std::byte{0}, pong[34]);
  EXPECT_EQ(0x1234u, Get(pong, 38, 2));
  EXPECT_EQ(0xffff, Checksum(std::span(pong).subspan(34, 12)));
}

}  // namespace
}  // namespace ashlar::net::testing
