// Measures images: sizes, instructions, time against the floor, memory, requests. One run, a table
// and JSON.
//
//   bazel run //benchmarks -- [--part=all|cells|taps] [--pairs=20] [--requests=2000] [--json=FILE]
//
// Instruction counts are exact and repeat (QEMU's TCG, one count an instruction). Times are medians
// of pairs taken in turn, reported as ratios; they say nothing alone.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "benchmarks/cells.h"
#include "benchmarks/flags.h"
#include "benchmarks/guest.h"
#include "benchmarks/http_client.h"
#include "benchmarks/process.h"
#include "benchmarks/report.h"
#include "benchmarks/request_costs.h"
#include "benchmarks/search.h"
#include "benchmarks/symbols.h"
#include "benchmarks/tap_scenarios.h"

namespace benchmarks {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kHelloText = "Hello from";
constexpr std::string_view kServing = "serving on port";
constexpr std::string_view kHasAddress = "net: address";
constexpr int kSuccess = 255;  // QEMU's status for a guest's status 0 (docs/decisions/0003)

struct Files {
  std::string qemu, qemu_user, qemu_user_aarch64, plugin, floor, hello, hello_linuxu, httpd,
      httpd_elf, httpd_bare, httpd_linuxu, httpd_small, raw_kvm, raw_linuxu;
};

// By the names that the BUILD file gives them.
constexpr std::pair<std::string_view, std::string Files::*> kFiles[] = {
    {"qemu", &Files::qemu},
    {"qemu_user", &Files::qemu_user},
    {"qemu_user_aarch64", &Files::qemu_user_aarch64},
    {"plugin", &Files::plugin},
    {"floor", &Files::floor},
    {"hello", &Files::hello},
    {"hello_linuxu", &Files::hello_linuxu},
    {"httpd", &Files::httpd},
    {"httpd_elf", &Files::httpd_elf},
    {"httpd_bare", &Files::httpd_bare},
    {"httpd_linuxu", &Files::httpd_linuxu},
    {"httpd_small", &Files::httpd_small},
    {"raw_kvm", &Files::raw_kvm},
    {"raw_linuxu", &Files::raw_linuxu},
};

struct Options {
  std::string part = "all";
  std::uint64_t pairs = 20;
  std::uint64_t requests = 2000;
  std::string json;
};

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

std::optional<double> Size(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? std::nullopt : std::optional(static_cast<double>(size));
}

/// Instructions between the last executions of two symbols; an empty one is the image's entry.
std::optional<double> Between(const Files& files, const std::string& image, const std::string& elf,
                              std::string_view memory, std::string_view from, std::string_view to,
                              std::string_view text, const Words& more) {
  const auto start = AddressOf(elf, from);
  const auto end = AddressOf(elf, to);
  if (!start || !end) {
    return std::nullopt;
  }
  Counters counters;
  const std::uint64_t marks[] = {*start, *end};
  Process guest(Machine(files.qemu, "pc", memory, image) + counters.Arguments(files.plugin, marks) +
                more);
  if (!guest.WaitForText(text, seconds(30)) || counters.mark(1) == 0) {
    return std::nullopt;
  }
  return static_cast<double>(counters.mark(1) - counters.mark(0));
}

/// Instructions of a whole Linux process, one step at a time; nothing where none may be traced.
std::optional<double> CountSteps(const std::string& program) {
  const pid_t child = fork();
  if (child == 0) {
    const int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, STDOUT_FILENO);
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    execl(program.c_str(), program.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  double steps = 0;
  while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    if (ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) != 0) {
      break;
    }
    ++steps;
  }
  const bool ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return ended_well && steps > 0 ? std::optional(steps) : std::nullopt;
}

/// The ratio of the times from exec to text of two guests, taken in turn.
std::optional<double> RatioToFloor(const Files& files, std::string_view machine,
                                   const std::string& image, std::uint64_t pairs) {
  std::vector<double> ratios;
  for (std::uint64_t i = 0; i <= pairs; ++i) {
    double times[2];
    for (int which = 0; which < 2; ++which) {
      Process guest(Machine(files.qemu, machine, "128M", which == 0 ? image : files.floor));
      if (!guest.WaitForText(kHelloText, seconds(20))) {
        return std::nullopt;
      }
      times[which] = static_cast<double>(guest.time_to_text().count());
    }
    if (i > 0) {  // the first pair warms the caches
      ratios.push_back(times[0] / times[1]);
    }
  }
  return Median(ratios);
}

Words UserNetwork(std::uint16_t port) {
  return {"-netdev", std::format("user,id=net,hostfwd=tcp:127.0.0.1:{}-:80", port), "-device",
          "virtio-net-pci,netdev=net,romfile="};
}

/// What requests cost over QEMU's user network.
RequestCosts MeasureOverUserNetwork(const Files& files, std::uint64_t requests) {
  Counters counters;
  const std::uint16_t port = FreePort();
  Process guest(Machine(files.qemu, "pc", "16M", files.httpd) + UserNetwork(port) +
                counters.Arguments(files.plugin, {}));
  if (!guest.WaitForText(kServing, seconds(30))) {
    return {};
  }
  return MeasureRequests({.port = port}, [&] { return counters.now(); }, requests);
}

bool Serves(const Files& files, std::string_view machine, int kib) {
  const std::uint16_t port = FreePort();
  Process guest(Machine(files.qemu, machine, std::format("{}K", kib), files.httpd_small) +
                UserNetwork(port));
  // QEMU sends what comes before the guest has its address again only after six seconds.
  if (!guest.WaitForText(kHasAddress, seconds(4))) {
    return false;
  }
  for (int attempt = 0; attempt < 20; ++attempt) {
    auto connection = Connection::Open({.port = port});
    if (connection && connection->Get("/small.txt", false)) {
      return true;
    }
    std::this_thread::sleep_for(milliseconds(200));
  }
  return false;
}

TapFiles FilesForTaps(const Files& files) {
  return {.qemu = files.qemu,
          .qemu_user = files.qemu_user,
          .plugin = files.plugin,
          .kvm = files.httpd,
          .linuxu = files.httpd_linuxu,
          .raw_kvm = files.raw_kvm,
          .raw_linuxu = files.raw_linuxu};
}

void Measure(const Files& files, const Options& options, const std::function<void(Row)>& add) {
  add({.name = "httpd image, kvm, without its rootfs",
       .unit = "B",
       .value = Size(files.httpd_bare),
       .budget = "96 KiB",
       .budget_limit = 98304,
       .prototype = "45,704",
       .peer = "230,856 to 438,600"});

  const std::optional<double> steps = CountSteps(files.hello_linuxu);
  add({.name = "hello, linuxu, whole process",
       .unit = "instructions",
       .value = steps,
       .budget = "500",
       .budget_limit = 500,
       .prototype = "98",
       .peer = "48,473",
       .note = steps ? "" : "it failed, or this machine lets no process be traced"});
  add({.name = "httpd, entry to listening",
       .unit = "instructions",
       .value = Between(files, files.httpd, files.httpd_elf, "128M", "ashlar_pvh_entry", "listen",
                        kServing, UserNetwork(FreePort())),
       .budget = "20,000",
       .budget_limit = 20000,
       .prototype = "13,499",
       .peer = "200,000 and the wait"});

  for (const std::string_view machine : {"pc", "microvm,acpi=off"}) {
    add({.name = std::format("hello, exec to text over the floor, {}", machine),
         .unit = "times",
         .value = RatioToFloor(files, machine, files.hello, options.pairs),
         .budget = "1.05",
         .budget_limit = 1.05,
         .prototype = "1.01",
         .peer = machine == "pc" ? "3.1" : "4.8"});
  }
  add({.name = "hello, smallest memory, microvm,acpi=off",
       .unit = "KiB",
       .value = SmallestMemory(1024, 3072,
                               [&](int kib) {
                                 Process guest(Machine(files.qemu, "microvm,acpi=off",
                                                       std::format("{}K", kib), files.hello));
                                 return guest.WaitForText(kHelloText, seconds(2)) &&
                                        guest.WaitForExit(seconds(2)) == kSuccess;
                               }),
       .budget = "1.1 MiB",
       .budget_limit = 1.1 * 1024,
       .prototype = "1,036",
       .peer = "2 MiB"});
  add({.name = "httpd with a file of 21 bytes, smallest memory that serves, pc",
       .unit = "KiB",
       .value = SmallestMemory(1024, 6144, [&](int kib) { return Serves(files, "pc", kib); }),
       .budget = "2 MiB",
       .budget_limit = 2048,
       .prototype = "1.6 MiB",
       .peer = "4 MiB"});

  const RequestCosts costs = MeasureOverUserNetwork(files, options.requests);
  add({.name = "httpd over sockets, user network, keep-alive",
       .unit = "instructions",
       .value = costs.keep_alive,
       .budget = "3,000 (on a tap)",
       .budget_limit = 3000,
       .prototype = "2,261 (raw API)",
       .peer = "57,591 (nginx)"});
  add({.name = "httpd over sockets, user network, new connection each",
       .unit = "instructions",
       .value = costs.new_connection,
       .budget = "8,000 (on a tap)",
       .budget_limit = 8000,
       .prototype = "7,346 (raw API)",
       .peer = "39,000 to 46,900"});
  add({.name = "1 MiB file, user network, per byte",
       .unit = "instructions",
       .value = costs.per_byte,
       .budget = "1.5",
       .budget_limit = 1.5,
       .prototype = "1.7",
       .peer = "9.45 (Linux guest)"});
}

}  // namespace
}  // namespace benchmarks

int main(int argc, char** argv) {
  benchmarks::Files files;
  benchmarks::Options options;
  benchmarks::Flags flags;
  flags.AddChoice("part", options.part, {"all", "cells", "taps"});
  flags.AddNumber("pairs", options.pairs);
  flags.AddNumber("requests", options.requests);
  flags.AddText("json", options.json);
  for (const auto& [name, file] : benchmarks::kFiles) {
    flags.AddText(name, files.*file, /*for_people=*/false);
  }
  const auto parsed = flags.Parse(std::span(argv + 1, static_cast<std::size_t>(argc - 1)));
  if (!parsed.has_value()) {
    std::cerr << "benchmarks: " << parsed.error() << "\n";
    return 2;
  }
  std::vector<benchmarks::Row> rows;
  const auto add = [&](benchmarks::Row row) {
    if (!row.value && row.note.empty()) {
      row.note = "the guest did not get that far";
    }
    std::cerr << "  " << row.name << ": "
              << (row.value ? std::format("{:.4g} {}", *row.value, row.unit) : row.note) << "\n";
    rows.push_back(std::move(row));
  };
  if (options.part == "all") {
    benchmarks::Measure(files, options, add);
  }
  if (options.part == "all" || options.part == "cells") {
    benchmarks::MeasureCells({.plugin = files.plugin,
                              .qemu_x86_64 = files.qemu_user,
                              .qemu_aarch64 = files.qemu_user_aarch64},
                             add);
  }
  if (options.part == "all" || options.part == "taps") {
    // The last, since they take this process to another network.
    for (benchmarks::Row& row :
         benchmarks::MeasureOverTaps(benchmarks::FilesForTaps(files), options.requests)) {
      add(std::move(row));
    }
  }
  std::cout << benchmarks::ToTable(rows);
  if (!options.json.empty()) {
    const char* directory = std::getenv("BUILD_WORKING_DIRECTORY");
    std::ofstream file(std::filesystem::path(directory ? directory : ".") / options.json);
    file << benchmarks::ToJson(rows);
    if (!file.flush()) {
      std::cerr << "benchmarks: cannot write " << options.json << "\n";
      return 1;
    }
  }
}
