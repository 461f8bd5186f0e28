// poll(): what it tells of each file, its timeout, and files closed meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/poll.h"

#include <array>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/posix/descriptors/fake_file.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {
namespace {

constexpr clock::Duration kNow{0};
constexpr clock::Duration kMoment = std::chrono::milliseconds(1);

TEST(PollTest, TellsWhatEachIsReadyFor) {
  FakeFile one;
  FakeFile two;
  two.Lower(kWritable);
  two.Raise(kReadable | kHangUp);
  const int first = *Install(one);
  const int second = *Install(two);
  std::array entries = {pollfd{first, POLLIN | POLLOUT, 0}, pollfd{second, POLLIN | POLLOUT, 0},
                        pollfd{-1, POLLIN, 0}, pollfd{999, POLLIN, 0}};
  EXPECT_EQ(Poll(entries, kForever), 3);
  EXPECT_EQ(entries[0].revents, POLLOUT);
  EXPECT_EQ(entries[1].revents, POLLIN | POLLHUP);
  EXPECT_EQ(entries[2].revents, 0);
  EXPECT_EQ(entries[3].revents, POLLNVAL);
  EXPECT_TRUE(Close(first));
  EXPECT_TRUE(Close(second));
}

TEST(PollTest, SecondNamesOfEventsAreUnderstood) {
  FakeFile file;
  const int number = *Install(file);
  std::array entries = {pollfd{number, POLLWRNORM, 0}};
  EXPECT_EQ(Poll(entries, kNow), 1);
  EXPECT_EQ(entries[0].revents, POLLWRNORM);
  EXPECT_TRUE(Close(number));
}

TEST(PollTest, GivesUpAtTheTimeout) {
  FakeFile file;
  const int number = *Install(file);
  std::array entries = {pollfd{number, POLLIN, 0}};
  EXPECT_EQ(Poll(entries, kNow), 0);
  const clock::Instant before = clock::Monotonic::now();
  EXPECT_EQ(Poll(entries, kMoment), 0);
  EXPECT_GE(clock::Monotonic::now() - before, kMoment);
  EXPECT_TRUE(file.watchers().empty());
  EXPECT_TRUE(Close(number));
}

TEST(PollTest, WakesWhenOneOfManyBecomesReady) {
  std::array<FakeFile, 20> files;
  std::vector<pollfd> entries;
  for (FakeFile& file : files) {
    entries.push_back({*Install(file), POLLIN, 0});
  }
  auto* thread = *scheduler::Spawn(
      [](void* file) {
        static_cast<FakeFile*>(file)->Raise(kWritable);  // nobody asked for this
        scheduler::Yield();
        static_cast<FakeFile*>(file)->Raise(kReadable);
      },
      &files[13]);
  EXPECT_EQ(Poll(entries, kForever), 1);
  EXPECT_EQ(entries[13].revents, POLLIN);
  for (std::size_t index = 0; index < files.size(); ++index) {
    EXPECT_TRUE(files[index].watchers().empty());
    EXPECT_TRUE(Close(entries[index].fd));
    EXPECT_EQ(files[index].closed, 1);
  }
  scheduler::Join(*thread);
}

TEST(PollTest, FileClosedMeanwhileLivesUntilPollReturns) {
  FakeFile file;
  const int number = *Install(file);
  struct Argument {
    FakeFile& file;
    int number;
  } argument{file, number};
  auto* thread = *scheduler::Spawn(
      [](void* pointer) {
        auto& argument = *static_cast<Argument*>(pointer);
        EXPECT_TRUE(Close(argument.number));
        EXPECT_EQ(argument.file.closed, 0);
      },
      &argument);
  std::array entries = {pollfd{number, POLLIN, 0}};
  EXPECT_EQ(Poll(entries, kMoment), 1);
  EXPECT_EQ(entries[0].revents, POLLNVAL);
  EXPECT_EQ(file.closed, 1);
  scheduler::Join(*thread);
}

}  // namespace
}  // namespace ashlar::posix
