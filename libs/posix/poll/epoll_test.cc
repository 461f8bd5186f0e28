// epoll: level, edge and one-shot entries, files and epolls that go away, waiting.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/epoll.h"

#include <sys/epoll.h>

#include <array>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "libs/posix/descriptors/fake_file.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {
namespace {

constexpr clock::Duration kNow{0};

// By value: the structure is packed, and a reference into it is not aligned.
std::uint64_t Tag(const epoll_event& event) { return event.data.u64; }

class EpollTest : public testing::Test {
 public:
  EpollTest() : epoll_(**Epoll::Create()) { epoll_.Retain(); }
  ~EpollTest() override { epoll_.Release(); }

  Outcome<void> Add(FakeFile& file, std::uint32_t events, std::uint64_t data = 0, int number = 7) {
    return epoll_.Add(number, file, {.events = events, .data = {.u64 = data}});
  }
  Outcome<void> Modify(FakeFile& file, std::uint32_t events, int number = 7) {
    return epoll_.Modify(number, file, {.events = events, .data = {.u64 = 0}});
  }
  /// The events of everything that is ready now.
  std::vector<std::uint32_t> Ready(clock::Duration timeout = kNow) {
    std::array<epoll_event, 8> events;
    const int count = *epoll_.Wait(events, timeout);
    std::vector<std::uint32_t> result;
    for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(count))) {
      result.push_back(event.events);
    }
    return result;
  }

  using Events = std::vector<std::uint32_t>;
  Epoll& epoll_;
  FakeFile file_;
};

TEST_F(EpollTest, LevelTriggeredEntryIsToldAsLongAsItIsReady) {
  EXPECT_TRUE(Add(file_, EPOLLIN));
  EXPECT_EQ(Ready(), Events{});
  file_.Raise(kReadable);
  EXPECT_EQ(Ready(), Events{EPOLLIN});
  EXPECT_EQ(Ready(), Events{EPOLLIN});
  file_.Lower(kReadable);
  EXPECT_EQ(Ready(), Events{});
  file_.Raise(kReadable);
  EXPECT_EQ(Ready(), Events{EPOLLIN});
  EXPECT_TRUE(epoll_.Remove(7, file_));
}

TEST_F(EpollTest, EdgeTriggeredEntryIsToldOnceForEachRaise) {
  file_.Raise(kReadable);
  EXPECT_TRUE(Add(file_, EPOLLIN | static_cast<std::uint32_t>(EPOLLET)));
  EXPECT_EQ(Ready(), Events{EPOLLIN});
  EXPECT_EQ(Ready(), Events{});
  file_.Raise(kReadable);
  file_.Raise(kReadable);
  EXPECT_EQ(Ready(), Events{EPOLLIN});
  EXPECT_EQ(Ready(), Events{});
  EXPECT_TRUE(epoll_.Remove(7, file_));
}

TEST_F(EpollTest, OneShotEntryIsSpentUntilModified) {
  EXPECT_TRUE(Add(file_, EPOLLOUT | static_cast<std::uint32_t>(EPOLLONESHOT)));
  EXPECT_EQ(Ready(), Events{EPOLLOUT});
  file_.Raise(kWritable | kHangUp);
  EXPECT_EQ(Ready(), Events{});
  EXPECT_TRUE(Modify(file_, EPOLLOUT | static_cast<std::uint32_t>(EPOLLONESHOT)));
  EXPECT_EQ(Ready(), Events{EPOLLOUT | EPOLLHUP});
  EXPECT_TRUE(epoll_.Remove(7, file_));
}

TEST_F(EpollTest, ErrorAndHangUpAreToldUnasked) {
  file_.Lower(kWritable);
  EXPECT_TRUE(Add(file_, 0));
  file_.Raise(kReadable);
  EXPECT_EQ(Ready(), Events{});
  file_.Raise(kError | kHangUp);
  EXPECT_EQ(Ready(), Events{EPOLLERR | EPOLLHUP});
  EXPECT_TRUE(epoll_.Remove(7, file_));
}

TEST_F(EpollTest, ModifyLooksAtOnce) {
  EXPECT_TRUE(Add(file_, EPOLLIN));
  EXPECT_EQ(Ready(), Events{});
  EXPECT_TRUE(Modify(file_, EPOLLIN | EPOLLOUT));
  EXPECT_EQ(Ready(), Events{EPOLLOUT});
  EXPECT_TRUE(epoll_.Remove(7, file_));
}

TEST_F(EpollTest, DataComesBack) {
  EXPECT_TRUE(Add(file_, EPOLLOUT, 0x1234'5678'9abc'def0));
  std::array<epoll_event, 1> events;
  EXPECT_EQ(epoll_.Wait(events, kNow), 1);
  EXPECT_EQ(Tag(events[0]), 0x1234'5678'9abc'def0u);
  EXPECT_TRUE(epoll_.Remove(7, file_));
}

TEST_F(EpollTest, MoreReadyThanAskedForTakeTurns) {
  std::array<FakeFile, 3> files;
  for (std::uint64_t index = 0; index < files.size(); ++index) {
    EXPECT_TRUE(Add(files[index], EPOLLOUT, index, static_cast<int>(index)));
  }
  std::vector<std::uint64_t> seen;
  for (int round = 0; round < 3; ++round) {
    std::array<epoll_event, 2> events;
    EXPECT_EQ(epoll_.Wait(events, kNow), 2);
    seen.push_back(Tag(events[0]));
    seen.push_back(Tag(events[1]));
  }
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 1, 2, 0, 1, 2}));
  for (std::size_t index = 0; index < files.size(); ++index) {
    EXPECT_TRUE(epoll_.Remove(static_cast<int>(index), files[index]));
  }
}

TEST_F(EpollTest, MisuseIsAnError) {
  EXPECT_EQ(Modify(file_, EPOLLIN).error(), ENOENT);
  EXPECT_EQ(epoll_.Remove(7, file_).error(), ENOENT);
  EXPECT_TRUE(Add(file_, EPOLLIN));
  EXPECT_EQ(Add(file_, EPOLLIN).error(), EEXIST);
  EXPECT_TRUE(Add(file_, EPOLLIN, 0, 8));  // a duplicate descriptor of the same file
  EXPECT_EQ(epoll_.Add(3, epoll_, {.events = EPOLLIN, .data = {}}).error(), EINVAL);
  EXPECT_TRUE(epoll_.Remove(7, file_));
  EXPECT_TRUE(epoll_.Remove(8, file_));
}

TEST_F(EpollTest, FileThatGoesAwayLeaves) {
  file_.Retain();
  EXPECT_TRUE(Add(file_, EPOLLOUT));
  file_.Release();
  EXPECT_EQ(file_.closed, 1);
  EXPECT_EQ(Ready(), Events{});
}

TEST_F(EpollTest, EpollThatGoesAwayLeavesItsFiles) {
  Epoll& other = **Epoll::Create();
  other.Retain();
  EXPECT_TRUE(other.Add(7, file_, {.events = EPOLLOUT, .data = {}}));
  other.Release();
  EXPECT_TRUE(file_.watchers().empty());
}

TEST_F(EpollTest, EpollInAnEpollIsReadableWhileItHasSomething) {
  Epoll& inner = **Epoll::Create();
  inner.Retain();
  EXPECT_TRUE(epoll_.Add(9, inner, {.events = EPOLLIN, .data = {}}));
  EXPECT_EQ(inner.Add(3, epoll_, {.events = EPOLLIN, .data = {}}).error(), ELOOP);
  EXPECT_TRUE(inner.Add(7, file_, {.events = EPOLLIN, .data = {}}));
  EXPECT_EQ(Ready(), Events{});
  file_.Raise(kReadable);
  EXPECT_EQ(Ready(), Events{EPOLLIN});
  file_.Lower(kReadable);
  std::array<epoll_event, 1> events;
  EXPECT_EQ(inner.Wait(events, kNow), 0);
  EXPECT_EQ(Ready(), Events{});
  inner.Release();
}

TEST_F(EpollTest, WaitSleepsUntilSomethingIsReady) {
  EXPECT_TRUE(Add(file_, EPOLLIN));
  auto* thread =
      *scheduler::Spawn([](void* file) { static_cast<FakeFile*>(file)->Raise(kReadable); }, &file_);
  EXPECT_EQ(Ready(kForever), Events{EPOLLIN});
  scheduler::Join(*thread);
  EXPECT_TRUE(epoll_.Remove(7, file_));
}

TEST_F(EpollTest, WaitGivesUpAtTheTimeout) {
  EXPECT_TRUE(Add(file_, EPOLLIN));
  const clock::Instant before = clock::Monotonic::now();
  EXPECT_EQ(Ready(std::chrono::milliseconds(1)), Events{});
  EXPECT_GE(clock::Monotonic::now() - before, std::chrono::milliseconds(1));
  EXPECT_TRUE(epoll_.Remove(7, file_));
}

TEST_F(EpollTest, AlwaysReadyProgramLetsOthersRun) {
  EXPECT_TRUE(Add(file_, EPOLLOUT));
  bool ran = false;
  auto* thread = *scheduler::Spawn([](void* ran) { *static_cast<bool*>(ran) = true; }, &ran);
  int turns = 0;
  while (!ran && turns < 1000) {
    Ready();
    ++turns;
  }
  EXPECT_TRUE(ran);
  scheduler::Join(*thread);
  EXPECT_TRUE(epoll_.Remove(7, file_));
}

TEST(EpollCloseTest, WaitingForNoTimeOutlivesTheDescriptor) {
  struct Job {
    Epoll& epoll;
    FakeFile file;
  } job = {.epoll = **Epoll::Create(), .file = FakeFile()};
  job.epoll.Retain();
  ASSERT_TRUE(job.epoll.Add(7, job.file, {.events = EPOLLIN, .data = {.u64 = 5}}));
  auto* other = *scheduler::Spawn(
      [](void* argument) {
        auto& job = *static_cast<Job*>(argument);
        job.file.Raise(kReadable);
        job.epoll.Release();
      },
      &job);
  std::array<epoll_event, 1> events = {};
  EXPECT_EQ(job.epoll.Wait(events, kNow), 1);
  EXPECT_EQ(Tag(events[0]), 5u);
  scheduler::Join(*other);
}

}  // namespace
}  // namespace ashlar::posix
