// TimerFile: timerfd's file.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/timer_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "libs/posix/descriptors/allocation.h"

namespace ashlar::posix {

Outcome<TimerFile*> TimerFile::Create(clockid_t clock, int flags) {
  TimerFile* const file = New<TimerFile>(clock, flags);
  if (file == nullptr) {
    return Failure(ENOMEM);
  }
  return file;
}

TimerFile::TimerFile(clockid_t clock, int flags)
    : WaitingFile(FileKind::kTimer, O_RDONLY | flags, 0), clock_(clock) {}

void TimerFile::Close() {
  alarm_.Disarm();
  Delete(this);
}

TimerFile::Setting TimerFile::setting() const {
  if (!alarm_.armed()) {
    return {kForever, interval_};
  }
  return {std::max(alarm_.deadline() - clock::Monotonic::now(), clock::Duration(1)), interval_};
}

void TimerFile::Set(clock::Instant deadline, clock::Duration interval) {
  alarm_.Disarm();
  expirations_ = 0;
  Lower(kReadable);
  interval_ = interval;
  if (deadline != clock::kNever) {
    alarm_.Arm(deadline);
  }
}

void TimerFile::Alarm::Expired(timer::Timer& timer) {
  auto& alarm = static_cast<Alarm&>(timer);
  TimerFile& file = alarm.file;
  std::int64_t count = 1;
  if (file.interval_ > clock::Duration::zero()) {
    // Those missed while nobody ran the event loop count too.
    const clock::Duration late = clock::Monotonic::now() - timer.deadline();
    count += late / file.interval_;
    timer.Arm(timer.deadline() + count * file.interval_);
  }
  file.expirations_ += static_cast<std::uint64_t>(count);
  file.Raise(kReadable);
}

Outcome<std::size_t> TimerFile::Read(std::span<const iovec> into) {
  if (into.empty() || into.front().iov_len < sizeof(expirations_)) {
    return Failure(EINVAL);
  }
  if (expirations_ == 0) {
    return Failure(EAGAIN);
  }
  std::memcpy(into.front().iov_base, &expirations_, sizeof(expirations_));
  expirations_ = 0;
  Lower(kReadable);
  return sizeof(expirations_);
}

}  // namespace ashlar::posix
