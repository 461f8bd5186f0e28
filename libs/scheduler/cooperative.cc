// The cooperative scheduler: one queue of runnable threads, first in, first out.
//
// A thread's memory is one stack (libs/stack): the Thread itself lies at its upper end, below it
// its thread-local variables, and below those it runs. Whoever blocks switches straight to the
// first runnable thread; when there is none, it runs the event loop until somebody, perhaps itself,
// is woken.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <expected>
#include <new>
#include <span>
#include <string_view>

#include "libs/arch/context_switch.h"
#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/clock/clock.h"
#include "libs/event_loop/event_loop.h"
#include "libs/scheduler/scheduler.h"
#include "libs/stack/stack.h"
#include "libs/thread_local_storage/thread_local_storage.h"
#include "libs/thread_pointer/thread_pointer.h"
#include "libs/timer/timer.h"

namespace ashlar::scheduler {
namespace {

enum class State : std::uint8_t {
  kRunning,   // runs, or stands in the queue because it yielded
  kNotified,  // the same, and was woken: the next Block returns at once
  kBlocked,   // sleeps
  kWoken,     // stands in the queue because it was woken
  kEnded,
};

}  // namespace

// Aligned to cache lines: switching touches the first one of both threads.
class alignas(64) Thread {
 public:
  Thread* next = nullptr;         // in the queue
  void* stack_pointer = nullptr;  // while it doesn't run
  void* thread_pointer = nullptr;
  State state = State::kRunning;
  bool detached = false;
  Thread* joiner = nullptr;
  void (*entry)(void*) = nullptr;
  void* argument = nullptr;
  std::string_view name = "main";
  stack::Stack stack = {};
};

namespace {

// How many times threads may switch to each other before the event loop is polled: devices and
// timers are served even if some thread can always run.
constexpr std::uint32_t kSwitchesPerPoll = 64;

// The threads that can run, in the order they will.
class Queue {
 public:
  bool empty() const { return first_ == nullptr; }

  void PushBack(Thread& thread) {
    thread.next = nullptr;
    *end_ = &thread;
    end_ = &thread.next;
  }

  // There must be one.
  Thread& PopFront() {
    Thread& thread = *first_;
    first_ = thread.next;
    if (first_ == nullptr) {
      end_ = &first_;
    }
    return thread;
  }

 private:
  Thread* first_ = nullptr;
  Thread** end_ = &first_;
};

constinit Thread main_thread;
constinit Thread* current = &main_thread;
constinit Queue runnable;
constinit std::uint32_t switches_until_poll = kSwitchesPerPoll;
// A detached thread that ended; it ran on its stack until the very last, so somebody else frees it.
constinit Thread* remains = nullptr;
constinit void (*exit_hook)() = nullptr;

void Release(Thread& thread) { stack::Free(thread.stack); }

void ReleaseRemains() {
  if (remains != nullptr) {
    Release(*remains);
    remains = nullptr;
  }
}

// Inline, as SwitchStack is: the switch itself costs more the more functions lie around it.
[[gnu::always_inline]] inline void SwitchTo(Thread& self, Thread& next) {
  if (&next == &self) {
    return;
  }
  current = &next;
  if (next.thread_pointer != self.thread_pointer) {
    thread_pointer::Set(next.thread_pointer);
  }
  arch::SwitchStack(&self.stack_pointer, next.stack_pointer);
}

// Runs devices and timers: because nobody else can run, or in passing.
[[gnu::noinline]] void RunEventLoop() {
  switches_until_poll = kSwitchesPerPoll;
  if (!runnable.empty()) {
    event_loop::Poll();
    return;
  }
  ReleaseRemains();
  do {
    event_loop::Wait();
  } while (runnable.empty());
}

[[noreturn]] void Run(void* thread) {
  auto& self = *static_cast<Thread*>(thread);
  self.entry(self.argument);
  Exit();
}

// Wakes a thread at its deadline.
struct Alarm : timer::Timer {
  explicit Alarm(Thread& t) : Timer(&Expired), thread(t) {}

  static void Expired(timer::Timer& timer) {
    auto& self = static_cast<Alarm&>(timer);
    self.rang = true;
    Wake(self.thread);
  }

  Thread& thread;
  bool rang = false;
};

}  // namespace

Result<Thread*> Spawn(void (*entry)(void*), void* argument, const Options& options) {
  ReleaseRemains();
  const std::size_t block_size = thread_local_storage::BlockSize();
  std::size_t size = 0;
  if (__builtin_add_overflow(options.stack_size, block_size + sizeof(Thread) + alignof(Thread),
                             &size)) {
    return std::unexpected(Error::kOutOfMemory);
  }
  const stack::Stack stack = ASHLAR_TRY(stack::Allocate(size));
  const auto end = reinterpret_cast<std::uintptr_t>(stack.memory.data() + stack.memory.size());
  auto* const place =
      reinterpret_cast<std::byte*>(AlignDown(end - sizeof(Thread), alignof(Thread)));
  auto* const thread = ::new (place) Thread;
  std::byte* const block = place - block_size;
  thread->thread_pointer = thread_local_storage::Initialise({block, block_size});
  thread->entry = entry;
  thread->argument = argument;
  thread->name = options.name;
  thread->stack = stack;
  thread->stack_pointer = arch::PrepareStack({stack.memory.data(), block}, &Run, thread);
  // Nobody has switched yet when the first thread is started.
  main_thread.thread_pointer = thread_local_storage::BootThreadPointer();
  runnable.PushBack(*thread);
  return thread;
}

Thread& Current() { return *current; }

std::string_view Name(const Thread& thread) { return thread.name; }

void Yield() {
  event_loop::Poll();
  switches_until_poll = kSwitchesPerPoll;
  if (!runnable.empty()) {
    Thread& self = *current;
    runnable.PushBack(self);
    SwitchTo(self, runnable.PopFront());
  }
}

[[gnu::noinline]] void Block() {
  Thread& self = *current;
  if (self.state != State::kNotified) {
    self.state = State::kBlocked;
    if (--switches_until_poll == 0 || runnable.empty()) [[unlikely]] {
      RunEventLoop();
    }
    SwitchTo(self, runnable.PopFront());
  }
  current->state = State::kRunning;
}

bool BlockUntil(clock::Instant deadline) {
  Thread& self = *current;
  if (self.state == State::kNotified) {
    self.state = State::kRunning;
    return true;
  }
  Alarm alarm(self);
  alarm.Arm(deadline);
  Block();
  alarm.Disarm();
  return !alarm.rang;
}

void Wake(Thread& thread) {
  switch (thread.state) {
    case State::kBlocked:
      thread.state = State::kWoken;
      runnable.PushBack(thread);
      break;
    case State::kRunning:
      thread.state = State::kNotified;
      break;
    case State::kNotified:
    case State::kWoken:  // It will see, when it runs, what this wake is about.
    case State::kEnded:
      break;
  }
}

void Exit() {
  Thread& self = *current;
  ASHLAR_CHECK(&self != &main_thread);
  if (exit_hook != nullptr) {
    exit_hook();
  }
  ReleaseRemains();
  if (self.joiner != nullptr) {
    Wake(*self.joiner);
  }
  if (--switches_until_poll == 0 || runnable.empty()) [[unlikely]] {
    RunEventLoop();
  }
  // Only now may others free its stack: from here on nothing but the switch runs on it.
  self.state = State::kEnded;
  if (self.detached) {
    remains = &self;
  }
  SwitchTo(self, runnable.PopFront());
  Panic("scheduler: an ended thread went on");
}

void Join(Thread& thread) {
  ASHLAR_CHECK(&thread != current && thread.joiner == nullptr && !thread.detached);
  thread.joiner = current;
  while (thread.state != State::kEnded) {
    Block();
  }
  Release(thread);
}

void Detach(Thread& thread) {
  ASHLAR_CHECK(thread.joiner == nullptr && !thread.detached);
  if (thread.state == State::kEnded) {
    Release(thread);
  } else {
    thread.detached = true;
  }
}

void SetExitHook(void (*hook)()) { exit_hook = hook; }

}  // namespace ashlar::scheduler
