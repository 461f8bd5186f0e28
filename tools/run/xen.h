// Xen: the command line that boots it with an image as its initial domain.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "tools/run/options.h"

namespace ashlar::run {

/// The command, QEMU's path first: QEMU's interpreter, Xen, the image as a PV or a PVH domain
/// (options.machine). `gdb_port` 0: no debugger.
std::expected<std::vector<std::string>, Complaint> XenCommand(const Options& options,
                                                              std::uint16_t gdb_port);

}  // namespace ashlar::run
