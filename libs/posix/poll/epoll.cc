// Epoll: entries that put themselves onto the ready list.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/epoll.h"

#include "libs/posix/descriptors/allocation.h"
#include "libs/posix/poll/poll.h"
#include "libs/posix/time/time.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {
namespace {

constexpr std::uint32_t kEdgeTriggered = static_cast<std::uint32_t>(EPOLLET);
constexpr std::uint32_t kOneShot = static_cast<std::uint32_t>(EPOLLONESHOT);
constexpr std::uint32_t kEvents = 0xffff;  // the rest are options
static_assert(kReadable == EPOLLIN && kWritable == EPOLLOUT && kError == EPOLLERR &&
              kHangUp == EPOLLHUP && kReadHangUp == EPOLLRDHUP && kPriority == EPOLLPRI);

/// How deep epolls may watch epolls.
constexpr int kMaxDepth = 5;

}  // namespace

Outcome<Epoll*> Epoll::Create() {
  Epoll* const epoll = New<Epoll>();
  if (epoll == nullptr) {
    return Failure(ENOMEM);
  }
  return epoll;
}

void Epoll::Close() {
  while (!all_.empty()) {
    Entry& entry = all_.front();
    entry.file.Unwatch(entry);
    Free(entry);
  }
  Delete(this);
}

void Epoll::Free(Entry& entry) {
  if (entry.ready()) {
    IntrusiveList<Entry, Ready>::Remove(entry);
  }
  IntrusiveList<Entry, All>::Remove(entry);
  Delete(&entry);
}

Readiness Epoll::Entry::Current() const {
  return events == 0 ? 0 : ToEvents(file.readiness()) & (events | kError | kHangUp) & kEvents;
}

void Epoll::Notify(Watcher& watcher, Readiness raised) {
  auto& entry = static_cast<Entry&>(watcher);
  if ((raised & kGone) != 0) {
    Free(entry);
  } else if (!entry.ready() && entry.events != 0) {
    entry.epoll.Push(entry);
  }
}

void Epoll::Push(Entry& entry) {
  ready_.PushBack(entry);
  Raise(kReadable);
}

Epoll::Entry* Epoll::FindEntry(int descriptor, File& file) {
  for (Watcher& watcher : file.watchers()) {
    if (watcher.callback() == &Epoll::Notify) {
      auto& entry = static_cast<Entry&>(watcher);
      if (&entry.epoll == this && entry.descriptor == descriptor) {
        return &entry;
      }
    }
  }
  return nullptr;
}

bool Epoll::Watches(const Epoll& other, int depth) {
  if (this == &other || depth == 0) {
    return true;
  }
  for (Entry& entry : all_) {
    if (entry.file.kind() == FileKind::kEpoll &&
        static_cast<Epoll&>(entry.file).Watches(other, depth - 1)) {
      return true;
    }
  }
  return false;
}

void Epoll::Set(Entry& entry, const epoll_event& event) {
  // Error and hang-up are always asked for, so an entry that asks for nothing else is told apart
  // from a spent one.
  entry.events = event.events | kError | kHangUp;
  entry.data = event.data;
  entry.interest = FromEvents(event.events & kEvents);
  if (!entry.ready() && entry.Current() != 0) {
    Push(entry);
  }
}

Outcome<void> Epoll::Add(int descriptor, File& file, const epoll_event& event) {
  if (&file == this) {
    return Failure(EINVAL);
  }
  if (file.kind() == FileKind::kRegular || file.kind() == FileKind::kDirectory) {
    return Failure(EPERM);
  }
  if (file.kind() == FileKind::kEpoll && static_cast<Epoll&>(file).Watches(*this, kMaxDepth)) {
    return Failure(ELOOP);
  }
  if (FindEntry(descriptor, file) != nullptr) {
    return Failure(EEXIST);
  }
  Entry* const entry = New<Entry>(*this, file, descriptor);
  if (entry == nullptr) {
    return Failure(ENOMEM);
  }
  all_.PushBack(*entry);
  file.Watch(*entry);
  Set(*entry, event);
  return {};
}

Outcome<void> Epoll::Modify(int descriptor, File& file, const epoll_event& event) {
  Entry* const entry = FindEntry(descriptor, file);
  if (entry == nullptr) {
    return Failure(ENOENT);
  }
  Set(*entry, event);
  return {};
}

Outcome<void> Epoll::Remove(int descriptor, File& file) {
  Entry* const entry = FindEntry(descriptor, file);
  if (entry == nullptr) {
    return Failure(ENOENT);
  }
  file.Unwatch(*entry);
  Free(*entry);
  return {};
}

int Epoll::Collect(std::span<epoll_event> events) {
  // Level-triggered entries stay on the list; whether they are still ready is seen the next time.
  IntrusiveList<Entry, Ready> again;
  std::size_t count = 0;
  while (count < events.size() && !ready_.empty()) {
    Entry& entry = ready_.PopFront();
    const Readiness current = entry.Current();
    if (current == 0) {
      continue;
    }
    events[count].events = current;
    events[count].data = entry.data;
    ++count;
    if ((entry.events & kOneShot) != 0) {
      entry.events = 0;
    } else if ((entry.events & kEdgeTriggered) == 0) {
      again.PushBack(entry);
    }
  }
  while (!again.empty()) {
    ready_.PushBack(again.PopFront());
  }
  if (ready_.empty()) {
    Lower(kReadable);
  }
  return static_cast<int>(count);
}

Outcome<int> Epoll::Wait(std::span<epoll_event> events, clock::Duration timeout) {
  if (const int count = Collect(events); count != 0) [[likely]] {
    NoteBusy();
    return count;
  }
  if (timeout == clock::Duration::zero()) {
    Retain();  // another thread may close the descriptor meanwhile
    scheduler::Yield();
    const int count = Collect(events);
    Release();
    return count;
  }
  const clock::Instant deadline = DeadlineAfter(timeout);
  Retain();
  int count = 0;
  while (count == 0 && WaitUntil(kReadable, deadline)) {
    count = Collect(events);
  }
  Release();
  return count;
}

}  // namespace ashlar::posix
