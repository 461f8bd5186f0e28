// How long blocks take to come and go: the chosen allocator's own cost, with warm caches.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>

#include "benchmark/benchmark.h"
#include "libs/heap/heap.h"

namespace ashlar::heap {
namespace {

// A block that is given back at once.
void AllocateFree(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    void* block = Allocate(size);
    benchmark::DoNotOptimize(block);
    Free(block);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(AllocateFree)->Arg(16)->Arg(256)->Arg(4096)->Arg(65536);

// A thousand blocks of 16 to 2,063 bytes alive; each step replaces a random one.
void Replace(benchmark::State& state) {
  constexpr std::size_t kBlocks = 1024;
  std::array<void*, kBlocks> blocks = {};
  std::minstd_rand random(1);
  for (auto _ : state) {
    const std::uint32_t number = random();
    void*& block = blocks[number % kBlocks];
    Free(block);
    block = Allocate(16 + (number >> 10) % 2048);
    benchmark::DoNotOptimize(block);
  }
  for (void* block : blocks) {
    Free(block);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Replace);

}  // namespace
}  // namespace ashlar::heap
