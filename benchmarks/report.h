// What was measured, beside what was aimed at: a table for people, JSON for programs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace benchmarks {

/// One figure. Budget, prototype and peer are words, as the architecture states them.
struct Row {
  std::string name = {};
  std::string unit = {};
  std::optional<double> value = {};  ///< nothing: it could not be measured, and `note` says why
  std::string budget = {};
  std::optional<double> budget_limit =
      {};  ///< the value must not be above it (below, if `more_is_better`)
  std::string prototype = {};
  std::string peer = {};
  std::string note = {};
  bool more_is_better = false;
  bool at_most = false;  ///< nothing less was tried
};

/// A Markdown table, one line a row, with "met" or "missed" beside the budget.
std::string ToTable(const std::vector<Row>& rows);
std::string ToJson(const std::vector<Row>& rows);

}  // namespace benchmarks
