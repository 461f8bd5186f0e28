// Paths made absolute, and file systems below the root.
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "gtest/gtest.h"
#include "libs/posix/files/files.h"

namespace ashlar::posix {
namespace {

std::string Resolved(std::string_view base, std::string_view text) {
  return std::string(Path::Resolve(base, text)->text());
}

TEST(PathTest, AbsolutePathsForgetTheBase) {
  EXPECT_EQ(Resolved("/a/b", "/c"), "/c");
  EXPECT_EQ(Resolved("/a/b", "c"), "/a/b/c");
  EXPECT_EQ(Resolved("/", "c"), "/c");
}

TEST(PathTest, DotsAndDoubleSlashesVanish) {
  EXPECT_EQ(Resolved("/", "//a///./b/"), "/a/b");
  EXPECT_EQ(Resolved("/a/b", ".."), "/a");
  EXPECT_EQ(Resolved("/a/b", "../../../.."), "/");
  EXPECT_EQ(Resolved("/a", "../b/../c/./d"), "/c/d");
  EXPECT_EQ(Resolved("/", "..a/.b/c.."), "/..a/.b/c..");
}

TEST(PathTest, SlashAtTheEndAsksForADirectory) {
  EXPECT_TRUE(Path::Resolve("/", "a/")->must_be_directory());
  EXPECT_TRUE(Path::Resolve("/", "a/.")->must_be_directory());
  EXPECT_FALSE(Path::Resolve("/", "a")->must_be_directory());
}

TEST(PathTest, EmptyAndTooLongAreRefused) {
  EXPECT_EQ(Path::Resolve("/", "").error(), ENOENT);
  EXPECT_EQ(Path::Resolve("/", std::string(256, 'a')).error(), ENAMETOOLONG);
  EXPECT_TRUE(Path::Resolve("/", std::string(255, 'a')));
  std::string deep;
  while (deep.size() < Path::kCapacity) {
    deep += "/abcdefg";
  }
  EXPECT_EQ(Path::Resolve("/", deep).error(), ENAMETOOLONG);
  deep.resize(Path::kCapacity - 1);
  EXPECT_EQ(Path::Resolve("/", deep)->text(), deep);
}

TEST(FilesTest, RootShowsEveryFileSystem) {
  const Path root = *Path::Resolve("/", "/");
  EXPECT_EQ(Entry(root, 0)->name, "tmp");
  EXPECT_EQ(Entry(root, 1)->name, "dev");
  EXPECT_EQ(Status(root)->kind, FileKind::kDirectory);
  EXPECT_EQ(Status(*Path::Resolve("/", "/tmp/"))->kind, FileKind::kDirectory);
  EXPECT_EQ(Status(*Path::Resolve("/", "/tmpx")).error(), ENOENT);
  EXPECT_EQ(Status(*Path::Resolve("/", "/dev/null/")).error(), ENOTDIR);
}

TEST(FilesTest, WorkingDirectoryMustBeOne) {
  EXPECT_EQ(WorkingDirectory(), "/");
  EXPECT_EQ(SetWorkingDirectory(*Resolve("/dev/null")).error(), ENOTDIR);
  EXPECT_EQ(SetWorkingDirectory(*Resolve("/nowhere")).error(), ENOENT);
  EXPECT_TRUE(SetWorkingDirectory(*Resolve("/tmp")));
  EXPECT_EQ(Resolve("x")->text(), "/tmp/x");
  EXPECT_TRUE(SetWorkingDirectory(*Resolve("..")));
  EXPECT_EQ(WorkingDirectory(), "/");
}

}  // namespace
}  // namespace ashlar::posix
