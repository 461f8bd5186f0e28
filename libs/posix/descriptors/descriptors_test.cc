// The descriptor table, blocking transfers, watchers, and the errors' numbers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/descriptors.h"

#include <fcntl.h>

#include <array>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/posix/descriptors/fake_file.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {
namespace {

iovec Piece(std::string& text) { return {text.data(), text.size()}; }

TEST(DescriptorsTest, FirstThreeAreTheConsole) {
  for (int number = 0; number < 3; ++number) {
    ASSERT_NE(Find(number), nullptr);
    EXPECT_EQ(Find(number)->kind(), FileKind::kConsole);
  }
  std::string buffer(8, ' ');
  const iovec piece = Piece(buffer);
  EXPECT_EQ(Read(*Find(0), std::span(&piece, 1)), 0u);
}

TEST(DescriptorsTest, NumbersOutsideTheTableStandForNothing) {
  EXPECT_EQ(Find(-1), nullptr);
  EXPECT_EQ(Find(7), nullptr);
  EXPECT_EQ(Find(1 << 30), nullptr);
  EXPECT_EQ(Close(100).error(), EBADF);
}

TEST(DescriptorsTest, LowestFreeNumberIsTaken) {
  FakeFile file;
  const int first = *Install(file);
  const int second = *Install(file);
  EXPECT_EQ(second, first + 1);
  EXPECT_TRUE(Close(first));
  EXPECT_EQ(*Install(file), first);
  EXPECT_EQ(file.closed, 0);
  EXPECT_TRUE(Close(first));
  EXPECT_TRUE(Close(second));
  EXPECT_EQ(file.closed, 1);
}

TEST(DescriptorsTest, TableGrowsAndKeepsWhatIsOpen) {
  FakeFile file;
  std::vector<int> numbers;
  for (int count = 0; count < 1000; ++count) {
    numbers.push_back(*Install(file, count % 2 == 0));
  }
  EXPECT_EQ(numbers.back(), numbers.front() + 999);
  EXPECT_EQ(Find(1)->kind(), FileKind::kConsole);
  for (int number : numbers) {
    EXPECT_EQ(Find(number), &file);
    EXPECT_EQ(close_on_exec(number), (number - numbers.front()) % 2 == 0);
  }
  EXPECT_TRUE(Close(numbers[500]));
  EXPECT_EQ(*Install(file), numbers[500]);
  EXPECT_EQ(*Install(file, false, 2000), 2000);
  EXPECT_TRUE(Close(2000));
  for (int number : numbers) {
    EXPECT_TRUE(Close(number));
  }
  EXPECT_EQ(file.closed, 1);
}

TEST(DescriptorsTest, TooManyIsAnError) {
  FakeFile file;
  EXPECT_EQ(Install(file, false, kMaxDescriptors).error(), EMFILE);
  EXPECT_EQ(InstallAt(-1, file).error(), EBADF);
  EXPECT_EQ(InstallAt(kMaxDescriptors, file).error(), EBADF);
}

TEST(DescriptorsTest, InstallAtReplacesWhatWasThere) {
  FakeFile one;
  FakeFile two;
  const int number = *Install(one);
  EXPECT_TRUE(InstallAt(number, two, true));
  EXPECT_EQ(one.closed, 1);
  EXPECT_EQ(Find(number), &two);
  EXPECT_TRUE(close_on_exec(number));
  EXPECT_TRUE(Close(number));
  EXPECT_EQ(two.closed, 1);
}

TEST(DescriptorsTest, AccessModeIsKept) {
  FakeFile reader(O_RDONLY);
  FakeFile writer(O_WRONLY);
  std::string text = "x";
  const iovec piece = Piece(text);
  EXPECT_EQ(Write(reader, std::span(&piece, 1)).error(), EBADF);
  EXPECT_EQ(Read(writer, std::span(&piece, 1)).error(), EBADF);
}

TEST(TransferTest, NonBlockingFileSaysWhatItTook) {
  FakeFile file(O_RDWR | O_NONBLOCK);
  file.room = 3;
  std::string text = "abcdef";
  const iovec piece = Piece(text);
  EXPECT_EQ(Write(file, std::span(&piece, 1)), 3u);
  EXPECT_EQ(Write(file, std::span(&piece, 1)).error(), EAGAIN);
  file.content.clear();
  EXPECT_EQ(Read(file, std::span(&piece, 1)).error(), EAGAIN);
}

TEST(TransferTest, BlockingWriteGoesOnOverPiecesUntilAllIsWritten) {
  FakeFile file;
  file.room = 4;
  file.Retain();
  auto* feeder = *scheduler::Spawn(
      [](void* argument) {
        auto& file = *static_cast<FakeFile*>(argument);
        for (int round = 0; round < 10; ++round) {
          file.room += 2;
          file.Raise(kWritable);
          scheduler::Yield();
        }
      },
      &file);
  std::string one = "abc";
  std::string nothing;
  std::string two = "defgh";
  std::string three = "ij";
  const std::array pieces = {Piece(one), Piece(nothing), Piece(two), Piece(three)};
  EXPECT_EQ(Write(file, pieces, Lifetime::kImage), 10u);
  EXPECT_EQ(file.content, "abcdefghij");
  for (Lifetime lifetime : file.lifetimes) {
    EXPECT_EQ(lifetime, Lifetime::kImage);
  }
  scheduler::Join(*feeder);
}

TEST(TransferTest, BlockingReadWaitsForTheFirstBytesOnly) {
  FakeFile file;
  file.Retain();
  auto* feeder = *scheduler::Spawn(
      [](void* argument) {
        auto& file = *static_cast<FakeFile*>(argument);
        file.content = "hello";
        file.Raise(kReadable);
      },
      &file);
  std::string buffer(100, ' ');
  const iovec piece = Piece(buffer);
  EXPECT_EQ(Read(file, std::span(&piece, 1)), 5u);
  EXPECT_EQ(buffer.substr(0, 5), "hello");
  scheduler::Join(*feeder);
}

TEST(TransferTest, ReadGivesUpAfterTheFilesTimeout) {
  FakeFile file;
  file.Retain();
  file.set_read_timeout(std::chrono::milliseconds(1));
  std::string buffer(4, ' ');
  const iovec piece = Piece(buffer);
  EXPECT_EQ(Read(file, std::span(&piece, 1)).error(), EAGAIN);
  EXPECT_TRUE(file.watchers().empty());
}

struct RecordingWatcher : Watcher {
  explicit RecordingWatcher(Readiness interest) : Watcher(&Record, interest) {}
  static void Record(Watcher& watcher, Readiness raised) {
    static_cast<RecordingWatcher&>(watcher).raised.push_back(raised);
  }
  std::vector<Readiness> raised;
};

TEST(FileTest, WatchersHearWhatTheyAskedFor) {
  FakeFile file;
  RecordingWatcher watcher(kReadable);
  file.Watch(watcher);
  file.Raise(kWritable);
  EXPECT_TRUE(watcher.raised.empty());
  file.Raise(kReadable);
  file.Raise(kReadable);  // more data: told again
  file.Raise(kHangUp);    // always told
  EXPECT_EQ(watcher.raised, (std::vector{kReadable, kReadable, kHangUp}));
  file.Unwatch(watcher);
  file.Raise(kReadable);
  EXPECT_EQ(watcher.raised.size(), 3u);
}

TEST(FileTest, WatchersHearOfTheEnd) {
  FakeFile file;
  RecordingWatcher watcher(0);
  const int number = *Install(file);
  file.Watch(watcher);
  EXPECT_TRUE(Close(number));
  EXPECT_EQ(watcher.raised, std::vector{kGone});
  EXPECT_FALSE(watcher.linked());
}

TEST(ErrnoTest, EveryErrorHasItsNumber) {
  EXPECT_EQ(ToErrno(Error::kWouldBlock), EAGAIN);
  EXPECT_EQ(ToErrno(Error::kConnectionReset), ECONNRESET);
  EXPECT_EQ(ToErrno(Error::kMessageTooLong), EMSGSIZE);
  EXPECT_EQ(Errno(Error::kOutOfMemory), Errno(ENOMEM));
}

}  // namespace
}  // namespace ashlar::posix
