// How long it takes to hand the CPU from one thread to the next.
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "benchmark/benchmark.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::scheduler {
namespace {

// Two threads wake each other in turn: a switch there and one back are two items.
struct PingPong {
  Thread* waker;
  bool stop = false;
};

void BlockAndWake(benchmark::State& state) {
  PingPong game = {.waker = &Current()};
  const Result<Thread*> other = Spawn(
      [](void* argument) {
        auto& shared = *static_cast<PingPong*>(argument);
        while (!shared.stop) {
          Wake(*shared.waker);
          Block();
        }
      },
      &game);
  if (!other) {
    state.SkipWithError("no memory for a thread");
    return;
  }
  for (auto _ : state) {
    Wake(**other);
    Block();
  }
  game.stop = true;
  Wake(**other);
  Join(**other);
  state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(BlockAndWake);

// range(0) threads that do nothing but yield; each yield polls the event loop once.
void YieldInTurn(benchmark::State& state) {
  bool stop = false;
  std::vector<Thread*> others;
  for (int i = 1; i < state.range(0); ++i) {
    const Result<Thread*> thread = Spawn(
        [](void* argument) {
          while (!*static_cast<bool*>(argument)) {
            Yield();
          }
        },
        &stop);
    if (!thread) {
      state.SkipWithError("no memory for the threads");
      break;
    }
    others.push_back(*thread);
  }
  for (auto _ : state) {
    Yield();
  }
  stop = true;
  for (Thread* thread : others) {
    Join(*thread);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(YieldInTurn)->Arg(2)->Arg(100);

void SpawnAndJoin(benchmark::State& state) {
  for (auto _ : state) {
    const Result<Thread*> thread = Spawn([](void*) {}, nullptr);
    if (!thread) {
      state.SkipWithError("no memory for a thread");
      break;
    }
    Join(**thread);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(SpawnAndJoin);

}  // namespace
}  // namespace ashlar::scheduler
