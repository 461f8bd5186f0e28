// Looks for the smallest memory that is enough.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

namespace benchmarks {

/// The least memory in KiB, on a grid of 16, from which on `works` holds without a gap up to
/// `high`. `works` is asked some ten times.
std::optional<double> SmallestMemory(int low, int high, const std::function<bool(int)>& works);

}  // namespace benchmarks
