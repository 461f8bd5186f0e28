// The scenarios on the tap: instructions and requests a second, kvm and linuxu.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/tap_scenarios.h"

#include <chrono>
#include <cstdint>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/guest.h"
#include "benchmarks/load.h"
#include "benchmarks/process.h"
#include "benchmarks/report.h"
#include "benchmarks/request_costs.h"
#include "benchmarks/tap_guest.h"

namespace benchmarks {
namespace {

using std::chrono::seconds;

constexpr Server kServer = TapNetwork::kServer;
constexpr std::string_view kMemory = "16M";

struct Rates {
  std::optional<double> keep_alive, new_connection;
};

Rates MeasureRates(const Words& command, std::uint64_t requests) {
  const Process guest(command);
  if (!WaitForAnswer(kServer, seconds(30))) {
    return {};
  }
  const auto rate = [&](bool keep_alive, std::uint64_t times) -> std::optional<double> {
    const std::uint64_t number = requests * times;
    Load load{.server = kServer, .keep_alive = keep_alive, .requests = number / 10};
    Run(load);  // QEMU translates what it has not yet seen.
    load.requests = number;
    const LoadResult result = Run(load);
    return result.failed == 0 ? std::optional(result.per_second()) : std::nullopt;
  };
  return {.keep_alive = rate(true, 50), .new_connection = rate(false, 10)};
}

RequestCosts Count(const Words& command, const Counters& counters, std::uint64_t requests) {
  const Process guest(command);
  return WaitForAnswer(kServer, seconds(30))
             ? MeasureRequests(
                   kServer, [&] { return counters.now(); }, requests)
             : RequestCosts();
}

}  // namespace

std::vector<Row> MeasureOverTaps(const TapFiles& files, std::uint64_t requests) {
  std::vector<Row> rows;
  const auto tap = TapNetwork::Enter();
  if (!tap.has_value()) {
    rows.push_back({.name = "httpd over sockets, tap", .note = tap.error()});
    return rows;
  }
  const auto add = [&](std::string_view backend, const RequestCosts& costs, const Rates& rates) {
    rows.push_back({.name = std::format("httpd over sockets, tap, {}, keep-alive", backend),
                    .unit = "instructions",
                    .value = costs.keep_alive,
                    .budget = "3,000",
                    .budget_limit = 3000,
                    .prototype = "1,654",
                    .peer = "57,591 (nginx)"});
    rows.push_back(
        {.name = std::format("httpd over sockets, tap, {}, new connection each", backend),
         .unit = "instructions",
         .value = costs.new_connection,
         .budget = "8,000",
         .budget_limit = 8000,
         .prototype = "5,278",
         .peer = "39,000 to 46,900"});
    rows.push_back({.name = std::format("1 MiB file, tap, {}, per byte", backend),
                    .unit = "instructions",
                    .value = costs.per_byte,
                    .budget = "0.06",
                    .budget_limit = 0.06,
                    .prototype = "0.025",
                    .peer = ""});
    rows.push_back({.name = std::format("httpd, tap, {}, keep-alive, 8 at once", backend),
                    .unit = "requests a second",
                    .value = rates.keep_alive,
                    .prototype = backend == "kvm" ? "94,407" : "",
                    .more_is_better = true});
    // Five times the peer's best.
    rows.push_back({.name = std::format("httpd, tap, {}, new connection each, 8 at once", backend),
                    .unit = "requests a second",
                    .value = rates.new_connection,
                    .budget = backend == "kvm" ? "5 times the peer's" : "",
                    .budget_limit = backend == "kvm" ? std::optional(5 * 4291.0) : std::nullopt,
                    .prototype = backend == "kvm" ? "23,294" : "",
                    .peer = backend == "kvm" ? "3,422 to 4,291" : "",
                    .more_is_better = true});
  };
  const auto add_raw = [&](std::string_view backend, const RequestCosts& costs) {
    rows.push_back({.name = std::format("lwIP's raw API, tap, {}, keep-alive", backend),
                    .unit = "instructions",
                    .value = costs.keep_alive,
                    .budget = "1,700",
                    .budget_limit = 1700,
                    .prototype = "1,654"});
    rows.push_back({.name = std::format("lwIP's raw API, tap, {}, new connection each", backend),
                    .unit = "instructions",
                    .value = costs.new_connection,
                    .budget = "5,500",
                    .budget_limit = 5500,
                    .prototype = "5,278",
                    .peer = "38,995"});
  };
  const Words kvm = tap->Kvm(files.qemu, files.kvm, kMemory);
  const Words linuxu = tap->Linuxu(files.linuxu, kMemory);
  // The same plugin counts a process's instructions, under QEMU as an interpreter of processes.
  Counters counters;
  const Words counting = counters.Arguments(files.plugin, {});
  add("kvm", Count(kvm + counting, counters, requests), MeasureRates(kvm, requests));
  add("linuxu", Count(Words{files.qemu_user} + counting + linuxu, counters, requests),
      MeasureRates(linuxu, requests));
  add_raw("kvm",
          Count(tap->Kvm(files.qemu, files.raw_kvm, kMemory) + counting, counters, requests));
  add_raw("linuxu",
          Count(Words{files.qemu_user} + counting + tap->Linuxu(files.raw_linuxu, kMemory),
                counters, requests));
  return rows;
}

}  // namespace benchmarks
