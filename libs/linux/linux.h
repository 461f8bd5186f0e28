// Linux, to a process that has no C library: the system calls that Ashlar makes, typed, with
// Results.
//
// Each function is one system call and nothing else, inline; the manual page of that name, section
// 2, is its documentation. Failures become an Error by ErrorFrom(), one table for all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/linux/abi.h"
#include "libs/linux/system_call.h"

namespace ashlar::linux {

/// The Error for an error number, a positive one. What has no counterpart is kInputOutput.
[[gnu::const]] constexpr Error ErrorFrom(int error_number) {
  switch (error_number) {
    case kEperm:
    case kEacces:
      return Error::kPermission;
    case kEnoent:
    case kEnodev:
    case kEnxio:
      return Error::kNotFound;
    case kEintr:
      return Error::kInterrupted;
    case kEagain:
      return Error::kWouldBlock;
    case kEnomem:
    case kEnobufs:
      return Error::kOutOfMemory;
    case kEbusy:
    case kEexist:
      return Error::kExists;
    case kEinval:
      return Error::kInvalidArgument;
    case kEbadf:
    case kEbadfd:
      return Error::kBroken;
    case kEnosys:
    case kEopnotsupp:
      return Error::kUnsupported;
    case kEmsgsize:
      return Error::kMessageTooLong;
    default:
      return Error::kInputOutput;
  }
}

namespace internal {

[[gnu::always_inline]] inline Result<std::size_t> Count(long result) {
  if (result < 0) {
    return std::unexpected(ErrorFrom(static_cast<int>(-result)));
  }
  return static_cast<std::size_t>(result);
}

[[gnu::always_inline]] inline Result<int> Integer(long result) {
  if (result < 0) {
    return std::unexpected(ErrorFrom(static_cast<int>(-result)));
  }
  return static_cast<int>(result);
}

[[gnu::always_inline]] inline Result<void> Nothing(long result) {
  if (result < 0) {
    return std::unexpected(ErrorFrom(static_cast<int>(-result)));
  }
  return {};
}

}  // namespace internal

// Files.

/// `path` is NUL-terminated.
inline Result<int> Open(const char* path, int flags) {
  return internal::Integer(SystemCall(Number::kOpenat, kAtFdcwd, path, flags, 0));
}

inline void Close(int fd) { SystemCall(Number::kClose, fd); }

inline Result<std::size_t> Read(int fd, std::span<std::byte> bytes) {
  return internal::Count(SystemCall(Number::kRead, fd, bytes.data(), bytes.size()));
}

inline Result<std::size_t> Write(int fd, std::span<const std::byte> bytes) {
  return internal::Count(SystemCall(Number::kWrite, fd, bytes.data(), bytes.size()));
}

/// At `offset`, wherever the file's own position is. (pread(2), pwrite(2).)
inline Result<std::size_t> ReadAt(int fd, std::span<std::byte> bytes, std::uint64_t offset) {
  return internal::Count(SystemCall(Number::kPread64, fd, bytes.data(), bytes.size(), offset));
}
inline Result<std::size_t> WriteAt(int fd, std::span<const std::byte> bytes, std::uint64_t offset) {
  return internal::Count(SystemCall(Number::kPwrite64, fd, bytes.data(), bytes.size(), offset));
}

/// What was written is on the disk. (fdatasync(2).)
inline Result<void> SynchronizeData(int fd) {
  return internal::Nothing(SystemCall(Number::kFdatasync, fd));
}

/// How long it is, a block device as well. (lseek(2) to the end.)
inline Result<std::size_t> Size(int fd) {
  return internal::Count(SystemCall(Number::kLseek, fd, 0, kFromEnd));
}

inline Result<std::size_t> ReadVector(int fd, std::span<const IoVector> parts) {
  return internal::Count(SystemCall(Number::kReadv, fd, parts.data(), parts.size()));
}

inline Result<std::size_t> WriteVector(int fd, std::span<const IoVector> parts) {
  return internal::Count(SystemCall(Number::kWritev, fd, parts.data(), parts.size()));
}

/// Sets the open file's flags, as kOpenNonblock. (F_SETFL of fcntl(2).)
inline Result<void> SetStatusFlags(int fd, int flags) {
  return internal::Nothing(SystemCall(Number::kFcntl, fd, kSetStatusFlags, flags));
}

/// `argument` is an integer or a pointer, as the request wants it.
template <typename T>
Result<int> Ioctl(int fd, unsigned request, T argument) {
  return internal::Integer(SystemCall(Number::kIoctl, fd, request, argument));
}

/// Waits until a descriptor is ready or `timeout` has passed (nullptr: for ever), with no change of
/// the signal mask; how many are ready.
inline Result<int> Poll(std::span<PollFd> fds, const Timespec* timeout) {
  // The kernel writes the time left into the timeout.
  Timespec copy = timeout != nullptr ? *timeout : Timespec{};
  return internal::Integer(SystemCall(Number::kPpoll, fds.data(), fds.size(),
                                      timeout != nullptr ? &copy : nullptr, nullptr, 8));
}

// Memory.

/// Fresh zero pages somewhere.
inline Result<std::span<std::byte>> MapAnonymous(std::size_t size, int protection,
                                                 int extra_flags) {
  const long result = SystemCall(Number::kMmap, 0, size, protection,
                                 kMapPrivate | kMapAnonymous | extra_flags, -1, 0);
  if (result < 0 && result > -4096) {
    return std::unexpected(ErrorFrom(static_cast<int>(-result)));
  }
  return std::span(reinterpret_cast<std::byte*>(result), size);
}

inline Result<void> Protect(std::span<std::byte> pages, int protection) {
  return internal::Nothing(SystemCall(Number::kMprotect, pages.data(), pages.size(), protection));
}

// The process and its thread.

[[noreturn]] inline void ExitGroup(int status) {
  SystemCall(Number::kExitGroup, status);
  __builtin_trap();
}

inline Result<void> SetSignalAction(int signal, const SignalAction& action) {
  return internal::Nothing(
      SystemCall(Number::kRtSigaction, signal, &action, nullptr, sizeof(action.mask)));
}

inline Result<void> SetSignalStack(const SignalStack& stack) {
  return internal::Nothing(SystemCall(Number::kSigaltstack, &stack, nullptr));
}

// Time and chance.

inline Result<Timespec> ClockGettime(int clock) {
  Timespec time;
  const long result = SystemCall(Number::kClockGettime, clock, &time);
  if (result < 0) {
    return std::unexpected(ErrorFrom(static_cast<int>(-result)));
  }
  return time;
}

inline Result<std::size_t> GetRandom(std::span<std::byte> bytes) {
  return internal::Count(SystemCall(Number::kGetrandom, bytes.data(), bytes.size(), 0));
}

// Sockets, for their ioctls and for raw packets.

inline Result<int> Socket(int family, int type, int protocol) {
  return internal::Integer(SystemCall(Number::kSocket, family, type, protocol));
}

template <typename Address>
Result<void> Bind(int fd, const Address& address) {
  return internal::Nothing(SystemCall(Number::kBind, fd, &address, sizeof(address)));
}

template <typename Value>
Result<void> SetSocketOption(int fd, int level, int option, const Value& value) {
  return internal::Nothing(
      SystemCall(Number::kSetsockopt, fd, level, option, &value, sizeof(value)));
}

}  // namespace ashlar::linux
