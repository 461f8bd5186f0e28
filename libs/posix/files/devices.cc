// The few devices of /dev.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/devices.h"

#include <fcntl.h>

#include <array>
#include <cstring>

#include "libs/console/console.h"
#include "libs/entropy/entropy.h"
#include "libs/posix/descriptors/allocation.h"

namespace ashlar::posix {
namespace {

enum class Device : std::uint8_t { kConsole, kNull, kRandom, kUrandom, kZero };

constexpr std::array<std::string_view, 5> kNames = {"console", "null", "random", "urandom", "zero"};

FileStatus ToStatus(Device device) {
  return {.kind = FileKind::kDevice,
          .permissions = 0666,
          .serial = static_cast<std::uint64_t>(device) + 2,
          .links = 1,
          .size = 0,
          .modified = {},
          .constant_contents = {}};
}

class DeviceFile final : public File {
 public:
  DeviceFile(Device device, int flags)
      : File(device == Device::kConsole ? FileKind::kConsole : FileKind::kDevice,
             flags & (O_ACCMODE | O_NONBLOCK), kReadable | kWritable),
        device_(device) {}
  ~DeviceFile() = default;

  Outcome<std::size_t> Read(std::span<const iovec> into) override {
    std::size_t done = 0;
    for (const iovec& piece : into) {
      const std::span bytes(static_cast<std::byte*>(piece.iov_base), piece.iov_len);
      switch (device_) {
        case Device::kConsole:
        case Device::kNull:
          return 0;
        case Device::kZero:
          std::memset(bytes.data(), 0, bytes.size());
          break;
        case Device::kRandom:
        case Device::kUrandom:
          ASHLAR_TRY(entropy::Fill(bytes));
          break;
      }
      done += bytes.size();
    }
    return done;
  }

  Outcome<std::size_t> Write(std::span<const iovec> from, Lifetime) override {
    std::size_t done = 0;
    for (const iovec& piece : from) {
      if (device_ == Device::kConsole) {
        console::Write({static_cast<const char*>(piece.iov_base), piece.iov_len});
      }
      done += piece.iov_len;
    }
    return done;
  }

  Outcome<std::int64_t> Seek(std::int64_t, Whence) override { return 0; }
  Outcome<FileStatus> Status() override { return ToStatus(device_); }
  void Close() override { Delete(this); }

 private:
  Device device_;
};

Outcome<Device> FindDevice(std::string_view path) {
  for (std::size_t index = 0; index < kNames.size(); ++index) {
    if (kNames[index] == path) {
      return static_cast<Device>(index);
    }
  }
  return Failure(ENOENT);
}

}  // namespace

Outcome<File*> DeviceFileSystem::Open(std::string_view path, int flags, std::uint16_t) {
  const Outcome<Device> device = FindDevice(path);
  if (!device) {
    return Failure((flags & O_CREAT) != 0 ? EROFS : ENOENT);
  }
  DeviceFile* const file = New<DeviceFile>(*device, flags);
  if (file == nullptr) {
    return Failure(ENOMEM);
  }
  return file;
}

Outcome<FileStatus> DeviceFileSystem::Status(std::string_view path) {
  if (path.empty()) {
    return FileStatus{.kind = FileKind::kDirectory, .permissions = 0555, .serial = 1};
  }
  return ToStatus(ASHLAR_TRY(FindDevice(path)));
}

Outcome<DirectoryEntry> DeviceFileSystem::Entry(std::string_view path, std::size_t position) {
  if (!path.empty()) {
    return Failure(FindDevice(path) ? ENOTDIR : ENOENT);
  }
  if (position >= kNames.size()) {
    return Failure(ENOENT);
  }
  return DirectoryEntry{.name = kNames[position],
                        .kind = FileKind::kDevice,
                        .serial = position + 2,
                        .next = position + 1};
}

}  // namespace ashlar::posix
