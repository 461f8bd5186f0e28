// Panic: the report, straight to the console, and the end.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/check.h"

#include <source_location>
#include <string_view>

#include "libs/base/backtrace.h"
#include "libs/base/digits.h"
#include "libs/console/console.h"
#include "libs/halt/halt.h"

namespace ashlar {
namespace {

// Set by the first panic; what panics while it reports must not report again.
constinit bool panicking = false;

}  // namespace

[[gnu::cold, gnu::noinline]] void Panic(std::string_view message, std::source_location where) {
  if (panicking) {
    halt::Exit(kPanicStatus);
  }
  panicking = true;
  console::Write("panic: ");
  console::Write(message);
  console::Write("\n  at ");
  console::Write(where.file_name());
  console::Write(":");
  console::Write(Digits::Decimal(where.line()).text());
  console::Write(" in ");
  console::Write(where.function_name());
  console::Write("\n");
  WriteBacktrace(static_cast<const Frame*>(__builtin_frame_address(0)));
  halt::Exit(kPanicStatus);
}

}  // namespace ashlar
