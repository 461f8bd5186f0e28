// How long the Internet checksum takes in software: a header, a full frame, an unaligned one.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <span>
#include <vector>

#include "benchmark/benchmark.h"
#include "libs/net/checksum.h"

namespace ashlar::net {
namespace {

// range(0) bytes, starting range(1) bytes after an aligned address.
void Sum(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const auto offset = static_cast<std::size_t>(state.range(1));
  const std::vector<std::byte> bytes(size + offset, std::byte{0x5a});
  for (auto _ : state) {
    benchmark::DoNotOptimize(Checksum(std::span(bytes).subspan(offset)));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Sum)->Args({20, 0})->Args({1460, 0})->Args({1460, 1})->Args({65536, 0});

}  // namespace
}  // namespace ashlar::net
