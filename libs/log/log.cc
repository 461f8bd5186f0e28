// Sends a line to the console, in one piece.
// SPDX-License-Identifier: Apache-2.0
#include "libs/log/log.h"

#include <initializer_list>
#include <string_view>

#include "libs/clock/clock.h"
#include "libs/console/console.h"
#include "libs/log/line.h"

namespace ashlar::log {
namespace {

constinit Level minimum = Level::kInformation;

}  // namespace

Level SetMinimum(Level level) {
  const Level before = minimum;
  minimum = level;
  return before;
}

bool Enabled(Level level) { return level >= minimum; }

void Write(Level level, std::string_view library, std::initializer_list<Part> parts) {
  if (!Enabled(level)) {
    return;
  }
  Line line(clock::Monotonic::now(), level, library);
  for (const Part& part : parts) {
    line.Append(part);
  }
  console::Write(line.Finish());
}

}  // namespace ashlar::log
