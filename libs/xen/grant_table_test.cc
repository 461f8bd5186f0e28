// Grants, with Xen played by the test.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/grant_table.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>

#include "libs/base/result.h"
#include "libs/xen/abi.h"

namespace ashlar::xen {
namespace {

using Access = GrantTable::Access;

struct GrantTableTest : testing::Test {
  std::array<GrantEntry, GrantTable::kReserved + 3> entries = {};
  GrantTable table{entries};
};

TEST_F(GrantTableTest, AGrantNamesThePageAndTheDomain) {
  const auto write = table.Grant(7, 0x1234, Access::kReadWrite);
  const auto read = table.Grant(8, 0x5678, Access::kRead);
  ASSERT_TRUE(write && read);
  EXPECT_EQ(entries[*write].domain, 7);
  EXPECT_EQ(entries[*write].frame, 0x1234U);
  EXPECT_EQ(entries[*write].flags, GrantEntry::kPermitAccess);
  EXPECT_EQ(entries[*read].domain, 8);
  EXPECT_EQ(entries[*read].flags, GrantEntry::kPermitAccess | GrantEntry::kReadOnly);
}

TEST_F(GrantTableTest, ReservedEntriesAreNotHandedOutAndAllOthersAre) {
  std::set<GrantReference> references;
  for (int i = 0; i < 3; ++i) {
    const auto grant = table.Grant(0, 1, Access::kRead);
    ASSERT_TRUE(grant);
    EXPECT_GE(*grant, GrantTable::kReserved);
    references.insert(*grant);
  }
  EXPECT_EQ(references.size(), 3U);
  EXPECT_EQ(table.Grant(0, 1, Access::kRead).error(), Error::kNoSpace);
}

TEST_F(GrantTableTest, AnEndedGrantIsUsedAgain) {
  std::array<GrantReference, 3> all = {};
  for (GrantReference& reference : all) {
    reference = *table.Grant(0, 1, Access::kRead);
  }
  EXPECT_TRUE(table.End(all[1]));
  EXPECT_EQ(entries[all[1]].flags, 0);
  EXPECT_TRUE(table.End(all[0]));
  EXPECT_EQ(table.Grant(0, 2, Access::kRead), all[0]);
  EXPECT_EQ(table.Grant(0, 3, Access::kRead), all[1]);
  EXPECT_FALSE(table.Grant(0, 4, Access::kRead));
}

TEST_F(GrantTableTest, APageInUseStaysGranted) {
  const GrantReference reference = *table.Grant(0, 1, Access::kReadWrite);
  for (const std::uint16_t use : {GrantEntry::kReading, GrantEntry::kWriting}) {
    entries[reference].flags |= use;
    EXPECT_FALSE(table.End(reference));
    EXPECT_EQ(entries[reference].flags & GrantEntry::kPermitAccess, GrantEntry::kPermitAccess);
    entries[reference].flags ^= use;
  }
  EXPECT_TRUE(table.End(reference));
}

TEST_F(GrantTableTest, AWithdrawnGrantKeepsItsPlaceAndAllowsNothing) {
  const GrantReference reference = *table.Grant(7, 1, Access::kReadWrite);
  entries[reference].flags |= GrantEntry::kWriting;
  EXPECT_FALSE(table.Withdraw(reference));
  entries[reference].flags = GrantEntry::kPermitAccess;
  EXPECT_TRUE(table.Withdraw(reference));
  EXPECT_EQ(entries[reference].flags, 0);
  EXPECT_NE(table.Grant(7, 2, Access::kRead), reference);
  table.Renew(reference, Access::kRead);
  EXPECT_EQ(entries[reference].flags, GrantEntry::kPermitAccess | GrantEntry::kReadOnly);
  EXPECT_EQ(entries[reference].domain, 7);
  EXPECT_EQ(entries[reference].frame, 1U);
}

TEST_F(GrantTableTest, AFrameThatNoEntryCanHoldIsRefused) {
  EXPECT_EQ(table.Grant(0, std::uint64_t{1} << 32, Access::kRead).error(), Error::kInvalidArgument);
}

TEST_F(GrantTableTest, AfterARestartAllAreFree) {
  for (int i = 0; i < 3; ++i) {
    (void)table.Grant(0, 1, Access::kRead);
  }
  entries = {};
  table.Restart();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(table.Grant(0, 1, Access::kRead));
  }
}

}  // namespace
}  // namespace ashlar::xen
