// atexit() and the destructors of static objects: a stack of functions that exit() runs.
//
// The first 32, which ISO C guarantees, need no heap.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include <array>

#include "libs/heap/heap.h"
#include "libs/libc/exit.h"

namespace ashlar::libc {
namespace {

struct Entry {
  void (*function)(void*);
  void* argument;
};

struct Block {
  std::array<Entry, 32> entries;
  std::size_t count;
  Block* below;
};

constinit Block first_block = {};
constinit Block* top = &first_block;

// Runs what was registered, also what the functions themselves register, last first.
void RunAtExit() {
  for (;;) {
    if (top->count != 0) {
      const Entry entry = top->entries[--top->count];
      entry.function(entry.argument);
    } else if (top->below != nullptr) {
      Block* const empty = top;
      top = empty->below;
      heap::Free(empty);
    } else {
      return;
    }
  }
}

bool Push(const Entry& entry) {
  SetExitStage(ExitStage::kAtExit, RunAtExit);
  if (top->count == top->entries.size()) {
    auto* const block = static_cast<Block*>(heap::Allocate(sizeof(Block)));
    if (block == nullptr) {
      return false;
    }
    block->count = 0;
    block->below = top;
    top = block;
  }
  top->entries[top->count++] = entry;
  return true;
}

void CallPlain(void* function) { reinterpret_cast<void (*)()>(function)(); }

}  // namespace
}  // namespace ashlar::libc

extern "C" {

// Names the module that a static object belongs to: there is one, and it is never unloaded.
[[gnu::visibility("hidden")]] extern void* const __dso_handle;
constinit void* const __dso_handle = nullptr;

int __cxa_atexit(void (*function)(void*), void* argument, void* module) {
  (void)module;
  return ashlar::libc::Push({function, argument}) ? 0 : -1;
}

void __cxa_finalize(void* module) {
  if (module == nullptr) {
    ashlar::libc::RunAtExit();
  }
}

int atexit(void (*function)()) {
  return ashlar::libc::Push({ashlar::libc::CallPlain, reinterpret_cast<void*>(function)}) ? 0 : -1;
}

}  // extern "C"
