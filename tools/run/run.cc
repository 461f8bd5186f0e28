// What `bazel run` on an image executes: boots the image in QEMU, or as a process, and passes on
// its console and its exit status. README.md tells how to use it.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <optional>
#include <print>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "tools/run/accelerator.h"
#include "tools/run/child.h"
#include "tools/run/disk.h"
#include "tools/run/forwarder.h"
#include "tools/run/host_network.h"
#include "tools/run/image.h"
#include "tools/run/options.h"
#include "tools/run/qemu.h"
#include "tools/run/words.h"
#include "tools/run/xen.h"

namespace ashlar::run {
namespace {

// Of tools that could not do their work (EX_UNAVAILABLE of BSD's sysexits).
constexpr int kUnavailable = 69;
constexpr int kUsage = 64;

// For people, beside the image's console.
template <typename... Arguments>
void Say(const Options& options, std::format_string<Arguments...> format,
         Arguments&&... arguments) {
  if (!options.test) {
    std::println(stderr, "run: {}", std::format(format, std::forward<Arguments>(arguments)...));
  }
}

std::string Absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

// A file that somebody named: relative to where `bazel run` was typed, not to where it runs this.
std::string FromWhereItWasAsked(const std::string& path) {
  const char* const asked = std::getenv("BUILD_WORKING_DIRECTORY");
  return Absolute(asked == nullptr ? path : (std::filesystem::path(asked) / path).string());
}

std::string ReadFile(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::expected<ImageFacts, Complaint> CheckImageFile(Options& options) {
  // What a disk image holds is known by the same with symbols.
  const std::string& elf = options.backend == "bare_metal" ? options.symbols : options.image;
  for (const std::string& name : {elf, options.image}) {
    if (!std::ifstream(name, std::ios::binary)) {
      return std::unexpected(
          std::format("{} is missing or can't be read: build it with bazel build", name));
    }
  }
  const std::string bytes = ReadFile(elf);
  const auto facts = ReadImage(std::as_bytes(std::span(bytes)), elf);
  if (!facts.has_value()) {
    return std::unexpected(facts.error());
  }
  if (options.machine.empty()) {
    options.machine = ChooseMachine(*facts);
  }
  return CheckImage(*facts, options).transform([&] { return *facts; });
}

std::string DebuggerSymbols(const Options& options) {
  return options.symbols.empty() ? options.image : options.symbols;
}

// Under nohup whoever started us may go; a test's VM must not outlive it even so.
bool ParentMayGo(const Options& options) {
  struct sigaction action = {};
  sigaction(SIGHUP, nullptr, &action);
  return action.sa_handler == SIG_IGN && !options.test;
}

// Ends as the child did.
int Finish(const Child& child, const Ending& ending, const Options& options) {
  if (child.interrupted_by() != 0) {
    return 128 + child.interrupted_by();
  }
  if (ending.by_signal) {
    std::println(stderr, "run: {} was killed by signal {}",
                 options.backend == "linuxu" ? "the image" : "QEMU", ending.number);
    return 128 + ending.number;
  }
  return ending.number;
}

// A copy of the disk image in memory, with these words, by a name that lasts as long as this
// process: what the image writes to it goes with it.
std::expected<std::string, Complaint> CopyDisk(const Options& options, std::string_view text) {
  std::string disk = ReadFile(options.image);
  const auto written = WriteCommandLine(std::as_writable_bytes(std::span(disk)), text);
  if (!written.has_value()) {
    return std::unexpected(written.error());
  }
  const int fd = memfd_create("disk", MFD_CLOEXEC);
  if (fd < 0 || write(fd, disk.data(), disk.size()) != static_cast<ssize_t>(disk.size())) {
    return std::unexpected("there is no memory for a copy of the disk image: free some");
  }
  return std::format("/proc/{}/fd/{}", getpid(), fd);
}

std::expected<int, Complaint> RunMachine(const Options& options) {
  Decisions decisions;
  const bool other_cpu = options.machine.starts_with("virt") || IsBoard(options);
  if (!options.test && options.backend != "xen" && !other_cpu) {
    const auto measured = options.accelerator == Accelerator::kTcg
                              ? std::expected<double, Complaint>(0)
                              : MeasureKvm();
    const auto choice = ChooseAccelerator(options.accelerator, measured);
    if (!choice.has_value()) {
      return std::unexpected(choice.error());
    }
    decisions.kvm = choice->kvm;
    Say(options, "accelerator {} ({})", choice->kvm ? "KVM" : "TCG", choice->reason);
  }
  Network network;
  std::vector<Port> held;  // until QEMU has ended
  if (options.network && options.tap.empty()) {
    auto port = HoldPort(options.port);
    if (!port.has_value()) {
      return std::unexpected(port.error());
    }
    decisions.forwarded_port = port->number;
    held.push_back(*std::move(port));
  } else if (!options.tap.empty() && !options.print) {
    auto opened = OpenTap(options.tap);
    if (!opened.has_value()) {
      return std::unexpected(opened.error());
    }
    network = *std::move(opened);
    decisions.tap_fd = network.tap.get();
    decisions.parameters = network.parameters;
  }
  if (options.gdb) {
    auto port = HoldPort(std::nullopt);
    if (!port.has_value()) {
      return std::unexpected(port.error());
    }
    decisions.gdb_port = port->number;
    held.push_back(*std::move(port));
  }
  if (options.backend == "bare_metal" && !IsBoard(options)) {
    const auto text = CommandLine(options, decisions);
    if (!text.has_value()) {
      return std::unexpected(text.error());
    }
    if (!options.print) {
      auto disk = CopyDisk(options, *text);
      if (!disk.has_value()) {
        return std::unexpected(disk.error());
      }
      decisions.disk = *std::move(disk);
    } else if (*text != JoinWords(SplitWords(options.cmdline))) {
      return std::unexpected(
          "--print: the words of a disk image are on the disk: set cmdline on its unikernel_image");
    }
  }
  const auto command = options.backend == "xen" ? XenCommand(options, decisions.gdb_port)
                                                : QemuCommand(options, decisions);
  if (!command.has_value()) {
    return std::unexpected(command.error());
  }
  if (options.print) {
    std::println("{}", QuoteForShell(*command));
    return 0;
  }
  auto child = Child::Start(
      *command, {.inherited_fd = decisions.tap_fd, .watch_parent = !ParentMayGo(options)});
  if (!child.has_value()) {
    return std::unexpected(child.error());
  }
  if (decisions.forwarded_port != 0) {
    Say(options, "http://127.0.0.1:{}", decisions.forwarded_port);
  } else if (!network.image_address.empty()) {
    Say(options, "http://{}", network.image_address);
  }
  if (options.gdb) {
    Say(options, "waiting for: gdb {} -ex 'target remote 127.0.0.1:{}'", DebuggerSymbols(options),
        decisions.gdb_port);
  }
  const Ending ending = child->Wait(nullptr);
  if (ending.by_signal || child->interrupted_by() != 0) {
    return Finish(*child, ending, options);
  }
  if (options.backend == "xen" && ending.number == 0) {
    return std::unexpected(
        "Xen ended the machine without a status, as it does when a PV domain's stack overflows: "
        "--xen-arg=loglvl=warning has it say what it saw");
  }
  return StatusOfQemu(ending.number);
}

// An image for another CPU is a process of QEMU's: this program is built for x86-64 alone.
std::expected<int, Complaint> RunProcess(const Options& options, const ImageFacts& facts) {
  std::vector<std::string> words = SplitWords(options.cmdline);
  words.insert(words.end(), options.words.begin(), options.words.end());
  std::vector<std::string> parameters = {
      std::format("linuxu.memory={}K", options.memory_bytes >> 10)};

  Network network;
  std::optional<Port> listener;
  if (options.print) {
    if (!options.tap.empty()) {
      parameters.push_back("net.tap=" + options.tap);
    }
  } else if (!options.tap.empty()) {
    auto opened = OpenTap(options.tap);
    if (!opened.has_value()) {
      return std::unexpected(opened.error());
    }
    network = *std::move(opened);
  } else if (options.network) {
    auto listening = Listen(options.port);
    if (!listening.has_value()) {
      return std::unexpected(listening.error());
    }
    listener = *std::move(listening);
    auto entered = EnterNetworkNamespace();
    if (!entered.has_value()) {
      return std::unexpected(entered.error());
    }
    network = *std::move(entered);
  }
  if (network.tap.valid()) {
    parameters.push_back(std::format("net.tap_fd={}", network.tap.get()));
    if (!HasParameter(words, "net.address")) {
      parameters.insert(parameters.end(), network.parameters.begin(), network.parameters.end());
    }
  }
  for (const std::string& disk : options.disks) {
    parameters.push_back("blockdev.file=" + disk);
  }
  std::vector<std::string> command;
  std::filesystem::path debugger;  // a socket that has a name in the image's network namespace too
  if (facts.aarch64) {
    command.push_back(options.qemu);
    if (options.gdb) {
      debugger =
          std::filesystem::temp_directory_path() / std::format("ashlar_run_{}.gdb", getpid());
      command.insert(command.end(), {"-g", debugger.string()});
    }
  }
  command.push_back(options.image);
  const std::vector<std::string> all = AddParameters(words, parameters);
  command.insert(command.end(), all.begin(), all.end());
  if (options.print) {
    std::println("{}", QuoteForShell(command));
    if (options.network && options.tap.empty()) {
      Say(options,
          "without --tap the network is a namespace that only this tool makes; the line above has "
          "none");
    }
    return 0;
  }

  auto child = Child::Start(
      command,
      {.inherited_fd = network.tap.valid() ? std::optional(network.tap.get()) : std::nullopt,
       .stop_at_entry = options.gdb && debugger.empty(),
       .watch_parent = !ParentMayGo(options)});
  if (!child.has_value()) {
    return std::unexpected(child.error());
  }
  std::optional<Forwarder> forwarder;
  if (listener.has_value()) {
    sockaddr_in target = {};
    target.sin_family = AF_INET;
    target.sin_port = htons(options.guest_port);
    inet_pton(AF_INET, network.image_address.c_str(), &target.sin_addr);
    Say(options, "http://127.0.0.1:{}", listener->number);
    forwarder.emplace(std::move(listener->socket), target);
  } else if (!network.image_address.empty()) {
    Say(options, "http://{}", network.image_address);
  }
  if (!debugger.empty()) {
    Say(options, "waiting for: gdb {} -ex 'target remote {}'", DebuggerSymbols(options),
        debugger.string());
  } else if (options.gdb) {
    Say(options, "waiting for: gdb {} -p {}", DebuggerSymbols(options), child->pid());
  }
  const Ending ending = child->Wait(forwarder.has_value() ? &*forwarder : nullptr);
  if (!debugger.empty()) {
    std::error_code ignored;
    std::filesystem::remove(debugger, ignored);
  }
  return Finish(*child, ending, options);
}

int Main(std::span<const std::string> arguments) {
  auto options = ParseOptions(arguments);
  if (!options.has_value()) {
    std::println(stderr, "run: {}", options.error());
    return kUsage;
  }
  if (options->help) {
    std::print("{}", HelpText());
    return 0;
  }
  options->image = Absolute(options->image);
  options->symbols = options->symbols.empty() ? options->symbols : Absolute(options->symbols);
  options->hypervisor =
      options->hypervisor.empty() ? options->hypervisor : Absolute(options->hypervisor);
  options->device_tree =
      options->device_tree.empty() ? options->device_tree : Absolute(options->device_tree);
  options->uefi_firmware =
      options->uefi_firmware.empty() ? options->uefi_firmware : Absolute(options->uefi_firmware);
  if (options->qemu.contains('/')) {
    options->qemu = Absolute(options->qemu);
  }
  for (std::string& disk : options->disks) {
    disk = FromWhereItWasAsked(disk);
  }
  const auto fits = CheckImageFile(*options);
  std::expected<int, Complaint> status = std::unexpected(fits.has_value() ? "" : fits.error());
  if (fits.has_value()) {
    status = options->backend == "linuxu" ? RunProcess(*options, *fits) : RunMachine(*options);
  }
  if (!status.has_value()) {
    std::println(stderr, "run: {}", status.error());
    return kUnavailable;
  }
  return *status;
}

}  // namespace
}  // namespace ashlar::run

int main(int argc, char** argv) {
  return ashlar::run::Main(std::vector<std::string>(argv + 1, argv + argc));
}
