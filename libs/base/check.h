// Checks and panic: stopping, with a report, when what we ourselves built turns out broken.
//
// For input from outside (devices, hosts, peers, applications) use Result instead.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <source_location>
#include <string_view>

namespace ashlar {

/// The exit status of an image that panicked (EX_SOFTWARE of BSD's sysexits).
inline constexpr int kPanicStatus = 70;

/// Writes "panic: `message`", the place and a backtrace to the console and halts with kPanicStatus.
///
/// Safe in every context, before the heap exists and in interrupt handlers. A panic inside a panic
/// only halts.
[[noreturn]] void Panic(std::string_view message,
                        std::source_location where = std::source_location::current());

}  // namespace ashlar

/// Panics with the condition's text unless `condition` holds. Always on, in every build.
#define ASHLAR_CHECK(condition)                     \
  do {                                              \
    if (!(condition)) [[unlikely]] {                \
      ::ashlar::Panic("check failed: " #condition); \
    }                                               \
  } while (false)
