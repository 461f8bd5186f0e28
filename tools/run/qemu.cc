// Puts QEMU's words together, and reads its exit status.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/qemu.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <string>
#include <utility>
#include <vector>

#include "tools/run/words.h"

namespace ashlar::run {
namespace {

std::string Memory(std::uint64_t bytes) {
  return bytes % (1 << 20) == 0 ? std::format("{}M", bytes >> 20) : std::format("{}K", bytes >> 10);
}

bool IsVirt(const Options& options) { return options.machine.starts_with("virt"); }

// Whether the machine's devices are on virtio-mmio.
bool OverMmio(const Options& options) {
  return options.machine.starts_with("microvm") || options.machine.starts_with("virt-mmio");
}

void AddNetwork(std::vector<std::string>& command, const Options& options,
                const Decisions& decisions) {
  std::string backend;
  if (decisions.tap_fd.has_value()) {
    backend = std::format("tap,id=net0,fd={}", *decisions.tap_fd);
  } else if (!options.tap.empty()) {
    backend = std::format("tap,id=net0,ifname={},script=no,downscript=no", options.tap);
  } else {
    backend = "user,id=net0";
    if (decisions.forwarded_port != 0) {
      backend += std::format(",hostfwd=tcp:127.0.0.1:{}-:{}", decisions.forwarded_port,
                             options.guest_port);
    }
  }
  // romfile: nobody boots from the network, and the option ROM costs memory and time.
  std::string device = "virtio-net-pci,netdev=net0,disable-legacy=on,romfile=";
  if (IsBoard(options)) {
    // Where it is told no port, QEMU puts a hub between.
    device = "usb-net,netdev=net0,port=1";
  } else if (options.backend == "bare_metal") {
    device = options.machine.starts_with("q35") ? "e1000e,netdev=net0,romfile="
                                                : "e1000,netdev=net0,romfile=";
  } else if (OverMmio(options)) {
    device = "virtio-net-device,netdev=net0";
  }
  command.insert(command.end(), {"-netdev", std::move(backend), "-device", device});
}

void AddDisks(std::vector<std::string>& command, const Options& options) {
  std::string_view device = "virtio-blk-pci,disable-legacy=on";
  if (options.backend == "bare_metal") {
    device = "nvme";
  } else if (OverMmio(options)) {
    device = "virtio-blk-device";
  }
  for (std::size_t i = 0; i < options.disks.size(); ++i) {
    command.insert(
        command.end(),
        {"-drive",
         std::format("file={},format=raw,if=none,id=disk{}", EscapeCommas(options.disks[i]), i),
         "-device", std::format("{},drive=disk{},serial=disk{}", device, i, i)});
  }
}

void AddBootDisk(std::vector<std::string>& command, const Options& options,
                 const Decisions& decisions) {
  if (options.uefi) {
    command.insert(command.end(), {"-bios", options.uefi_firmware});
  }
  command.insert(
      command.end(),
      {"-drive", decisions.disk.empty()
                     ? std::format("file={},format=raw,snapshot=on", EscapeCommas(options.image))
                     : std::format("file={},format=raw", EscapeCommas(decisions.disk))});
}

// What a board consists of is no choice. Its firmware's part is QEMU's, and the device tree's.
void AddBoard(std::vector<std::string>& command, const Options& options) {
  command.insert(command.end(), {"-machine", options.machine, "-dtb", options.device_tree});
}

void AddMachine(std::vector<std::string>& command, const Options& options,
                const Decisions& decisions) {
  // Where the devices are is no property of QEMU's machine.
  std::string machine = options.machine;
  if (IsVirt(options) && OverMmio(options)) {
    machine.erase(std::string_view("virt").size(), std::string_view("-mmio").size());
  }
  command.insert(command.end(), {"-machine", std::move(machine)});
  command.insert(command.end(), {"-accel", decisions.kvm ? "kvm" : "tcg"});
  // Guests here don't ask which side channels the CPU has closed, and some hosts' KVM refuses QEMU
  // the register that says so.
  command.insert(command.end(), {"-cpu", decisions.kvm ? "host,-arch-capabilities" : "max"});
  command.insert(command.end(), {"-m", Memory(options.memory_bytes)});
}

}  // namespace

std::expected<std::string, Complaint> CommandLine(const Options& options,
                                                  const Decisions& decisions) {
  std::vector<std::string> words = SplitWords(options.cmdline);
  words.insert(words.end(), options.words.begin(), options.words.end());
  if (!decisions.parameters.empty()) {
    words = AddParameters(words, decisions.parameters);
  }
  return JoinWords(words);
}

std::expected<std::vector<std::string>, Complaint> QemuCommand(const Options& options,
                                                               const Decisions& decisions) {
  auto append = CommandLine(options, decisions);
  if (!append.has_value()) {
    return std::unexpected(append.error());
  }

  std::vector<std::string> command = {options.qemu, "-nodefaults", "-no-user-config",
                                      "-display",   "none",        "-no-reboot"};
  if (IsBoard(options)) {
    AddBoard(command, options);
  } else {
    AddMachine(command, options, decisions);
  }
  command.insert(command.end(), {"-chardev", "stdio,id=console", "-serial", "chardev:console"});
  if (IsVirt(options) || IsBoard(options)) {
    command.insert(command.end(), {"-semihosting-config", "enable=on,target=native"});
  } else {
    command.insert(command.end(), {"-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"});
  }
  if (OverMmio(options)) {
    // QEMU's virtio over MMIO speaks the legacy protocol unless told otherwise.
    command.insert(command.end(), {"-global", "virtio-mmio.force-legacy=false"});
  }
  if (options.network) {
    AddNetwork(command, options, decisions);
  }
  AddDisks(command, options);
  if (decisions.gdb_port != 0) {
    command.insert(command.end(),
                   {"-S", "-gdb", std::format("tcp:127.0.0.1:{}", decisions.gdb_port)});
  }
  if (options.backend == "bare_metal" && !IsBoard(options)) {
    AddBootDisk(command, options, decisions);
  } else {
    command.insert(command.end(), {"-kernel", options.image});
    if (!append->empty()) {
      command.insert(command.end(), {"-append", *std::move(append)});
    }
  }
  // Last, where they win.
  command.insert(command.end(), options.qemu_arguments.begin(), options.qemu_arguments.end());
  return command;
}

std::expected<int, Complaint> StatusOfQemu(int exit_code) {
  if (exit_code >= 3 && exit_code <= 255 && exit_code % 2 == 1) {
    return (255 - exit_code) / 2;
  }
  if (exit_code == 0) {
    return std::unexpected(
        "the machine was reset or switched off without a status: its console says why, or --gdb "
        "shows it");
  }
  if (exit_code == 1) {
    return std::unexpected("QEMU could not start or run the machine; what it wrote above says why");
  }
  return std::unexpected(
      std::format("QEMU ended with {}, which says nothing about the image", exit_code));
}

}  // namespace ashlar::run
