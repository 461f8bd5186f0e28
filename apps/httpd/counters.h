// Counters: what the server counts, for /metrics and the status page.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <iterator>

#include "apps/httpd/status_code.h"

namespace ashlar::httpd {

struct Counters {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;  ///< answered 503: all places were taken
  std::uint64_t connections_evicted = 0;  ///< idle ones, closed to make room
  std::uint64_t connections_timed_out = 0;
  std::uint64_t connections_broken = 0;  ///< by the peer or the network, in the middle of something
  std::uint64_t bytes_sent = 0;
  std::array<std::uint64_t, std::size(kFinalStatusCodes)> responses{};  ///< as kFinalStatusCodes

  void CountResponse(StatusCode code) {
    std::size_t i = 0;
    while (i + 1 < responses.size() && kFinalStatusCodes[i] != code) {
      ++i;
    }
    ++responses[i];
  }
  std::uint64_t all_responses() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : responses) {
      sum += count;
    }
    return sum;
  }
};

}  // namespace ashlar::httpd
