// EventCounter: eventfd's file.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/event_counter.h"

#include <fcntl.h>

#include <cstring>
#include <limits>

#include "libs/posix/descriptors/allocation.h"

namespace ashlar::posix {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() - 1;

}  // namespace

Outcome<EventCounter*> EventCounter::Create(std::uint64_t initial, bool semaphore, int flags) {
  EventCounter* const counter = New<EventCounter>(initial, semaphore, flags);
  if (counter == nullptr) {
    return Failure(ENOMEM);
  }
  return counter;
}

EventCounter::EventCounter(std::uint64_t initial, bool semaphore, int flags)
    : WaitingFile(FileKind::kEventCounter, O_RDWR | flags,
                  kWritable | (initial != 0 ? kReadable : 0)),
      value_(initial),
      semaphore_(semaphore) {}

void EventCounter::Close() { Delete(this); }

Outcome<std::size_t> EventCounter::Read(std::span<const iovec> into) {
  if (into.empty() || into.front().iov_len < sizeof(value_)) {
    return Failure(EINVAL);
  }
  if (value_ == 0) {
    return Failure(EAGAIN);
  }
  const std::uint64_t taken = semaphore_ ? 1 : value_;
  value_ -= taken;
  if (value_ == 0) {
    Lower(kReadable);
  }
  std::memcpy(into.front().iov_base, &taken, sizeof(taken));
  Raise(kWritable);
  return sizeof(taken);
}

Outcome<std::size_t> EventCounter::Write(std::span<const iovec> from, Lifetime) {
  std::uint64_t added = 0;
  if (from.empty() || from.front().iov_len < sizeof(added)) {
    return Failure(EINVAL);
  }
  std::memcpy(&added, from.front().iov_base, sizeof(added));
  if (added > kMost) {
    return Failure(EINVAL);
  }
  if (added > kMost - value_) {
    Lower(kWritable);
    return Failure(EAGAIN);
  }
  value_ += added;
  if (value_ == kMost) {
    Lower(kWritable);
  }
  if (value_ != 0) {
    Raise(kReadable);
  }
  return sizeof(added);
}

}  // namespace ashlar::posix
