// What every backend promises of sleeping. Device events are tested with the devices.
// SPDX-License-Identifier: Apache-2.0
#include "libs/events/events.h"

#include <chrono>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"

namespace ashlar::events {
namespace {

using clock::Instant;
using clock::Monotonic;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""us;

TEST(EventTest, IsTakenOnce) {
  Event event;
  EXPECT_FALSE(event.Take());
  event.Note();
  event.Note();
  EXPECT_TRUE(event.pending());
  EXPECT_TRUE(event.Take());
  EXPECT_FALSE(event.Take());
}

TEST(WaitTest, ADeadlineThatPassedReturnsAtOnce) {
  Wait(Monotonic::now());
  Wait(Instant{});
}

TEST(WaitTest, WaitsUntilTheDeadlineInFewSteps) {
  for (const auto duration : {50us, 500us, 5000us, 50000us}) {
    const Instant deadline = Monotonic::now() + duration;
    int returns = 0;
    while (Monotonic::now() < deadline) {
      Wait(deadline);
      // Early returns are allowed, spinning is not.
      ASSERT_LT(++returns, 1000);
    }
  }
}

}  // namespace
}  // namespace ashlar::events
