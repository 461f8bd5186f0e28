// Addresses in text.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/net/mac_address.h"

#include <gtest/gtest.h>

#include "libs/netdev/netdev.h"

namespace ashlar::xen {
namespace {

TEST(MacAddressTest, SixPairsOfDigitsAreOne) {
  EXPECT_EQ(ParseMacAddress("00:16:3e:0A:bc:ff"),
            (netdev::MacAddress{0x00, 0x16, 0x3e, 0x0a, 0xbc, 0xff}));
}

TEST(MacAddressTest, AnythingElseIsNone) {
  for (const char* text : {"", "00:16:3e:0a:bc", "00:16:3e:0a:bc:ff:", "00-16-3e-0a-bc-ff",
                           "00:16:3e:0a:bc:f", "00:16:3e:0a:bc:fg", "0 :16:3e:0a:bc:ff",
                           "00:16:3e:0a:bc:-1", "00:00:00:00:00:00", "01:16:3e:0a:bc:ff"}) {
    EXPECT_FALSE(ParseMacAddress(text)) << text;
  }
}

}  // namespace
}  // namespace ashlar::xen
