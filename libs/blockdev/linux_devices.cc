// linuxu's set of disks: the file that the command line names with blockdev.file=PATH.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/blockdev/linux_file.h"
#include "libs/command_line/command_line.h"
#include "libs/log/log.h"

namespace ashlar::blockdev {
namespace {

alignas(LinuxFile) constinit std::byte storage[sizeof(LinuxFile)] = {};
constinit std::array<BlockDevice*, 1> devices = {};
constinit std::size_t count = 0;
constinit bool looked = false;

void Look() {
  const std::optional<std::string_view> path = command_line::Parameter("blockdev.file");
  if (!path) {
    return;
  }
  const Result<LinuxFile::Opened> opened = LinuxFile::Open(*path);
  if (!opened) {
    log::Error("blockdev", "blockdev.file=", *path, ": ", opened.error());
    return;
  }
  devices[count++] = new (storage) LinuxFile(*opened);
}

}  // namespace

std::span<BlockDevice* const> Devices() {
  if (!looked) {
    looked = true;
    Look();
  }
  return std::span(devices).first(count);
}

}  // namespace ashlar::blockdev
