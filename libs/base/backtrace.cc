// Walks the chain of frame pointers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/backtrace.h"

#include <cstddef>
#include <cstdint>

#include "libs/base/digits.h"
#include "libs/base/units.h"
#include "libs/console/console.h"

namespace ashlar {
namespace {

constexpr int kMaxFrames = 32;
constexpr std::size_t kMaxFrameSize = 256 * kKiB;

// Whether a frame can have been called from `caller`: stacks grow downwards, by less than
// kMaxFrameSize a call.
bool Plausible(const Frame* frame, const Frame* caller) {
  const auto here = reinterpret_cast<std::uintptr_t>(frame);
  const auto there = reinterpret_cast<std::uintptr_t>(caller);
  return there > here && there - here < kMaxFrameSize && IsAligned(there, alignof(Frame));
}

void WriteAddress(std::uintptr_t address) {
  console::Write(" ");
  console::Write(Digits::Hexadecimal(address).text());
}

}  // namespace

void WriteBacktrace(const Frame* frame, std::uintptr_t first) {
  console::Write("  calls: llvm-symbolizer --pretty-print --obj=IMAGE");
  if (first != 0) {
    WriteAddress(first);
  }
  // The machine entry and a thread's entry start with a null frame pointer.
  for (int i = 0; i < kMaxFrames && frame != nullptr && frame->return_address != 0; ++i) {
    // One back, into the call: the return address may already belong to the next line or function.
    WriteAddress(frame->return_address - 1);
    const Frame* caller = frame->caller;
    frame = Plausible(frame, caller) ? caller : nullptr;
  }
  console::Write("\n");
}

}  // namespace ashlar
