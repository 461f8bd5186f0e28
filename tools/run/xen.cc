// Puts together QEMU's words for Xen, and Xen's for the image.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/xen.h"

#include <cstdint>
#include <expected>
#include <format>
#include <string>
#include <utility>
#include <vector>

#include "tools/run/qemu.h"
#include "tools/run/words.h"

namespace ashlar::run {
namespace {

// What Xen needs beside the domain's memory.
constexpr std::uint64_t kXenMib = 48;

}  // namespace

std::expected<std::vector<std::string>, Complaint> XenCommand(const Options& options,
                                                              std::uint16_t gdb_port) {
  const auto line = CommandLine(options, {});
  if (!line.has_value()) {
    return std::unexpected(line.error());
  }
  if (options.image.contains(' ')) {
    return std::unexpected(std::format(
        "{} has a blank in its path, which Xen takes for its end: move it", options.image));
  }
  const bool pvh = options.machine == "pvh";
  std::string xen_line = std::format(
      "console=com1 com1=115200,8n1 loglvl=none guest_loglvl=none "
      "dom0_mem={0}K,max:{0}K",
      options.memory_bytes >> 10);
  if (pvh) {
    xen_line += " dom0=pvh";
  }
  for (const std::string& argument : options.xen_arguments) {
    xen_line += " " + argument;
  }

  std::vector<std::string> command = {options.qemu, "-nodefaults", "-no-user-config",
                                      "-display",   "none",        "-no-reboot"};
  // Xen gives the machine to no PVH domain that its IOMMU cannot hold; QEMU's wants a split
  // interrupt controller.
  command.insert(command.end(), {"-machine", pvh ? "q35,kernel-irqchip=split" : "q35"});
  if (pvh) {
    command.insert(command.end(), {"-device", "intel-iommu,intremap=off"});
  }
  command.insert(command.end(), {"-accel", "tcg"});
  // With SMAP, this QEMU faults on a PV domain's return from an exception.
  command.insert(command.end(), {"-cpu", "max,-smap"});
  command.insert(
      command.end(),
      {"-m", std::format("{}M", ((options.memory_bytes + (1 << 20) - 1) >> 20) + kXenMib)});
  command.insert(command.end(), {"-chardev", "stdio,id=console", "-serial", "chardev:console"});
  command.insert(command.end(), {"-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"});
  if (gdb_port != 0) {
    command.insert(command.end(), {"-S", "-gdb", std::format("tcp:127.0.0.1:{}", gdb_port)});
  }
  command.insert(command.end(), options.qemu_arguments.begin(), options.qemu_arguments.end());
  command.insert(command.end(), {"-kernel", options.hypervisor, "-append", std::move(xen_line)});
  command.insert(
      command.end(),
      {"-initrd", EscapeCommas(line->empty() ? options.image : options.image + " " + *line)});
  return command;
}

}  // namespace ashlar::run
