// A file of Linux's as a block device.
// SPDX-License-Identifier: Apache-2.0
#include "libs/blockdev/linux_file.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/linux/abi.h"
#include "libs/linux/linux.h"

namespace ashlar::blockdev {
namespace {

constexpr std::uint32_t kBlockSize = 512;

// With the NUL behind it [linux include/uapi/linux/limits.h].
constexpr std::size_t kMaxPath = 4096;

// Calls `transfer` until all bytes are through; the host may do less than it was asked for.
template <typename Bytes, typename Transfer>
Result<void> All(Bytes bytes, std::uint64_t offset, Transfer transfer) {
  while (!bytes.empty()) {
    const Result<std::size_t> done = transfer(bytes, offset);
    if (!done && done.error() == Error::kInterrupted) {
      continue;
    }
    if (!done || *done == 0) {  // the file was cut short
      return std::unexpected(Error::kInputOutput);
    }
    bytes = bytes.subspan(*done);
    offset += *done;
  }
  return {};
}

}  // namespace

Result<LinuxFile::Opened> LinuxFile::Open(std::string_view path) {
  std::array<char, kMaxPath> text;
  if (path.size() >= text.size()) {
    return std::unexpected(Error::kInvalidArgument);
  }
  text[path.copy(text.data(), path.size())] = '\0';
  bool read_only = false;
  Result<int> fd = linux::Open(text.data(), linux::kOpenReadWrite | linux::kOpenCloexec);
  if (!fd) {
    read_only = true;
    fd = linux::Open(text.data(), linux::kOpenReadOnly | linux::kOpenCloexec);
  }
  const Result<std::size_t> size = linux::Size(ASHLAR_TRY(fd));
  if (!size || *size < kBlockSize) {
    linux::Close(*fd);
    return std::unexpected(Error::kUnsupported);
  }
  return Opened{*fd,
                {.block_size = kBlockSize,
                 .block_count = *size / kBlockSize,
                 .max_blocks = 2048,
                 .max_requests = kMaxRequests,
                 .read_only = read_only,
                 .write_cache = true}};
}

Result<void> LinuxFile::Do(const Request& request) {
  const std::uint64_t offset = request.first_block * kBlockSize;
  switch (request.operation) {
    case Operation::kRead:
      return All(request.buffer, offset, [&](std::span<std::byte> bytes, std::uint64_t at) {
        return linux::ReadAt(fd_, bytes, at);
      });
    case Operation::kWrite:
      return All(request.buffer, offset, [&](std::span<const std::byte> bytes, std::uint64_t at) {
        return linux::WriteAt(fd_, bytes, at);
      });
    case Operation::kFlush:
      return linux::SynchronizeData(fd_) ? Result<void>() : std::unexpected(Error::kInputOutput);
    case Operation::kDiscard:
      break;  // not among its properties
  }
  return std::unexpected(Error::kInputOutput);
}

}  // namespace ashlar::blockdev
