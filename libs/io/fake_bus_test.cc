// Tests of the fake bus, which other tests trust, and of the memory-mapped one.
// SPDX-License-Identifier: Apache-2.0
#include "libs/io/fake_bus.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "libs/io/mmio_bus.h"

namespace ashlar::io {
namespace {

TEST(FakeBusTest, RecordsWritesInOrderWithTheirWidth) {
  FakeBus::Record record;
  FakeBus bus(record);
  bus.Write8(1, 0xab);
  bus.Write16(2, 0xabcd);
  bus.Write32(4, 0xabcdef01);
  EXPECT_EQ(record.writes, (std::vector<Write>{{1, 0xab, 1}, {2, 0xabcd, 2}, {4, 0xabcdef01, 4}}));
}

TEST(FakeBusTest, AnswersReadsFromTheScriptAndThenAsAnAbsentDevice) {
  FakeBus::Record record{.reads = {0x12, 0x3456}};
  FakeBus bus(record);
  EXPECT_EQ(bus.Read8(0), 0x12);
  EXPECT_EQ(bus.Read16(2), 0x3456);
  EXPECT_EQ(bus.Read32(4), 0xffffffffU);
  EXPECT_EQ(record.read_accesses, (std::vector<Read>{{0, 1}, {2, 2}, {4, 4}}));
  EXPECT_EQ(record.reads_answered, 2U);
}

TEST(MmioBusTest, AccessesMemoryAtTheOffset) {
  alignas(8) std::array<std::byte, 8> memory{};
  MmioBus bus(memory.data());
  bus.Write32(4, 0x01020304);
  EXPECT_EQ(memory[4], std::byte{4});
  EXPECT_EQ(bus.Read8(7), 1);
  bus.Write8(0, 9);
  bus.Write16(2, 0x0506);
  EXPECT_EQ(bus.Read32(0), 0x05060009U);
  EXPECT_EQ(bus.Read16(6), 0x0102);
}

}  // namespace
}  // namespace ashlar::io
