// The clock of day of PCs: an MC146818 or what pretends to be one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/io/io.h"

namespace ashlar::clock {

/// The driver. The bus's offset 0 selects a register, offset 1 is its value (on PCs ports 0x70 and
/// 0x71).
template <io::Bus Bus>
class Mc146818 {
 public:
  explicit Mc146818(Bus bus) : bus_(bus) {}

  /// Seconds since 1970, taking the clock's time for UTC and its year for one from 2000 to 2099;
  /// nothing if there is no clock or it holds no date. Up to a second behind. Waits until the
  /// device has done with an update, about two milliseconds each second, and reads until two
  /// readings agree.
  std::optional<std::chrono::seconds> UnixTime() {
    std::optional<Reading> last;
    constexpr int kAttempts = 8;
    for (int i = 0; i < kAttempts; ++i) {
      if (!WaitUntilAtRest()) {
        return std::nullopt;
      }
      const Reading reading = Read();
      if ((Register(kStatusA) & kUpdating) != 0) {
        continue;  // an update has begun meanwhile
      }
      if (reading == last) {
        return Convert(reading);
      }
      last = reading;
    }
    return std::nullopt;
  }

 private:
  // [MC146818A table 2]. Some PCs keep the century, too, but not all, and each where it likes.
  static constexpr std::uint8_t kSeconds = 0;
  static constexpr std::uint8_t kMinutes = 2;
  static constexpr std::uint8_t kHours = 4;
  static constexpr std::uint8_t kDay = 7;
  static constexpr std::uint8_t kMonth = 8;
  static constexpr std::uint8_t kYear = 9;
  static constexpr std::uint8_t kStatusA = 10;
  static constexpr std::uint8_t kStatusB = 11;

  static constexpr std::uint8_t kUpdating = 0x80;
  static constexpr std::uint8_t k24Hours = 0x02;
  static constexpr std::uint8_t kBinary = 0x04;
  static constexpr std::uint8_t kAfternoon = 0x80;

  struct Reading {
    std::uint8_t seconds, minutes, hours, day, month, year, status_b;
    bool operator==(const Reading&) const = default;
  };

  std::uint8_t Register(std::uint8_t number) {
    bus_.Write8(0, number);
    return bus_.Read8(1);
  }

  // False if there is no clock, or one that is never done: an update takes 2,228 us at most, and
  // two accesses to ports one or two.
  bool WaitUntilAtRest() {
    constexpr std::uint8_t kNoDevice = 0xff;
    constexpr int kMaxPolls = 10'000;
    for (int i = 0; i < kMaxPolls; ++i) {
      const std::uint8_t status = Register(kStatusA);
      if ((status & kUpdating) == 0) {
        return true;
      }
      if (status == kNoDevice) {
        return false;
      }
    }
    return false;
  }

  Reading Read() {
    return {Register(kSeconds), Register(kMinutes), Register(kHours),  Register(kDay),
            Register(kMonth),   Register(kYear),    Register(kStatusB)};
  }

  static std::optional<std::chrono::seconds> Convert(const Reading& reading) {
    const auto number = [&](std::uint8_t value) {
      return (reading.status_b & kBinary) != 0 ? unsigned{value}
                                               : (value >> 4) * 10U + (value & 0xfU);
    };
    unsigned hours = number(reading.hours & static_cast<std::uint8_t>(~kAfternoon));
    if ((reading.status_b & k24Hours) == 0) {
      hours = hours % 12 + ((reading.hours & kAfternoon) != 0 ? 12 : 0);
    }
    const unsigned year = 2000 + number(reading.year);
    const unsigned minutes = number(reading.minutes);
    const unsigned seconds = number(reading.seconds);
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(number(reading.month)),
                                           std::chrono::day(number(reading.day)));
    if (!date.ok() || year > 2099 || hours > 23 || minutes > 59 || seconds > 60) {
      return std::nullopt;
    }
    return std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hours) +
           std::chrono::minutes(minutes) + std::chrono::seconds(seconds);
  }

  Bus bus_;
};

}  // namespace ashlar::clock
