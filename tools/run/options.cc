// Reads the options with getopt_long.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/options.h"

#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::run {
namespace {

enum Code : int {
  kLabel = 256,
  kBackend,
  kImage,
  kSymbols,
  kQemu,
  kUefiFirmware,
  kHypervisor,
  kDeviceTree,
  kXenArgument,
  kCmdline,
  kNetwork,
  kTest,
  kMemoryMib,
  kMemory,
  kPort,
  kMachine,
  kBoot,
  kAccel,
  kTap,
  kDisk,
  kGdb,
  kPrint,
  kHelp,
  kQemuArgument,
};

constexpr option kLongOptions[] = {
    {"label", required_argument, nullptr, kLabel},
    {"backend", required_argument, nullptr, kBackend},
    {"image", required_argument, nullptr, kImage},
    {"symbols", required_argument, nullptr, kSymbols},
    {"qemu", required_argument, nullptr, kQemu},
    {"uefi-firmware", required_argument, nullptr, kUefiFirmware},
    {"hypervisor", required_argument, nullptr, kHypervisor},
    {"device-tree", required_argument, nullptr, kDeviceTree},
    {"xen-arg", required_argument, nullptr, kXenArgument},
    {"cmdline", required_argument, nullptr, kCmdline},
    {"network", required_argument, nullptr, kNetwork},
    {"test", required_argument, nullptr, kTest},
    {"memory-mib", required_argument, nullptr, kMemoryMib},
    {"memory", required_argument, nullptr, kMemory},
    {"port", required_argument, nullptr, kPort},
    {"machine", required_argument, nullptr, kMachine},
    {"boot", required_argument, nullptr, kBoot},
    {"accel", required_argument, nullptr, kAccel},
    {"tap", required_argument, nullptr, kTap},
    {"disk", required_argument, nullptr, kDisk},
    {"gdb", no_argument, nullptr, kGdb},
    {"print", no_argument, nullptr, kPrint},
    {"help", no_argument, nullptr, kHelp},
    {"qemu-arg", required_argument, nullptr, kQemuArgument},
    {nullptr, 0, nullptr, 0},
};

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

// MiB, or with a unit K, M or G.
std::optional<std::uint64_t> ParseMemory(std::string_view text) {
  int shift = 20;
  if (!text.empty()) {
    switch (text.back()) {
      case 'K':
      case 'k':
        shift = 10;
        text.remove_suffix(1);
        break;
      case 'M':
      case 'm':
        text.remove_suffix(1);
        break;
      case 'G':
      case 'g':
        shift = 30;
        text.remove_suffix(1);
        break;
      default:
        break;
    }
  }
  const std::optional<std::uint64_t> value = ParseNumber(text);
  if (!value.has_value() || *value == 0 || *value > (std::uint64_t{1} << 50) >> shift) {
    return std::nullopt;
  }
  return *value << shift;
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  const std::optional<std::uint64_t> value = ParseNumber(text);
  if (!value.has_value() || *value == 0 || *value > std::numeric_limits<std::uint16_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(*value);
}

std::unexpected<Complaint> BadValue(std::string_view option, std::string_view value,
                                    std::string_view wanted) {
  return std::unexpected(std::format("--{}={}: give {}", option, value, wanted));
}

std::expected<void, Complaint> SetPorts(Options& options, std::string_view text) {
  const std::size_t colon = text.find(':');
  options.port = ParsePort(text.substr(0, colon));
  std::optional<std::uint16_t> guest = options.guest_port;
  if (colon != std::string_view::npos) {
    guest = ParsePort(text.substr(colon + 1));
  }
  if (!options.port.has_value() || !guest.has_value()) {
    return BadValue("port", text, "a port of this machine, 1 to 65535, or HOST:GUEST, as 8080:80");
  }
  options.guest_port = *guest;
  return {};
}

std::expected<void, Complaint> SetYesNo(bool& target, std::string_view name,
                                        std::string_view value) {
  if (value != "yes" && value != "no") {
    return BadValue(name, value, "yes or no");
  }
  target = value == "yes";
  return {};
}

std::expected<void, Complaint> SetOption(Options& options, int code, std::string_view value) {
  switch (code) {
    case kLabel:
      options.label = value;
      break;
    case kBackend:
      options.backend = value;
      break;
    case kImage:
      options.image = value;
      break;
    case kSymbols:
      options.symbols = value;
      break;
    case kQemu:
      options.qemu = value;
      break;
    case kHypervisor:
      options.hypervisor = value;
      break;
    case kDeviceTree:
      options.device_tree = value;
      break;
    case kXenArgument:
      options.xen_arguments.emplace_back(value);
      break;
    case kUefiFirmware:
      options.uefi_firmware = value;
      break;
    case kCmdline:
      options.cmdline = value;
      break;
    case kNetwork:
      return SetYesNo(options.network, "network", value);
    case kTest:
      return SetYesNo(options.test, "test", value);
    case kMemoryMib:
    case kMemory: {
      const std::optional<std::uint64_t> bytes = ParseMemory(value);
      if (!bytes.has_value()) {
        return BadValue("memory", value, "MiB, or a size with its unit: 8, 1536K, 2G");
      }
      options.memory_bytes = *bytes;
      options.memory_asked |= code == kMemory;
      break;
    }
    case kPort:
      return SetPorts(options, value);
    case kMachine:
      options.machine = value;
      break;
    case kBoot:
      if (value != "bios" && value != "uefi") {
        return BadValue("boot", value, "bios or uefi");
      }
      options.uefi = value == "uefi";
      break;
    case kAccel:
      if (value == "kvm") {
        options.accelerator = Accelerator::kKvm;
      } else if (value == "tcg") {
        options.accelerator = Accelerator::kTcg;
      } else if (value == "auto") {
        options.accelerator = Accelerator::kMeasure;
      } else {
        return BadValue("accel", value, "kvm, tcg, or auto to have it measured");
      }
      break;
    case kTap:
      options.tap = value;
      break;
    case kDisk:
      if (value.empty()) {
        return BadValue("disk", value, "a file, whose bytes are the disk's");
      }
      options.disks.emplace_back(value);
      break;
    case kGdb:
      options.gdb = true;
      break;
    case kPrint:
      options.print = true;
      break;
    case kHelp:
      options.help = true;
      break;
    case kQemuArgument:
      options.qemu_arguments.emplace_back(value);
      break;
    default:
      break;
  }
  return {};
}

std::expected<void, Complaint> CheckMachine(const Options& options) {
  const std::string_view machine = options.machine;
  if (options.backend == "xen") {
    if (machine != "pv" && machine != "pvh") {
      return BadValue("machine", machine, "pv or pvh, the kinds of domain that Xen has");
    }
    return {};
  }
  const std::string_view kind = machine.substr(0, machine.find(','));
  if (!options.device_tree.empty() && kind != "raspi3b") {
    return BadValue("machine", machine, "raspi3b, the one board that this image is for");
  }
  if (kind == "raspi3b") {
    return options.device_tree.empty()
               ? std::unexpected(std::format(
                     "--machine={}: only bare_metal images for AArch64 run there", kind))
               : std::expected<void, Complaint>();
  }
  if (!kind.empty() && kind != "pc" && kind != "q35" && kind != "microvm" && kind != "virt" &&
      kind != "virt-mmio") {
    return BadValue("machine", machine,
                    "pc, q35 or microvm, for AArch64 virt or virt-mmio (options of QEMU's may "
                    "follow: microvm,acpi=off)");
  }
  if (kind.starts_with("virt") && options.backend == "bare_metal") {
    return std::unexpected(
        std::format("--machine={}: only kvm images for AArch64 run there", kind));
  }
  return {};
}

// An image that is a process of Linux's has no machine to choose.
std::expected<void, Complaint> CheckProcess(const Options& options) {
  if (options.backend != "linuxu") {
    return {};
  }
  if (!options.machine.empty()) {
    return std::unexpected(
        "--machine: a linuxu image runs as a process, on no machine: leave it out");
  }
  if (options.accelerator == Accelerator::kKvm) {
    return std::unexpected(
        "--accel=kvm: a linuxu image runs as a process, without KVM: leave it out");
  }
  if (options.disks.size() > 1) {
    return std::unexpected("--disk: a linuxu image has one disk");
  }
  if (!options.qemu_arguments.empty()) {
    return std::unexpected("--qemu-arg: a linuxu image runs as a process, without QEMU");
  }
  return {};
}

std::expected<void, Complaint> CheckXen(const Options& options) {
  if (options.backend != "xen") {
    if (!options.xen_arguments.empty()) {
      return std::unexpected("--xen-arg: only xen images run on Xen");
    }
    return {};
  }
  if (options.hypervisor.empty()) {
    return std::unexpected("a xen image runs on Xen: give --hypervisor, or use bazel run");
  }
  if (options.network) {
    return std::unexpected(
        "the initial domain, as which this starts a Xen image, has no network: have a toolstack "
        "`xl create` its configuration, which --output_groups=xl builds");
  }
  if (options.accelerator == Accelerator::kKvm) {
    return std::unexpected("--accel=kvm: Xen runs on QEMU's interpreter here: leave it out");
  }
  return {};
}

std::expected<void, Complaint> Check(const Options& options) {
  if (options.help) {
    return {};
  }
  if (options.image.empty() || options.backend.empty()) {
    return std::unexpected(
        "nothing to run: give --backend and --image, or use bazel run on an image's target");
  }
  for (const auto& checked : {CheckMachine(options), CheckXen(options), CheckProcess(options)}) {
    if (!checked.has_value()) {
      return checked;
    }
  }
  if (options.backend == "bare_metal" && options.machine.starts_with("microvm")) {
    return std::unexpected(
        "--machine=microvm: it has no firmware that boots disks: give pc or q35");
  }
  if ((options.backend != "bare_metal" || IsBoard(options)) && options.uefi) {
    return std::unexpected("--boot=uefi: only bare_metal images for PCs boot by firmware");
  }
  constexpr std::uint64_t kLeastForUefi = 64 << 20;
  if (options.uefi && options.memory_bytes < kLeastForUefi) {
    return std::unexpected("--boot=uefi: QEMU's UEFI firmware needs 64 MiB: give it --memory=64");
  }
  if (!options.network && (options.port.has_value() || !options.tap.empty())) {
    return std::unexpected(
        std::format("{} has no network: leave out {}, or set network = True on its unikernel_image",
                    options.label.empty() ? options.image : options.label,
                    options.tap.empty() ? "--port" : "--tap"));
  }
  if (options.port.has_value() && !options.tap.empty()) {
    return std::unexpected(
        "a port is forwarded on the user network only: give --port or --tap, not both");
  }
  if (options.tap.size() > 15) {
    return BadValue("tap", options.tap, "a name of at most 15 characters");
  }
  if (options.memory_asked && IsBoard(options)) {
    return std::unexpected("--memory: a board has the memory it has: leave it out");
  }
  if (!options.disks.empty() && (options.backend == "xen" || IsBoard(options))) {
    return std::unexpected("--disk: boards and xen images have no disks here");
  }
  return {};
}

// What is wrong with a word that getopt does not take.
Complaint NoSuchOption(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  std::string meant;
  for (const option& known : std::span(kLongOptions).first(std::size(kLongOptions) - 1)) {
    const std::string full = std::format("--{}", known.name);
    if (full == name) {
      return std::format("{} takes no value", name);
    }
    if (name.size() > 2 && full.starts_with(name)) {
      meant += std::format("{}{}", meant.empty() ? "" : " or ", full);
    }
  }
  return meant.empty() ? std::format("{}: no such option; --help lists them", word)
                       : std::format("{} may mean {}: write it out", name, meant);
}

}  // namespace

std::expected<Options, Complaint> ParseOptions(std::span<const std::string> arguments) {
  std::vector<std::string> copies = {"run"};
  copies.insert(copies.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& copy : copies) {
    argv.push_back(copy.data());
  }
  argv.push_back(nullptr);
  const int argc = static_cast<int>(copies.size());

  Options options;
  options.machine.clear();
  optind = 0;  // Start afresh: the tests call this more than once.
  for (;;) {
    int index = -1;
    // What getopt looks at next; nothing at the end.
    const char* const word = argv[static_cast<std::size_t>(std::max(optind, 1))];
    // '+': the first word that is no option ends them; ':': no messages of getopt's own.
    const int code = getopt_long(argc, argv.data(), "+:", kLongOptions, &index);
    if (code == -1) {
      break;
    }
    if (code == '?') {
      return std::unexpected(NoSuchOption(word));
    }
    if (code == ':') {
      return std::unexpected(std::format("{} wants a value; --help says which", word));
    }
    const auto set = SetOption(options, code, optarg != nullptr ? optarg : "");
    if (!set.has_value()) {
      return std::unexpected(set.error());
    }
  }
  if (options.machine.empty() && !options.device_tree.empty()) {
    options.machine = "raspi3b";
  } else if (options.machine.empty() && options.backend == "xen") {
    options.machine = "pvh";
  } else if (options.machine.empty() && options.backend == "bare_metal") {
    options.machine = "pc";
  }
  options.words.assign(argv.begin() + optind, argv.begin() + argc);
  const auto checked = Check(options);
  if (!checked.has_value()) {
    return std::unexpected(checked.error());
  }
  return options;
}

std::string_view HelpText() {
  return R"(bazel run IMAGE -- [OPTION...] [-- WORD...]

Boots the image. Its console is this terminal, its exit status this command's; Ctrl-C ends it.
WORDs are added to its command line.

  --port=HOST[:GUEST]  forward this port of 127.0.0.1, to the image's port 80 or GUEST; default: a free one
  --memory=SIZE        MiB, or with a unit K, M, G; default: what the image's target says
  --machine=KIND       pc (default), q35 or microvm, with QEMU's options behind: microvm,acpi=off;
                       of an AArch64 image: virt,gic-version=3 (default), or virt-mmio, whose
                       devices are not on PCI; raspi3b of one for bare metal;
                       of a xen image: pvh (default) or pv
  --boot=HOW           bios (default) or uefi; bare_metal images only
  --accel=HOW          kvm, tcg, or auto (default): measure and say what was chosen
  --tap=NAME           attach to this tap device instead of forwarding a port
  --disk=FILE          a disk whose bytes are the file's; may be repeated, but for linuxu images
  --gdb                wait for a debugger, and print the line that attaches one
  --print              print the command line that would run, and stop
  --xen-arg=WORD       add WORD to Xen's command line, as loglvl=all; may be repeated
  --qemu-arg=ARG       pass ARG to QEMU; may be repeated
  --help               this text
)";
}

}  // namespace ashlar::run
