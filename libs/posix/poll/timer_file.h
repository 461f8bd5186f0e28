// TimerFile: timerfd's file, which becomes readable when its time comes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include "libs/posix/descriptors/waiting_file.h"
#include "libs/timer/timer.h"

namespace ashlar::posix {

class TimerFile final : public WaitingFile {
 public:
  /// EINVAL: no such clock; ENOMEM. `flags`: O_NONBLOCK or 0.
  static Outcome<TimerFile*> Create(clockid_t clock, int flags);

  /// What a timer is set to: when it next expires (kForever: it doesn't) and how often from then on
  /// (zero: once).
  struct Setting {
    clock::Duration left;
    clock::Duration interval;
  };
  Setting setting() const;
  /// Arms it for `deadline` (kNever disarms it), and forgets expirations that nobody read.
  void Set(clock::Instant deadline, clock::Duration interval);
  clockid_t clock() const { return clock_; }

  Outcome<std::size_t> Read(std::span<const iovec> into) override;
  Outcome<FileStatus> Status() override {
    return FileStatus{.kind = FileKind::kTimer, .permissions = 0600};
  }
  void Close() override;

  TimerFile(clockid_t clock, int flags);
  ~TimerFile() = default;

 private:
  struct Alarm : timer::Timer {
    explicit Alarm(TimerFile& file) : Timer(&Expired), file(file) {}
    static void Expired(timer::Timer& timer);
    TimerFile& file;
  };

  Alarm alarm_{*this};
  clock::Duration interval_{0};
  std::uint64_t expirations_ = 0;
  clockid_t clock_;
};

}  // namespace ashlar::posix
