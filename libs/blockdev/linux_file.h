// A file of Linux's as a block device: linuxu's disk.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/blockdev/synchronous_disk.h"

namespace ashlar::blockdev {

/// The disk, of blocks of 512 bytes; what is behind the last whole one is left alone. Reads and
/// writes happen in Poll() and take the time that the host takes for them.
class LinuxFile final : public SynchronousDisk {
 public:
  /// What the file `path` (a block device as well) is as a disk: read-only where it may not be
  /// written. kNotFound, kPermission, or what else the host says; kUnsupported: it has no blocks;
  /// kInvalidArgument: the path is longer than Linux takes.
  struct Opened {
    int fd;
    Properties properties;
  };
  static Result<Opened> Open(std::string_view path);

  /// Keeps the file open as long as the image lives.
  explicit LinuxFile(const Opened& opened) : SynchronousDisk(opened.properties), fd_(opened.fd) {}

 private:
  Result<void> Do(const Request& request) override;

  int fd_;
};

}  // namespace ashlar::blockdev
