// Google Benchmark inside an image: the frame around a measurement, not its figures.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace {

void AppendToVector(benchmark::State& state) {
  for (auto _ : state) {
    std::vector<int> numbers;
    for (int i = 0; i < state.range(0); ++i) {
      numbers.push_back(i);
    }
    benchmark::DoNotOptimize(numbers.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(AppendToVector)->Arg(64)->Iterations(100);

}  // namespace
