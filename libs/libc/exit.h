// The stages of exit(): what has something to do when the image ends says so here, at its first
// use.
//
// A program that registers nothing carries nothing: neither stdio nor the list of destructors is
// linked for exit().
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

namespace ashlar::libc {

/// What exit() does, in this order; newlib's stdio, which sets __stdio_exit_handler itself, comes
/// last.
enum class ExitStage : std::size_t {
  kThreadLocals,  ///< thread_local objects of the thread that calls exit()
  kAtExit,        ///< static objects and atexit() functions, last registered first
};

/// Whether exit() or quick_exit() was called: whoever ends the program from outside lets it go on
/// to its end then, for a second exit() would leave out what the first is in the middle of.
extern bool exit_has_begun;

/// The function of each stage, or nullptr. Set by the one file that implements the stage.
extern std::array<void (*)(), 2> exit_stages;

inline void SetExitStage(ExitStage stage, void (*run)()) {
  exit_stages[static_cast<std::size_t>(stage)] = run;
}

inline void RunExitStage(ExitStage stage) {
  if (void (*run)() = exit_stages[static_cast<std::size_t>(stage)]; run != nullptr) {
    run();
  }
}

/// Destroys the calling thread's thread_local objects, last constructed first: what a thread does
/// when it ends.
inline void RunThreadLocalDestructors() { RunExitStage(ExitStage::kThreadLocals); }

}  // namespace ashlar::libc
