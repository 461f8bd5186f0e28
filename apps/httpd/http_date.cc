// Dates.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/http_date.h"

#include "apps/httpd/text_writer.h"

namespace ashlar::httpd {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// Takes a date apart from the left; one failed step fails the whole.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  void Expect(std::string_view text) {
    if (rest_.starts_with(text)) {
      rest_.remove_prefix(text.size());
    } else {
      good_ = false;
    }
  }
  /// A number of exactly `digits` digits; the first may be a blank where asctime pads.
  unsigned Number(std::size_t digits, bool padded = false) {
    unsigned value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = rest_.empty() ? 'x' : rest_.front();
      if (c >= '0' && c <= '9') {
        value = value * 10 + static_cast<unsigned>(c - '0');
      } else if (!(padded && i == 0 && c == ' ')) {
        good_ = false;
        return 0;
      }
      rest_.remove_prefix(1);
    }
    return value;
  }
  unsigned Month() {
    const std::size_t place = kMonths.find(rest_.substr(0, 3));
    if (rest_.size() < 3 || place == std::string_view::npos || place % 3 != 0) {
      good_ = false;
      return 0;
    }
    rest_.remove_prefix(3);
    return static_cast<unsigned>(place / 3 + 1);
  }
  seconds TimeOfDay() {
    const unsigned hours = Number(2);
    Expect(":");
    const unsigned minutes = Number(2);
    Expect(":");
    const unsigned secs = Number(2);
    good_ = good_ && hours < 24 && minutes < 60 && secs <= 60;
    return std::chrono::hours(hours) + std::chrono::minutes(minutes) + seconds(secs);
  }
  std::optional<sys_seconds> Finish(unsigned year, unsigned month, unsigned day,
                                    seconds time) const {
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(month), std::chrono::day(day)};
    if (!good_ || !rest_.empty() || !date.ok()) {
      return std::nullopt;
    }
    return sys_days(date) + time;
  }
  bool StartsWith(std::string_view text) const { return rest_.starts_with(text); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::array<char, kHttpDateSize> FormatHttpDate(sys_seconds time) {
  const sys_days day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year())) % 10000;
  std::array<char, kHttpDateSize> text;
  TextWriter writer(text);
  writer << kDays.substr(std::chrono::weekday(day).c_encoding() * 3, 3) << ", ";
  writer.TwoDigits(static_cast<unsigned>(date.day())) << ' ';
  writer << kMonths.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3) << ' ';
  writer.TwoDigits(year / 100).TwoDigits(year % 100) << ' ';
  writer.TwoDigits(static_cast<unsigned>(clock.hours().count())) << ':';
  writer.TwoDigits(static_cast<unsigned>(clock.minutes().count())) << ':';
  writer.TwoDigits(static_cast<unsigned>(clock.seconds().count())) << " GMT";
  return text;
}

std::optional<sys_seconds> ParseHttpDate(std::string_view text) {
  // The day's name comes first and says nothing new: it only tells the formats apart.
  const std::size_t name_end = text.find_first_of(", ");
  const std::size_t day_name = kDays.find(text.substr(0, 3));
  if (name_end == std::string_view::npos || name_end < 3 || day_name == std::string_view::npos ||
      day_name % 3 != 0) {
    return std::nullopt;
  }
  Reader reader(text.substr(name_end));
  if (reader.StartsWith(",")) {
    reader.Expect(", ");
    const unsigned day = reader.Number(2);
    if (reader.StartsWith("-")) {  // Sunday, 06-Nov-94 08:49:37 GMT
      reader.Expect("-");
      const unsigned month = reader.Month();
      reader.Expect("-");
      const unsigned short_year = reader.Number(2);
      reader.Expect(" ");
      const seconds time = reader.TimeOfDay();
      reader.Expect(" GMT");
      return reader.Finish(short_year < 70 ? 2000 + short_year : 1900 + short_year, month, day,
                           time);
    }
    reader.Expect(" ");  // Sun, 06 Nov 1994 08:49:37 GMT
    const unsigned month = reader.Month();
    reader.Expect(" ");
    const unsigned year = reader.Number(4);
    reader.Expect(" ");
    const seconds time = reader.TimeOfDay();
    reader.Expect(" GMT");
    return reader.Finish(year, month, day, time);
  }
  reader.Expect(" ");  // Sun Nov  6 08:49:37 1994
  const unsigned month = reader.Month();
  reader.Expect(" ");
  const unsigned day = reader.Number(2, /*padded=*/true);
  reader.Expect(" ");
  const seconds time = reader.TimeOfDay();
  reader.Expect(" ");
  const unsigned year = reader.Number(4);
  return reader.Finish(year, month, day, time);
}

}  // namespace ashlar::httpd
