// What sendfile() does: by reference where it can, by copies elsewhere.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/transfer_file.h"

#include <fcntl.h>

#include <string>

#include "gtest/gtest.h"
#include "libs/posix/descriptors/fake_file.h"
#include "libs/posix/files/ramfs.h"
#include "libs/posix/files/rootfs_file_system.h"
#include "libs/rootfs/pack_archive.h"
#include "libs/rootfs/rootfs.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {
namespace {

rootfs::Archive TestArchive() {
  static const std::string* const bytes =
      new std::string(*rootfs::PackArchive({{"page", "constant contents"}}));
  return *rootfs::Archive::Open(std::as_bytes(std::span(*bytes)));
}

class TransferFileTest : public testing::Test {
 public:
  File& OpenConstant() {
    File& file = **rootfs_.Open("page", O_RDONLY, 0);
    file.Retain();
    return file;
  }
  File& OpenVariable(std::string text) {
    File& file = **ramfs_.Open("file", O_RDWR | O_CREAT, 0600);
    file.Retain();
    const iovec piece = {text.data(), text.size()};
    EXPECT_EQ(Write(file, std::span(&piece, 1)), text.size());
    EXPECT_EQ(file.Seek(0, Whence::kStart), 0);
    return file;
  }

  RootfsFileSystem rootfs_{&TestArchive};
  Ramfs ramfs_;
  FakeFile target_;
};

TEST_F(TransferFileTest, ConstantContentsGoByReference) {
  File& file = OpenConstant();
  EXPECT_EQ(TransferFile(target_, file, 9, 100), 8u);
  EXPECT_EQ(target_.content, "contents");
  EXPECT_EQ(target_.lifetimes, std::vector{Lifetime::kImage});
  EXPECT_EQ(file.Seek(0, Whence::kCurrent), 0);
  EXPECT_EQ(TransferFile(target_, file, 17, 100), 0u);
  file.Release();
}

TEST_F(TransferFileTest, PositionMovesWhereNoOffsetIsGiven) {
  File& file = OpenConstant();
  EXPECT_EQ(TransferFile(target_, file, {}, 8), 8u);
  EXPECT_EQ(TransferFile(target_, file, {}, 100), 9u);
  EXPECT_EQ(TransferFile(target_, file, {}, 100), 0u);
  EXPECT_EQ(target_.content, "constant contents");
  file.Release();
}

TEST_F(TransferFileTest, OtherFilesAreCopied) {
  const std::string text(10'000, 'x');
  File& file = OpenVariable(text);
  target_.room = 100'000;
  EXPECT_EQ(TransferFile(target_, file, {}, 20'000), 10'000u);
  EXPECT_EQ(target_.content, text);
  EXPECT_EQ(target_.lifetimes[0], Lifetime::kCall);
  EXPECT_EQ(file.Seek(0, Whence::kCurrent), 10'000);
  EXPECT_EQ(TransferFile(target_, file, 9'990, 20'000), 10u);
  EXPECT_EQ(file.Seek(0, Whence::kCurrent), 10'000);
  file.Release();
}

TEST_F(TransferFileTest, FullTargetTakesAPart) {
  File& file = OpenVariable(std::string(10'000, 'x'));
  target_.set_flags(O_RDWR | O_NONBLOCK);
  target_.room = 5'000;
  EXPECT_EQ(TransferFile(target_, file, {}, 10'000), 5'000u);
  EXPECT_EQ(file.Seek(0, Whence::kCurrent), 5'000);
  EXPECT_EQ(TransferFile(target_, file, {}, 10'000).error(), EAGAIN);
  file.Release();
}

TEST_F(TransferFileTest, OnlyFilesCanBeSent) {
  EXPECT_EQ(TransferFile(target_, target_, {}, 1).error(), EINVAL);
}

TEST_F(TransferFileTest, FilesStayWhileTheirDescriptorsAreClosed) {
  struct Job {
    FakeFile& target;
    File& source;
    int closed_meanwhile = 0;
  } job = {.target = target_, .source = OpenVariable(std::string(10'000, 'x'))};
  target_.Retain();
  target_.room = 0;
  auto* closer = *scheduler::Spawn(
      [](void* argument) {
        auto& job = *static_cast<Job*>(argument);
        job.source.Release();
        job.target.Release();
        for (int round = 0; round < 3; ++round) {
          job.closed_meanwhile += job.target.closed;
          job.target.room = 4096;
          job.target.Raise(kWritable);
          scheduler::Yield();
        }
      },
      &job);
  EXPECT_EQ(TransferFile(target_, job.source, {}, 20'000), 10'000u);
  scheduler::Join(*closer);
  EXPECT_EQ(job.closed_meanwhile, 0);
  EXPECT_EQ(target_.closed, 1);
}

}  // namespace
}  // namespace ashlar::posix
