// Descriptors: the small numbers of POSIX, and the abstract File behind each.
//
// What read(), write(), poll() and their kin share. A File never blocks inside Read or Write: it
// says EAGAIN and keeps its readiness up to date; waiting is done in one place (Read and Write
// below, poll, epoll). The C functions are members of this library's archive, one topic a file, so
// an image that only writes to the console carries neither heap nor scheduler.
//
// Not safe from two CPUs or a preemptive scheduler at once: whoever runs owns the table.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <errno.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <utility>

#include "libs/base/intrusive_list.h"
#include "libs/base/result.h"
#include "libs/clock/clock.h"

namespace ashlar::posix {

/// The errno that stands for `error`: the one table.
int ToErrno(Error error);

/// An errno value as an error type: this layer's errors are errno's, which are finer than
/// ashlar::Error.
struct Errno {
  int value;
  constexpr explicit(false) Errno(int number) : value(number) {}
  explicit(false) Errno(Error error) : value(ToErrno(error)) {}
  constexpr bool operator==(const Errno&) const = default;
};

/// The value of a call, or its errno.
template <typename T>
using Outcome = std::expected<T, Errno>;

/// The failure `error`, an errno number or an ashlar::Error, as an Outcome.
inline std::unexpected<Errno> Failure(Errno error) { return std::unexpected(error); }

/// What a file is ready for: bits of a set, with the values of poll()'s and epoll's own events.
using Readiness = std::uint32_t;
inline constexpr Readiness kReadable =
    0x001;  ///< POLLIN: Read would not say EAGAIN (data, end of file or error)
inline constexpr Readiness kPriority = 0x002;  ///< POLLPRI
inline constexpr Readiness kWritable =
    0x004;  ///< POLLOUT: Write would take at least a byte, or fail for good
inline constexpr Readiness kError = 0x008;  ///< POLLERR: always watched for
inline constexpr Readiness kHangUp =
    0x010;  ///< POLLHUP: both directions are over; always watched for
inline constexpr Readiness kReadHangUp = 0x2000;  ///< POLLRDHUP: the peer sends no more
inline constexpr Readiness kGone =
    0x8000'0000;  ///< to watchers only: the last descriptor was closed

/// No timeout.
inline constexpr clock::Duration kForever = clock::Duration::max();

class File;

/// Somebody who wants to know when a file becomes ready: a sleeping thread, or an entry of an epoll
/// set.
class Watcher : public IntrusiveListNode<Watcher> {
 public:
  /// Called from File::Raise(), so possibly from the event loop: it may wake threads and change
  /// lists of its own, but not touch the file's watchers. With kGone the watcher has left the
  /// file's list already.
  using Callback = void (*)(Watcher&, Readiness raised);

  constexpr Watcher(Callback notify, Readiness interest) : interest(interest), notify_(notify) {}

  /// Only these bits notify; kError, kHangUp and kGone always do.
  Readiness interest;

  /// What is called, and so what kind of watcher this is.
  Callback callback() const { return notify_; }

 private:
  friend class File;
  Callback notify_;
};

/// How long bytes given to Write stay as they are.
enum class Lifetime : std::uint8_t {
  kCall,   ///< until Write returns: whoever needs them longer copies
  kImage,  ///< forever, in memory devices can reach: may be queued by reference (rootfs pages,
           ///< string constants)
};

enum class Whence : std::uint8_t { kStart, kCurrent, kEnd };

enum class FileKind : std::uint8_t {
  kConsole,
  kRegular,    ///< a PositionedFile (//libs/posix/files), so that what the kind says may be cast to
  kDirectory,  ///< a Directory (the same)
  kPipe,
  kSocket,
  kEpoll,
  kEventCounter,
  kTimer,
  kDevice,
};

/// What fstat() tells, and where the contents lie.
struct FileStatus {
  FileKind kind = FileKind::kRegular;
  std::uint16_t permissions = 0;  ///< the nine rwx bits
  std::uint64_t serial = 0;       ///< st_ino
  std::uint32_t links = 1;
  std::int64_t size = 0;                 ///< bytes
  std::chrono::nanoseconds modified{0};  ///< since 1970
  /// All of the file's bytes where they are constant for the image's life (rootfs), else empty:
  /// sendfile and mmap take them by reference.
  std::span<const std::byte> constant_contents = {};
};

/// An open file ("open file description"): what a descriptor, or several after dup(), stands for.
/// Lives from its first reference (Install) to its last (close), when Close() is called.
class File {
 public:
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// Takes what is there into `into`, at most its size; 0 is end of file. EAGAIN: nothing now.
  /// Never blocks.
  virtual Outcome<std::size_t> Read(std::span<const iovec> into);
  /// Takes as many of the bytes as it can at once, at least one of a non-empty `from`, or says
  /// EAGAIN. Never blocks.
  virtual Outcome<std::size_t> Write(std::span<const iovec> from, Lifetime lifetime);
  /// Sleeps until one of `wanted`, kError or kHangUp is in readiness(), or for `timeout`. False:
  /// the time is over. Files that never say EAGAIN leave it as it is (false); the others derive
  /// from WaitingFile (waiting_file.h).
  virtual bool Wait(Readiness wanted, clock::Duration timeout);
  virtual Outcome<FileStatus> Status() = 0;
  /// Moves the read and write position, and returns it. ESPIPE where there is none (the default).
  virtual Outcome<std::int64_t> Seek(std::int64_t offset, Whence whence);
  /// ioctl()'s requests that the descriptor layer does not answer itself. ENOTTY: the default.
  virtual Outcome<int> Control(unsigned long request, void* argument);
  /// The last reference is gone: free what you hold, and yourself.
  virtual void Close() = 0;

  FileKind kind() const { return kind_; }
  Readiness readiness() const { return readiness_; }

  /// O_NONBLOCK, O_APPEND, O_RDONLY, O_WRONLY, O_RDWR as fcntl(F_GETFL) gives them.
  int flags() const { return flags_; }
  void set_flags(int flags) { flags_ = flags; }
  /// How long blocking reads and writes wait before they say EAGAIN (SO_RCVTIMEO, SO_SNDTIMEO);
  /// kForever at first.
  clock::Duration read_timeout() const { return read_timeout_; }
  clock::Duration write_timeout() const { return write_timeout_; }
  void set_read_timeout(clock::Duration timeout) { read_timeout_ = timeout; }
  void set_write_timeout(clock::Duration timeout) { write_timeout_ = timeout; }

  /// One reference more; Release() undoes it. Descriptors hold one each, and so does a call while
  /// it sleeps.
  constexpr void Retain() { ++references_; }
  void Release();

  void Watch(Watcher& watcher) { watchers_.PushBack(watcher); }
  void Unwatch(Watcher& watcher) { IntrusiveList<Watcher>::Remove(watcher); }
  IntrusiveList<Watcher>& watchers() { return watchers_; }

 protected:
  constexpr File(FileKind kind, int flags, Readiness readiness)
      : readiness_(readiness), flags_(flags), kind_(kind) {}
  ~File() = default;

  /// For the file itself: these bits became, or again became, true (new data on top of old counts:
  /// edge-triggered watchers hear of it). O(watchers), normally one or none.
  void Raise(Readiness bits) {
    readiness_ |= bits;
    if (!watchers_.empty()) {
      Notify(bits);
    }
  }
  /// These bits are no longer true. Nobody is told.
  void Lower(Readiness bits) { readiness_ &= ~bits; }

 private:
  void Notify(Readiness bits);

  IntrusiveList<Watcher> watchers_;
  Readiness readiness_;
  std::uint32_t references_ = 0;
  int flags_;
  FileKind kind_;
  clock::Duration read_timeout_ = kForever;
  clock::Duration write_timeout_ = kForever;
};

/// Holds a reference while its thread sleeps: another thread may close the descriptor meanwhile.
class Reference {
 public:
  explicit Reference(File& file) : file_(file) { file_.Retain(); }
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  ~Reference() { file_.Release(); }

 private:
  File& file_;
};

/// The file of descriptor `number`, or nullptr (EBADF). A bounds check and a load. The reference
/// stays the table's: hold one of your own over anything that sleeps.
File* Find(int number);

/// The lowest free descriptor from `at_least` on, now standing for `file`, with one reference
/// taken. ENOMEM: no memory for a larger table; EMFILE: kMaxDescriptors are open. On failure
/// nothing was taken.
Outcome<int> Install(File& file, bool close_on_exec = false, int at_least = 0);
inline constexpr int kMaxDescriptors = 1 << 20;

/// Makes `number` stand for `file`, with one reference taken, after dropping what it stood for
/// (dup2). Its errors as Install's; EBADF: `number` is negative or too large.
Outcome<void> InstallAt(int number, File& file, bool close_on_exec = false);

/// FD_CLOEXEC of an open descriptor: kept and told, though nothing here execs.
bool close_on_exec(int number);
void set_close_on_exec(int number, bool on);

/// Frees descriptor `number` and drops its reference. EBADF.
Outcome<void> Close(int number);

/// read() and write(): as File's, but sleep while the file says EAGAIN unless it is O_NONBLOCK, and
/// Write then goes on until everything is written or an error comes after nothing was.
Outcome<std::size_t> Read(File& file, std::span<const iovec> into);
Outcome<std::size_t> Write(File& file, std::span<const iovec> from,
                           Lifetime lifetime = Lifetime::kCall);

/// For the C functions: -1 with errno set, or the value.
inline int Fail(Errno error) {
  errno = error.value;
  return -1;
}
template <typename T>
inline long Return(const Outcome<T>& outcome) {
  if (!outcome) [[unlikely]] {
    return Fail(outcome.error());
  }
  if constexpr (std::is_void_v<T>) {
    return 0;
  } else {
    return static_cast<long>(*outcome);
  }
}

}  // namespace ashlar::posix

namespace ashlar::internal {

/// ASHLAR_TRY on an Outcome.
template <typename T>
constexpr T TakeValue(posix::Outcome<T>& result) {
  return static_cast<T&&>(*result);
}
constexpr void TakeValue(posix::Outcome<void>&) {}

}  // namespace ashlar::internal
