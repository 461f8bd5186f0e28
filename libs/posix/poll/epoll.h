// Epoll: waiting for one of many descriptors, at a cost that grows with those that are ready alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <span>

#include "libs/posix/descriptors/waiting_file.h"

namespace ashlar::posix {

/// What an epoll descriptor stands for. Files push their entries onto its ready list when they
/// become ready; waiting looks at that list and at nothing else.
class Epoll final : public WaitingFile {
 public:
  static Outcome<Epoll*> Create();

  /// EPOLL_CTL_ADD: EEXIST; EPERM: a file that is always ready (regular files, directories);
  /// EINVAL: this epoll itself; ELOOP: an epoll that watches this one; ENOMEM.
  Outcome<void> Add(int descriptor, File& file, const epoll_event& event);
  /// EPOLL_CTL_MOD and EPOLL_CTL_DEL: ENOENT.
  Outcome<void> Modify(int descriptor, File& file, const epoll_event& event);
  Outcome<void> Remove(int descriptor, File& file);

  /// epoll_wait(): fills in at most `events.size()`, and returns how many. Sleeps if there is none,
  /// at most for `timeout`.
  Outcome<int> Wait(std::span<epoll_event> events, clock::Duration timeout);
  using WaitingFile::Wait;

  Outcome<FileStatus> Status() override {
    return FileStatus{.kind = FileKind::kEpoll, .permissions = 0600};
  }
  void Close() override;

  explicit Epoll() : WaitingFile(FileKind::kEpoll, 2 /* O_RDWR */, 0) {}
  ~Epoll() = default;

 private:
  struct Ready;
  struct All;
  struct Entry : Watcher, IntrusiveListNode<Entry, Ready>, IntrusiveListNode<Entry, All> {
    Entry(Epoll& epoll, File& file, int descriptor)
        : Watcher(&Epoll::Notify, 0), epoll(epoll), file(file), descriptor(descriptor) {}
    bool ready() const { return IntrusiveListNode<Entry, Ready>::linked(); }
    /// Which of the events asked for are true now.
    Readiness Current() const;

    Epoll& epoll;
    File& file;
    int descriptor;
    std::uint32_t events = 0;  // as given; 0 after EPOLLONESHOT fired
    epoll_data_t data = {};
  };

  static void Notify(Watcher& watcher, Readiness raised);
  Entry* FindEntry(int descriptor, File& file);
  void Set(Entry& entry, const epoll_event& event);
  void Push(Entry& entry);
  int Collect(std::span<epoll_event> events);
  bool Watches(const Epoll& other, int depth);
  static void Free(Entry& entry);

  IntrusiveList<Entry, Ready> ready_;
  IntrusiveList<Entry, All> all_;
};

}  // namespace ashlar::posix
