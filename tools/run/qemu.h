// QEMU: the command line that boots an image, and what its exit status says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "tools/run/options.h"

namespace ashlar::run {

/// What was decided for this run.
struct Decisions {
  bool kvm = false;                          ///< the accelerator; TCG otherwise
  std::uint16_t forwarded_port = 0;          ///< of the host; 0: none
  std::optional<int> tap_fd = std::nullopt;  ///< an open tap; for --print, the name is used instead
  std::uint16_t gdb_port = 0;                ///< 0: no debugger
  std::string disk = {};  ///< a copy of the disk image, with the words; empty: the image itself
  std::vector<std::string> parameters = {};  ///< to add to the image's command line
};

/// The image's words: its own, the user's, and our parameters, as one text.
std::expected<std::string, Complaint> CommandLine(const Options& options,
                                                  const Decisions& decisions);

/// The command, QEMU's path first.
std::expected<std::vector<std::string>, Complaint> QemuCommand(const Options& options,
                                                               const Decisions& decisions);

/// The image's status behind QEMU's exit code, by the exit device: 255 - 2 * status. Or why there
/// is none.
std::expected<int, Complaint> StatusOfQemu(int exit_code);

}  // namespace ashlar::run
