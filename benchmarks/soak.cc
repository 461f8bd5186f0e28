// A million connections, one request each, to an image of 4 MiB: none may fail, and memory must
// come back to where it was.
//
//   bazel run //benchmarks:soak -- [--backend=kvm|linuxu] [--connections=1000000] [--at-once=8]
//                                  [--memory=4M]
//
// Exit status 0: every connection was answered, and no heap memory was lost.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <format>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "benchmarks/flags.h"
#include "benchmarks/http_client.h"
#include "benchmarks/load.h"
#include "benchmarks/process.h"
#include "benchmarks/tap_guest.h"

namespace benchmarks {
namespace {

using std::chrono::seconds;

struct Memory {
  std::uint64_t free = 0;
  std::uint64_t heap_used = 0;
};

std::optional<std::uint64_t> Metric(std::string_view page, const std::string& name) {
  const std::size_t place = page.find("\n" + name + " ");
  return place == page.npos
             ? std::nullopt
             : std::optional(std::strtoull(page.data() + place + name.size() + 2, nullptr, 10));
}

std::optional<Memory> AskMemory() {
  std::this_thread::sleep_for(seconds(2));  // The last connections end.
  auto connection = Connection::Open(TapNetwork::kServer);
  if (!connection || !connection->Get("/metrics", false)) {
    return std::nullopt;
  }
  const auto free = Metric(connection->answer(), "ashlar_memory_free_bytes");
  const auto used = Metric(connection->answer(), "ashlar_heap_used_bytes");
  return free && used ? std::optional(Memory{*free, *used}) : std::nullopt;
}

struct Options {
  std::string backend = "kvm";
  std::string memory = "4M";
  std::uint64_t connections = 1'000'000;
  std::uint64_t at_once = 8;
  std::string qemu, kvm, linuxu;  ///< files
};

int Soak(const Options& options) {
  const auto tap = TapNetwork::Enter();
  if (!tap.has_value()) {
    std::cerr << "soak: " << tap.error() << "\n";
    return 1;
  }
  Process guest(options.backend == "kvm" ? tap->Kvm(options.qemu, options.kvm, options.memory)
                                         : tap->Linuxu(options.linuxu, options.memory));
  if (!WaitForAnswer(TapNetwork::kServer, seconds(30))) {
    guest.WaitForText("nothing of the kind", std::chrono::milliseconds(100));
    std::cerr << "soak: the server does not answer. It printed:\n" << guest.output();
    return 1;
  }
  // What grows once and stays, such as a table of descriptors or what httpd remembers of a request,
  // has grown after these.
  Load load{.server = TapNetwork::kServer,
            .at_once = static_cast<int>(options.at_once),
            .requests = 10'000};
  Run(load);
  AskMemory();
  const auto before = AskMemory();
  load.requests = options.connections;
  const LoadResult result = Run(load);
  const auto after = AskMemory();
  if (!before || !after) {
    std::cerr << "soak: no figures from /metrics\n";
    return 1;
  }
  std::cout
      << "| backend | memory | connections | at once | failed | seconds | a second | longest | "
         "heap used before, after | free pages before, after |\n"
         "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
      << std::format(
             "| {} | {} | {} | {} | {} | {:.0f} | {:.0f} | {} ms | {} B, {} B | {} KiB, {} "
             "KiB |\n",
             options.backend, options.memory, result.answered + result.failed, load.at_once,
             result.failed, std::chrono::duration<double>(result.elapsed).count(),
             result.per_second(),
             std::chrono::duration_cast<std::chrono::milliseconds>(result.longest).count(),
             before->heap_used, after->heap_used, before->free >> 10, after->free >> 10);
  // A block more or less is the state of what asks; a leak would be thousands.
  constexpr std::uint64_t kSlack = 1024;
  return result.failed == 0 && after->heap_used <= before->heap_used + kSlack ? 0 : 1;
}

}  // namespace
}  // namespace benchmarks

int main(int argc, char** argv) {
  benchmarks::Options options;
  benchmarks::Flags flags;
  flags.AddChoice("backend", options.backend, {"kvm", "linuxu"});
  flags.AddNumber("connections", options.connections);
  flags.AddNumber("at-once", options.at_once, 1000);
  flags.AddMemory("memory", options.memory);
  for (auto& [name, file] : {std::pair<std::string_view, std::string&>("qemu", options.qemu),
                             {"kvm", options.kvm},
                             {"linuxu", options.linuxu}}) {
    flags.AddText(name, file, /*for_people=*/false);
  }
  const auto parsed = flags.Parse(std::span(argv + 1, static_cast<std::size_t>(argc - 1)));
  if (!parsed.has_value()) {
    std::cerr << "soak: " << parsed.error() << "\n";
    return 2;
  }
  return benchmarks::Soak(options);
}
