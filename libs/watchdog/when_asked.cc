// The parameter watchdog.seconds=N: starts the watchdog before main(), and feeds it as long as the
// event loop runs.
//
// An image whose threads neither wait nor yield for that long, or whose interrupts are gone, is
// reset. Asking for a watchdog that is not there ends the image: who asks relies on it.
// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/command_line/command_line.h"
#include "libs/timer/timer.h"
#include "libs/watchdog/watchdog.h"

namespace ashlar::watchdog {

void StartWhenAsked();

namespace {

// Often enough that a busy moment is no harm.
constexpr int kFeedsAPeriod = 4;

constinit clock::Duration interval{};

void FeedAndArm(timer::Timer& timer) {
  Feed();
  timer.Arm(clock::Monotonic::now() + interval);
}

constinit timer::Timer feeder(&FeedAndArm);

std::optional<std::chrono::seconds> Parse(std::string_view text) {
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

[[noreturn]] void End(Error error) {
  switch (error) {
    case Error::kInvalidArgument:
      Panic("watchdog.seconds: give a number of seconds from 1 to 600");
    case Error::kNotFound:
      Panic("watchdog.seconds: the machine has no watchdog: leave it out, or give it one");
    default:
      Panic("watchdog.seconds: the machine's watchdog cannot reset it: leave it out");
  }
}

}  // namespace

void StartWhenAsked() {
  const std::optional<std::string_view> asked = command_line::Parameter("watchdog.seconds");
  if (!asked) {
    return;
  }
  const std::optional<std::chrono::seconds> period = Parse(*asked);
  if (!period) {
    End(Error::kInvalidArgument);
  }
  if (const Result<void> started = Start(*period); !started) {
    End(started.error());
  }
  interval = *period / kFeedsAPeriod;
  feeder.Arm(clock::Monotonic::now() + interval);
}

}  // namespace ashlar::watchdog
