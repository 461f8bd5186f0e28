// The real-time clock behind a fake bus: its formats, an update meanwhile, nonsense, absence.
// SPDX-License-Identifier: Apache-2.0
#include "libs/clock/mc146818.h"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "libs/io/fake_bus.h"

namespace ashlar::clock {
namespace {

// Seconds, minutes, hours, day, month, year, century, status B.
using Registers = std::initializer_list<std::uint64_t>;

std::optional<std::chrono::seconds> Read(std::initializer_list<Registers> readings) {
  io::FakeBus::Record record;
  for (const Registers& reading : readings) {
    record.reads.insert(record.reads.end(), reading);
  }
  return Mc146818(io::FakeBus(record)).UnixTime();
}

constexpr std::chrono::seconds kMoment{1'790'000'059};  // 2026-09-21 14:14:19

TEST(Mc146818Test, ReadsDecimalDigits) {
  const Registers reading = {0x19, 0x14, 0x14, 0x21, 0x09, 0x26, 0x20, 0x02};
  EXPECT_EQ(Read({reading, reading}), kMoment);
}

TEST(Mc146818Test, ReadsBinaryNumbers) {
  const Registers reading = {19, 14, 14, 21, 9, 26, 20, 0x06};
  EXPECT_EQ(Read({reading, reading}), kMoment);
}

TEST(Mc146818Test, ReadsTwelveHours) {
  const Registers afternoon = {0x19, 0x14, 0x82, 0x21, 0x09, 0x26, 0x20, 0x00};
  EXPECT_EQ(Read({afternoon, afternoon}), kMoment);
  const Registers midnight = {0x19, 0x14, 0x12, 0x21, 0x09, 0x26, 0x20, 0x00};
  EXPECT_EQ(Read({midnight, midnight}), kMoment - std::chrono::hours(14));
}

TEST(Mc146818Test, ReadsAgainWhenTheClockTickedMeanwhile) {
  const Registers torn = {0x59, 0x14, 0x14, 0x21, 0x09, 0x26, 0x20, 0x02};
  const Registers reading = {0x19, 0x14, 0x14, 0x21, 0x09, 0x26, 0x20, 0x02};
  EXPECT_EQ(Read({torn, reading, reading}), kMoment);
}

TEST(Mc146818Test, AnAbsentClockHasNoTime) { EXPECT_EQ(Read({}), std::nullopt); }

TEST(Mc146818Test, NonsenseIsNoDate) {
  const Registers february = {0x19, 0x14, 0x14, 0x30, 0x02, 0x26, 0x20, 0x02};
  EXPECT_EQ(Read({february, february}), std::nullopt);
  const Registers hours = {0x19, 0x14, 0x24, 0x21, 0x09, 0x26, 0x20, 0x02};
  EXPECT_EQ(Read({hours, hours}), std::nullopt);
}

}  // namespace
}  // namespace ashlar::clock
