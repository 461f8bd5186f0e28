// Addresses as people read them.
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/address_text.h"

#include <cstdint>
#include <cstring>

#include <gtest/gtest.h>

namespace ashlar::net {
namespace {

TEST(AddressTextTest, WritesIpv4) {
  AddressText text;
  text.fill('x');
  constexpr std::array bytes = {std::byte{192}, std::byte{0}, std::byte{2}, std::byte{255}};
  EXPECT_EQ("192.0.2.255", FormatIpv4(bytes, text));
  EXPECT_STREQ("192.0.2.255", text.data());
}

TEST(AddressTextTest, WritesIpv6AsRfc5952Wants) {
  struct Case {
    std::array<std::uint16_t, 8> groups;
    const char* text;
  };
  for (const Case& each : {
           Case{{0, 0, 0, 0, 0, 0, 0, 0}, "::"},
           Case{{0, 0, 0, 0, 0, 0, 0, 1}, "::1"},
           Case{{1, 0, 0, 0, 0, 0, 0, 0}, "1::"},
           Case{{0x2001, 0xdb8, 0, 0, 0, 0, 0xabcd, 0x0ef0}, "2001:db8::abcd:ef0"},
           // A single group of zero stays, wherever it is.
           Case{{1, 0, 3, 4, 5, 6, 7, 8}, "1:0:3:4:5:6:7:8"},
           Case{{1, 2, 3, 4, 5, 6, 7, 0}, "1:2:3:4:5:6:7:0"},
           Case{{0, 2, 3, 4, 5, 6, 7, 0}, "0:2:3:4:5:6:7:0"},
           // The longest run, and the first of equal ones.
           Case{{0x2001, 0, 0, 1, 0, 0, 0, 1}, "2001:0:0:1::1"},
           Case{{0x2001, 0xdb8, 0, 0, 1, 0, 0, 0}, "2001:db8:0:0:1::"},
           Case{{0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}, "2001:db8::1:0:0:1"},
           // IPv4 among IPv6, and what only looks so.
           Case{{0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0207}, "::ffff:192.0.2.7"},
           Case{{0, 0, 0, 0, 0, 0xffff, 0, 0}, "::ffff:0.0.0.0"},
           Case{{0, 0, 0, 0, 0xffff, 0, 1, 2}, "::ffff:0:1:2"},
           Case{{0, 0, 0, 0, 0, 0, 0xc000, 0x0207}, "::c000:207"},
           Case{{1, 0, 0, 0, 0, 0xffff, 1, 2}, "1::ffff:1:2"},
           Case{{0xfedc, 0xba98, 0x7654, 0x3210, 0xffff, 0xffff, 0xffff, 0xffff},
                "fedc:ba98:7654:3210:ffff:ffff:ffff:ffff"},
       }) {
    std::array<std::byte, 16> bytes;
    for (std::size_t i = 0; i < each.groups.size(); ++i) {
      bytes[2 * i] = static_cast<std::byte>(each.groups[i] >> 8);
      bytes[2 * i + 1] = static_cast<std::byte>(each.groups[i]);
    }
    AddressText text;
    text.fill('x');
    EXPECT_EQ(each.text, FormatIpv6(bytes, text));
    EXPECT_EQ(strlen(each.text), strlen(text.data()));
  }
}

}  // namespace
}  // namespace ashlar::net
