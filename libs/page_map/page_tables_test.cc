// Tests of page-table changes, on tables that no CPU uses.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_map/page_tables.h"

#include <cstddef>
#include <cstdint>

#include "gtest/gtest.h"
#include "libs/arch/aarch64/page_table_entry.h"
#include "libs/arch/page_table.h"
#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_map/page_map.h"

namespace ashlar::page_map {
namespace {

// No CPU uses these tables, whatever CPU this runs on.
struct Store {
  template <typename Entry>
  static void Replace(Entry& entry, Entry value) {
    entry = value;
  }
};

alignas(kPageSize) std::byte pool[8][kPageSize];
std::size_t pool_used = 0;
std::size_t pool_limit = 8;

std::byte* AllocateTable() { return pool_used == pool_limit ? nullptr : pool[pool_used++]; }

template <typename Entry>
class PageTablesTest : public testing::Test {
 protected:
  PageTablesTest() {
    pool_used = 0;
    pool_limit = 8;
    for (Entry& entry : root_) {
      entry = {};
    }
  }

  static Mapping Identity(std::uintptr_t address, std::size_t size, Access access) {
    return {
        .virtual_address = address, .physical_address = address, .size = size, .access = access};
  }
  arch::Translation<Entry> At(std::uintptr_t address) const { return arch::LookUp(root_, address); }

  alignas(kPageSize) Entry root_[arch::kPageTableEntries];
  BasicPageTables<Entry, Store> tables_{root_, AllocateTable, false};
  BasicPageTables<Entry, Store> gibibyte_tables_{root_, AllocateTable, true};
};

using Entries = testing::Types<aarch64::PageTableEntry, x86_64::PageTableEntry>;
TYPED_TEST_SUITE(PageTablesTest, Entries);

TYPED_TEST(PageTablesTest, UsesLargePagesWhereTheyFit) {
  ASSERT_TRUE(this->tables_.Map(this->Identity(kPageSize, 4 * kMiB, Access::kReadWrite)));
  EXPECT_FALSE(this->At(0).entry.present());
  EXPECT_EQ(this->At(kPageSize).level, 1U);
  EXPECT_EQ(this->At(2 * kMiB).level, 2U);
  EXPECT_EQ(this->At(2 * kMiB).entry.address(), 2 * kMiB);
  EXPECT_EQ(this->At(4 * kMiB).level, 1U);
  EXPECT_EQ(this->At(4 * kMiB).entry.address(), 4 * kMiB);
  EXPECT_FALSE(this->At(4 * kMiB + kPageSize).entry.present());
  EXPECT_EQ(pool_used, 4U);
}

TYPED_TEST(PageTablesTest, UsesGibibytePagesOnlyWhereTheCpuHasThem) {
  ASSERT_TRUE(this->gibibyte_tables_.Map(this->Identity(kGiB, 3 * kGiB, Access::kReadWrite)));
  EXPECT_EQ(this->At(2 * kGiB).level, 3U);
  EXPECT_EQ(pool_used, 1U);
  ASSERT_TRUE(this->tables_.Map(this->Identity(8 * kGiB, kGiB, Access::kReadWrite)));
  EXPECT_EQ(this->At(8 * kGiB).level, 2U);
  EXPECT_EQ(pool_used, 2U);
}

TYPED_TEST(PageTablesTest, NothingIsWritableAndExecutable) {
  ASSERT_TRUE(this->tables_.Map(this->Identity(0x1000, 0x1000, Access::kRead)));
  ASSERT_TRUE(this->tables_.Map(this->Identity(0x2000, 0x1000, Access::kReadWrite)));
  ASSERT_TRUE(this->tables_.Map(this->Identity(0x3000, 0x1000, Access::kReadExecute)));
  EXPECT_FALSE(this->At(0x1000).entry.writable());
  EXPECT_FALSE(this->At(0x1000).entry.executable());
  EXPECT_TRUE(this->At(0x2000).entry.writable());
  EXPECT_FALSE(this->At(0x2000).entry.executable());
  EXPECT_FALSE(this->At(0x3000).entry.writable());
  EXPECT_TRUE(this->At(0x3000).entry.executable());
}

TYPED_TEST(PageTablesTest, SplitsALargePageAndKeepsTheRestAsItWas) {
  ASSERT_TRUE(this->gibibyte_tables_.Map(this->Identity(kGiB, kGiB, Access::kReadWrite)));
  const std::uintptr_t guard = kGiB + 2 * kMiB + 0x5000;
  ASSERT_TRUE(this->gibibyte_tables_.Map(this->Identity(guard, kPageSize, Access::kNone)));
  EXPECT_FALSE(this->At(guard).entry.present());
  for (const std::uintptr_t neighbour : {guard - kPageSize, guard + kPageSize}) {
    EXPECT_TRUE(this->At(neighbour).entry.present());
    EXPECT_TRUE(this->At(neighbour).entry.writable());
    EXPECT_FALSE(this->At(neighbour).entry.executable());
    EXPECT_EQ(this->At(neighbour).level, 1U);
    EXPECT_EQ(this->At(neighbour).entry.address(), neighbour);
    EXPECT_EQ(
        this->At(neighbour).entry.value & 0xfff & ~TypeParam::PageFlags(1, true, false, false), 0U);
  }
  EXPECT_EQ(this->At(kGiB + 6 * kMiB).level, 2U);
  ASSERT_TRUE(this->gibibyte_tables_.Map(this->Identity(guard, kPageSize, Access::kReadWrite)));
  EXPECT_EQ(this->At(guard).entry.address(), guard);
}

TYPED_TEST(PageTablesTest, WithoutATableNothingChanges) {
  ASSERT_TRUE(this->tables_.Map(this->Identity(2 * kMiB, 4 * kMiB, Access::kReadWrite)));
  pool_limit = pool_used + 1;  // Enough to split one of the two ends.
  const Result<void> result = this->tables_.Map(this->Identity(3 * kMiB, 2 * kMiB, Access::kRead));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), Error::kOutOfMemory);
  for (std::uintptr_t address = 2 * kMiB; address < 6 * kMiB; address += kPageSize) {
    ASSERT_TRUE(this->At(address).entry.writable());
  }
}

TYPED_TEST(PageTablesTest, UnmappingWhatIsNotThereNeedsNoTable) {
  ASSERT_TRUE(this->tables_.Map(this->Identity(123 * kPageSize, 7 * kMiB, Access::kNone)));
  EXPECT_EQ(pool_used, 0U);
}

TYPED_TEST(PageTablesTest, MapsAtAnotherAddressAndUncached) {
  ASSERT_TRUE(this->tables_.Map({.virtual_address = 0xa0000,
                                 .physical_address = 0,
                                 .size = 0x2000,
                                 .access = Access::kRead}));
  EXPECT_EQ(this->At(0xa1000).entry.address(), 0x1000U);
  ASSERT_TRUE(this->tables_.Map({.virtual_address = 0xfee00000,
                                 .physical_address = 0xfee00000,
                                 .size = 0x1000,
                                 .access = Access::kReadWrite,
                                 .device = true}));
  EXPECT_TRUE(this->At(0xfee00000).entry.device());
  // Two MiB on each side of a difference that is no multiple of it.
  ASSERT_TRUE(this->tables_.Map({.virtual_address = 4 * kMiB,
                                 .physical_address = kMiB,
                                 .size = 2 * kMiB,
                                 .access = Access::kRead}));
  EXPECT_EQ(this->At(4 * kMiB).level, 1U);
}

TYPED_TEST(PageTablesTest, RefusesWhatMakesNoSense) {
  EXPECT_FALSE(this->tables_.Map(this->Identity(0x1001, kPageSize, Access::kRead)));
  EXPECT_FALSE(this->tables_.Map(this->Identity(0x1000, 0, Access::kRead)));
  EXPECT_FALSE(
      this->tables_.Map(this->Identity(std::uintptr_t{1} << 47, kPageSize, Access::kRead)));
  EXPECT_FALSE(this->tables_.Map(this->Identity(0x1000, ~std::size_t{0xfff}, Access::kRead)));
  EXPECT_FALSE(this->tables_.Map(
      {.virtual_address = 0x1000, .physical_address = std::uint64_t{1} << 52, .size = 0x1000}));
}

}  // namespace
}  // namespace ashlar::page_map
