// The command line of tools/run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::run {

/// Why a run can't begin or ended badly: one sentence that says what to do.
using Complaint = std::string;

enum class Accelerator { kMeasure, kKvm, kTcg };

struct Options {
  // What the image's launcher passes.
  std::string label;    ///< of the image's target, for messages
  std::string backend;  ///< linuxu, xen, bare_metal; any other is booted as kvm is
  std::string image;    ///< what the machine loads
  std::string symbols;  ///< the same with symbols
  std::string qemu = "qemu-system-x86_64";
  std::string uefi_firmware;  ///< what QEMU boots a disk image with by UEFI
  std::string hypervisor;     ///< the Xen whose initial domain a xen image becomes
  std::string device_tree;    ///< what QEMU passes to a board's image in its firmware's place
  std::string cmdline;        ///< the image's own words
  bool network = false;
  bool test = false;  ///< quiet, nothing chosen by measuring

  // What people ask for.
  std::uint64_t memory_bytes = 64 << 20;
  bool memory_asked = false;          ///< by --memory, and not only by the image
  std::optional<std::uint16_t> port;  ///< on the host; a free one is taken if there is none
  std::uint16_t guest_port = 80;
  std::string machine = "pc";  ///< of a xen image: pv or pvh; empty until the image's CPU is known,
                               ///< and of a linuxu image
  bool uefi = false;           ///< boot a disk image by UEFI instead of BIOS
  Accelerator accelerator = Accelerator::kMeasure;
  std::string tap;                 ///< a tap device's name instead of the user network
  std::vector<std::string> disks;  ///< files, each a disk of the machine's
  bool gdb = false;
  bool print = false;
  bool help = false;
  std::vector<std::string> xen_arguments;   ///< words for Xen's command line
  std::vector<std::string> qemu_arguments;  ///< passed on as they are
  std::vector<std::string> words;           ///< behind "--": more words for the image
};

/// Whether the machine is a board whose images are no disks.
inline bool IsBoard(const Options& options) { return options.machine.starts_with("raspi"); }

/// Reads the words behind the program's name.
std::expected<Options, Complaint> ParseOptions(std::span<const std::string> arguments);

/// What --help prints.
std::string_view HelpText();

}  // namespace ashlar::run
