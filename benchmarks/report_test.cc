// How figures look beside their budgets, and what stands where one is missing.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/report.h"

#include <gtest/gtest.h>

namespace benchmarks {
namespace {

TEST(ReportTest, AFigureStandsBesideItsBudget) {
  const std::vector<Row> rows = {
      {.name = "size",
       .unit = "B",
       .value = 12345,
       .budget = "8 KiB",
       .budget_limit = 8192,
       .prototype = "1",
       .peer = "2"},
      {.name = "ratio", .unit = "times", .value = 1.04, .budget = "1.05", .budget_limit = 1.05},
      {.name = "rate",
       .unit = "per second",
       .value = 5,
       .budget = "4",
       .budget_limit = 4,
       .more_is_better = true}};
  const std::string table = ToTable(rows);
  EXPECT_NE(table.find("| size | 12,345 B | 8 KiB | missed | 1 | 2 |"), table.npos) << table;
  EXPECT_NE(table.find("| ratio | 1.04 times | 1.05 | met |"), table.npos) << table;
  EXPECT_NE(table.find("| rate | 5 per second | 4 | met |"), table.npos) << table;
}

TEST(ReportTest, WhatNothingLessWasTriedOfIsAtMost) {
  const std::vector<Row> rows = {{.name = "memory", .unit = "KiB", .value = 16, .at_most = true}};
  EXPECT_NE(ToTable(rows).find("| memory | at most 16 KiB |"), std::string::npos);
  EXPECT_NE(ToJson(rows).find("\"at_most\": true"), std::string::npos);
}

TEST(ReportTest, WhatWasNotMeasuredSaysWhy) {
  const std::vector<Row> rows = {
      {.name = "rate", .unit = "", .value = std::nullopt, .note = "no \"tap\""}};
  EXPECT_NE(ToTable(rows).find("not measured: no \"tap\""), std::string::npos);
  EXPECT_NE(ToJson(rows).find("\"value\": null"), std::string::npos);
  EXPECT_NE(ToJson(rows).find("no \\\"tap\\\""), std::string::npos);
}

}  // namespace
}  // namespace benchmarks
