// A line of the log while it is put together, on the stack.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "libs/clock/clock.h"
#include "libs/log/log.h"

namespace ashlar::log {

class Line {
 public:
  /// Begins with the time, the level's name and the library.
  Line(clock::Instant now, Level level, std::string_view library);

  void Append(const Part& part);

  /// The line with its end; nothing may be appended after that. Lives as long as the Line.
  std::string_view Finish();

 private:
  static constexpr std::size_t kCapacity = 239;

  void AppendText(std::string_view text);

  std::size_t size_ = 0;
  char text_[kCapacity + 1];
};

}  // namespace ashlar::log
