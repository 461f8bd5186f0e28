// Many requests, several at once: what a server can take, and whether it answers them all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "benchmarks/http_client.h"

namespace benchmarks {

struct Load {
  Server server;
  std::string path = "/small.txt";
  int at_once = 8;          ///< connections open at a time
  bool keep_alive = false;  ///< otherwise each request has a connection of its own
  std::uint64_t requests = 1000;
};

struct LoadResult {
  std::uint64_t answered = 0;  ///< by a 200 with its whole body
  std::uint64_t failed = 0;  ///< refused, reset, cut short, another answer, or none for ten seconds
  std::chrono::nanoseconds elapsed{};
  std::chrono::nanoseconds longest{};  ///< of one request, its connection included

  double per_second() const {
    return static_cast<double>(answered) / std::chrono::duration<double>(elapsed).count();
  }
};

/// Runs the load to its end: as many requests as asked for have been answered or have failed.
LoadResult Run(const Load& load);

}  // namespace benchmarks
