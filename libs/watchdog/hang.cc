// Lives for some seconds with a watchdog that its event loop feeds, then ends, or hangs.
//
//     hang SECONDS [forever]
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdlib>

#include "libs/clock/clock.h"
#include "libs/event_loop/event_loop.h"
#include "libs/log/log.h"

int main(int argc, char** argv) {
  using namespace ashlar;
  const clock::Instant end =
      clock::Monotonic::now() + std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 0);
  while (clock::Monotonic::now() < end) {
    event_loop::Wait(end);
  }
  log::Information("hang", "still alive");
  while (argc > 2) {
    asm volatile("");  // a loop that does nothing and never ends
  }
  return 0;
}
