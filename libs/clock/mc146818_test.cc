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

// Seconds, minutes, hours, day, month, year, status B.
using Registers = std::initializer_list<std::uint64_t>;

constexpr std::uint64_t kAtRest = 0x26;  // status A
constexpr std::uint64_t kUpdating = 0xa6;

std::optional<std::chrono::seconds> ReadRaw(const std::vector<std::uint64_t>& reads) {
  io::FakeBus::Record record{.reads = reads};
  return Mc146818(io::FakeBus(record)).UnixTime();
}

// From a clock that is at rest before and after each reading.
std::optional<std::chrono::seconds> Read(std::initializer_list<Registers> readings) {
  std::vector<std::uint64_t> reads;
  for (const Registers& reading : readings) {
    reads.push_back(kAtRest);
    reads.insert(reads.end(), reading);
    reads.push_back(kAtRest);
  }
  return ReadRaw(reads);
}

constexpr std::chrono::seconds kMoment{1'790'000'059};  // 2026-09-21 14:14:19

TEST(Mc146818Test, ReadsDecimalDigits) {
  const Registers reading = {0x19, 0x14, 0x14, 0x21, 0x09, 0x26, 0x02};
  EXPECT_EQ(Read({reading, reading}), kMoment);
}

TEST(Mc146818Test, ReadsBinaryNumbers) {
  const Registers reading = {19, 14, 14, 21, 9, 26, 0x06};
  EXPECT_EQ(Read({reading, reading}), kMoment);
}

TEST(Mc146818Test, ReadsTwelveHours) {
  const Registers afternoon = {0x19, 0x14, 0x82, 0x21, 0x09, 0x26, 0x00};
  EXPECT_EQ(Read({afternoon, afternoon}), kMoment);
  const Registers midnight = {0x19, 0x14, 0x12, 0x21, 0x09, 0x26, 0x00};
  EXPECT_EQ(Read({midnight, midnight}), kMoment - std::chrono::hours(14));
}

TEST(Mc146818Test, ReadsAgainWhenTheClockTickedMeanwhile) {
  const Registers torn = {0x59, 0x14, 0x14, 0x21, 0x09, 0x26, 0x02};
  const Registers reading = {0x19, 0x14, 0x14, 0x21, 0x09, 0x26, 0x02};
  EXPECT_EQ(Read({torn, reading, reading}), kMoment);
}

TEST(Mc146818Test, AnUpdateIsWaitedForAndWhatItTouchesIsReadAgain) {
  const std::vector<std::uint64_t> torn = {0x00, 0x14, 0x14, 0x21, 0x09, 0x26, 0x02};
  const std::vector<std::uint64_t> reading = {0x19, 0x14, 0x14, 0x21, 0x09, 0x26, 0x02};
  std::vector<std::uint64_t> reads;
  const auto add = [&](std::uint64_t before, const std::vector<std::uint64_t>& registers,
                       std::uint64_t after) {
    reads.push_back(before);
    reads.insert(reads.end(), registers.begin(), registers.end());
    reads.push_back(after);
  };
  // Twice the same nonsense, since the update that was under way did not move on.
  add(kAtRest, torn, kUpdating);
  add(kAtRest, torn, kUpdating);
  reads.insert(reads.end(), {kUpdating, kUpdating});
  add(kAtRest, reading, kAtRest);
  add(kAtRest, reading, kAtRest);
  EXPECT_EQ(ReadRaw(reads), kMoment);
}

TEST(Mc146818Test, AClockThatIsNeverDoneHasNoTime) {
  EXPECT_EQ(ReadRaw(std::vector<std::uint64_t>(1 << 16, kUpdating)), std::nullopt);
}

TEST(Mc146818Test, AnAbsentClockHasNoTime) { EXPECT_EQ(Read({}), std::nullopt); }

TEST(Mc146818Test, NonsenseIsNoDate) {
  const Registers february = {0x19, 0x14, 0x14, 0x30, 0x02, 0x26, 0x02};
  EXPECT_EQ(Read({february, february}), std::nullopt);
  const Registers year = {0x19, 0x14, 0x14, 0x21, 0x09, 0xa6, 0x02};
  EXPECT_EQ(Read({year, year}), std::nullopt);
  const Registers hours = {0x19, 0x14, 0x24, 0x21, 0x09, 0x26, 0x02};
  EXPECT_EQ(Read({hours, hours}), std::nullopt);
}

}  // namespace
}  // namespace ashlar::clock
