// Does the wrong thing that its argument names. The image must end with a report; what returns is a
// failure.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "libs/arch/invalid_instruction.h"
#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/console/console.h"
#include "libs/heap/heap.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/scheduler/scheduler.h"

namespace {

using namespace ashlar;

// Volatile, so that the compiler knows nothing of what is at the other end.
int* volatile null_pointer = nullptr;
void (*volatile null_function)() = nullptr;
volatile int zero = 0;
extern const volatile int constant;
const volatile int constant = 1;
// Aligned as instructions are.
alignas(16) volatile unsigned char data[16] = {0xc3};  // ret

void WriteCode() {
  *reinterpret_cast<volatile unsigned char*>(reinterpret_cast<std::uintptr_t>(&WriteCode)) = 0xc3;
}

void WriteConstant() { *const_cast<volatile int*>(&constant) = 2; }

void Execute(volatile unsigned char* bytes) {
  reinterpret_cast<void (*)()>(reinterpret_cast<std::uintptr_t>(bytes))();
}

void ExecuteHeap() {
  auto* bytes = static_cast<volatile unsigned char*>(heap::Allocate(16));
  bytes[0] = 0xc3;
  Execute(bytes);
}

void ExecuteStack() {
  alignas(16) volatile unsigned char bytes[16] = {0xc3};
  Execute(bytes);
}

int Recurse(int depth) {
  volatile int frame[64];
  frame[depth % 64] = depth;
  return zero != 0 ? 0 : Recurse(depth + 1) + frame[depth % 64];
}

// Has nothing on the stack but what each call saves of its caller's registers, which is what it
// begins with.
int Descend(int a, int b, int c, int d);
int (*volatile descend)(int a, int b, int c, int d) = Descend;
int Descend(int a, int b, int c, int d) { return (((descend(b, c, d, a) ^ a) + b) ^ c) + d; }

void InThread(void (*do_wrong)(void*)) {
  const Result<scheduler::Thread*> thread = scheduler::Spawn(do_wrong, nullptr);
  ASHLAR_CHECK(thread.has_value());
  scheduler::Join(**thread);
}

// Takes all pages: the error has its own name, and what came before still works.
int ExhaustPages() {
  std::size_t count = 0;
  Result<std::span<std::byte>> pages = page_allocator::Allocate(kPageSize);
  while (pages.has_value()) {
    ++count;
    (*pages)[0] = std::byte{1};
    pages = page_allocator::Allocate(kPageSize);
  }
  console::Write(Describe(pages.error()));
  console::Write("\n");
  return count > 0 && pages.error() == Error::kOutOfMemory ? 0 : 1;
}

int ExhaustHeap() {
  std::size_t count = 0;
  while (heap::Allocate(16 * kKiB) != nullptr) {
    ++count;
  }
  console::Write("no block is left\n");
  return count > 0 ? 0 : 1;
}

int Do(std::string_view what) {
  if (what == "read_null") {
    return *null_pointer;
  }
  if (what == "write_null") {
    *null_pointer = 1;
  } else if (what == "call_null") {
    null_function();
  } else if (what == "write_code") {
    WriteCode();
  } else if (what == "write_constant") {
    WriteConstant();
  } else if (what == "execute_data") {
    Execute(data);
  } else if (what == "execute_heap") {
    ExecuteHeap();
  } else if (what == "execute_stack") {
    ExecuteStack();
  } else if (what == "overflow_stack") {
    return Recurse(0);
  } else if (what == "overflow_stack_by_calls") {
    return descend(1, 2, 3, 4);
  } else if (what == "overflow_thread_stack") {
    InThread([](void*) { Recurse(0); });
  } else if (what == "overflow_thread_stack_by_calls") {
    InThread([](void*) { descend(1, 2, 3, 4); });
  } else if (what == "divide_by_zero") {
    return static_cast<int>(sizeof(data)) / zero;
  } else if (what == "invalid_instruction") {
    arch::ExecuteInvalidInstruction();
  } else if (what == "panic") {
    ASHLAR_CHECK(zero == 1);
  } else if (what == "exhaust_pages") {
    return ExhaustPages();
  } else if (what == "exhaust_heap") {
    return ExhaustHeap();
  }
  return 2;
}

}  // namespace

int main(int argc, char** argv) { return argc == 2 ? Do(argv[1]) : 2; }
