// Writes the figures as a table and as JSON.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/report.h"

#include <cmath>
#include <format>
#include <string_view>

namespace benchmarks {
namespace {

std::string Number(double value) {
  if (std::abs(value) < 100 && value != std::floor(value)) {
    return std::format("{:.3g}", value);
  }
  std::string digits = std::format("{:.0f}", value);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

bool Met(const Row& row) {
  return row.more_is_better ? *row.value >= *row.budget_limit : *row.value <= *row.budget_limit;
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted + "\"";
}

}  // namespace

std::string ToTable(const std::vector<Row>& rows) {
  std::string table =
      "| what | measured | budget | | prototype | peer |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const Row& row : rows) {
    const std::string value = row.value ? std::format("{}{} {}", row.at_most ? "at most " : "",
                                                      Number(*row.value), row.unit)
                                        : "not measured: " + row.note;
    const std::string_view verdict = !row.value || !row.budget_limit ? ""
                                     : Met(row)                      ? "met"
                                                                     : "missed";
    table += std::format("| {} | {} | {} | {} | {} | {} |\n", row.name, value, row.budget, verdict,
                         row.prototype, row.peer);
  }
  return table;
}

std::string ToJson(const std::vector<Row>& rows) {
  std::string json = "[\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    json += std::format(
        "  {{\"name\": {}, \"unit\": {}, \"value\": {}, \"budget\": {}, \"met\": {}, "
        "\"at_most\": {}, \"note\": {}}}{}\n",
        Quoted(row.name), Quoted(row.unit), row.value ? std::format("{}", *row.value) : "null",
        row.budget_limit ? std::format("{}", *row.budget_limit) : "null",
        row.value && row.budget_limit ? (Met(row) ? "true" : "false") : "null", row.at_most,
        Quoted(row.note), i + 1 < rows.size() ? "," : "");
  }
  return json + "]\n";
}

}  // namespace benchmarks
