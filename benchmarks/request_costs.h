// What a server's requests cost, by any counter that grows as it works.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "benchmarks/http_client.h"

namespace benchmarks {

struct RequestCosts {
  std::optional<double> keep_alive, new_connection, per_byte;
};

/// Asks a server for /small.txt and /large.bin, one request at a time, and says by how much `now`
/// grew for each request, less what it grows by itself. What failed has no value.
RequestCosts MeasureRequests(const Server& server, const std::function<std::uint64_t()>& now,
                             std::uint64_t requests);

}  // namespace benchmarks
