// The file system in memory, through the interface that all file systems have.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/ramfs.h"

#include <fcntl.h>

#include <set>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {
namespace {

class RamfsTest : public testing::Test {
 public:
  /// Opens, writes and closes.
  Outcome<std::size_t> WriteFile(std::string_view path, std::string text,
                                 int flags = O_WRONLY | O_CREAT | O_TRUNC) {
    File* const file = ASHLAR_TRY(ramfs_.Open(path, flags, 0644));
    file->Retain();
    const auto written = WriteText(*file, std::move(text));
    file->Release();
    return written;
  }
  Outcome<std::string> ReadFile(std::string_view path) {
    File* const file = ASHLAR_TRY(ramfs_.Open(path, O_RDONLY, 0));
    file->Retain();
    auto text = ReadText(*file, 1'000'000);
    file->Release();
    return text;
  }
  static Outcome<std::size_t> WriteText(File& file, std::string text) {
    const iovec piece = {text.data(), text.size()};
    return Write(file, std::span(&piece, 1));
  }
  static Outcome<std::string> ReadText(File& file, std::size_t size) {
    std::string text(size, ' ');
    const iovec piece = {text.data(), text.size()};
    text.resize(ASHLAR_TRY(Read(file, std::span(&piece, 1))));
    return text;
  }
  std::set<std::string> List(std::string_view path) {
    std::set<std::string> names;
    std::size_t position = 0;
    while (const auto entry = ramfs_.Entry(path, position)) {
      names.emplace(entry->name);
      position = entry->next;
    }
    return names;
  }

  Ramfs ramfs_;
};

TEST_F(RamfsTest, WhatIsWrittenIsRead) {
  EXPECT_EQ(WriteFile("a", "hello"), 5u);
  EXPECT_EQ(ReadFile("a"), "hello");
  EXPECT_EQ(ramfs_.Status("a")->size, 5);
  EXPECT_EQ(ramfs_.Status("a")->permissions, 0644);
  EXPECT_EQ(WriteFile("a", " world", O_WRONLY | O_APPEND), 6u);
  EXPECT_EQ(ReadFile("a"), "hello world");
  EXPECT_EQ(WriteFile("a", "J", O_WRONLY), 1u);
  EXPECT_EQ(ReadFile("a"), "Jello world");
}

TEST_F(RamfsTest, LargeFilesGrow) {
  std::string expected;
  for (int count = 0; count < 200; ++count) {
    const std::string line(777, static_cast<char>('a' + count % 26));
    EXPECT_EQ(WriteFile("big", line, O_WRONLY | O_CREAT | O_APPEND), line.size());
    expected += line;
  }
  EXPECT_EQ(ReadFile("big"), expected);
}

TEST_F(RamfsTest, OpeningSaysWhyItCannot) {
  EXPECT_EQ(ramfs_.Open("a", O_RDONLY, 0).error(), ENOENT);
  EXPECT_EQ(ramfs_.Open("a/b", O_RDONLY | O_CREAT, 0).error(), ENOENT);
  EXPECT_TRUE(WriteFile("a", "x"));
  EXPECT_EQ(ramfs_.Open("a", O_RDWR | O_CREAT | O_EXCL, 0).error(), EEXIST);
  EXPECT_EQ(ramfs_.Open("a/b", O_RDWR | O_CREAT, 0).error(), ENOTDIR);
  EXPECT_TRUE(ramfs_.MakeDirectory("d", 0755));
  EXPECT_EQ(ramfs_.Open("d", O_RDWR, 0).error(), EISDIR);
}

TEST_F(RamfsTest, HolesReadAsZeros) {
  File* const file = *ramfs_.Open("a", O_RDWR | O_CREAT, 0600);
  file->Retain();
  EXPECT_EQ(file->Seek(3, Whence::kStart), 3);
  EXPECT_EQ(WriteText(*file, "x"), 1u);
  EXPECT_EQ(file->Seek(-4, Whence::kEnd), 0);
  EXPECT_EQ(ReadText(*file, 10), std::string("\0\0\0x", 4));
  EXPECT_EQ(ReadText(*file, 10), "");
  EXPECT_EQ(file->Seek(-1, Whence::kStart).error(), EINVAL);
  file->Release();
}

TEST_F(RamfsTest, ShrinkingAndGrowingAgainForgets) {
  EXPECT_TRUE(WriteFile("a", "secret"));
  EXPECT_TRUE(ramfs_.Change("a", {.size = 2, .permissions = {}, .modified = {}}));
  EXPECT_TRUE(ramfs_.Change(
      "a", {.size = 4, .permissions = 0400, .modified = std::chrono::nanoseconds(7)}));
  EXPECT_EQ(ReadFile("a"), std::string("se\0\0", 4));
  EXPECT_EQ(ramfs_.Status("a")->permissions, 0400);
  EXPECT_EQ(ramfs_.Status("a")->modified.count(), 7);
}

TEST_F(RamfsTest, DirectoriesHoldNames) {
  EXPECT_TRUE(ramfs_.MakeDirectory("d", 0755));
  EXPECT_TRUE(ramfs_.MakeDirectory("d/e", 0755));
  EXPECT_EQ(ramfs_.MakeDirectory("d", 0755).error(), EEXIST);
  EXPECT_EQ(ramfs_.MakeDirectory("x/y", 0755).error(), ENOENT);
  EXPECT_TRUE(WriteFile("d/f", "x"));
  EXPECT_EQ(List("d"), (std::set<std::string>{"e", "f"}));
  EXPECT_EQ(ramfs_.Entry("d/f", 0).error(), ENOTDIR);
}

TEST_F(RamfsTest, RemovingIsForEmptyDirectoriesAndFiles) {
  EXPECT_TRUE(ramfs_.MakeDirectory("d", 0755));
  EXPECT_TRUE(WriteFile("d/f", "x"));
  EXPECT_EQ(ramfs_.Remove("d", Removal::kDirectory).error(), ENOTEMPTY);
  EXPECT_EQ(ramfs_.Remove("d", Removal::kFile).error(), EISDIR);
  EXPECT_EQ(ramfs_.Remove("d/f", Removal::kDirectory).error(), ENOTDIR);
  EXPECT_EQ(ramfs_.Remove("", Removal::kDirectory).error(), EBUSY);
  EXPECT_TRUE(ramfs_.Remove("d/f", Removal::kFile));
  EXPECT_TRUE(ramfs_.Remove("d", Removal::kDirectory));
  EXPECT_EQ(ramfs_.Remove("d", Removal::kDirectory).error(), ENOENT);
}

TEST_F(RamfsTest, ListingGoesOnWhileNamesAreRemoved) {
  EXPECT_TRUE(ramfs_.MakeDirectory("d", 0755));
  for (const char* path : {"d/a", "d/b", "d/c"}) {
    EXPECT_TRUE(WriteFile(path, "x"));
  }
  std::string order;
  std::size_t position = 0;
  while (const auto entry = ramfs_.Entry("d", position)) {
    position = entry->next;
    order += entry->name;
    EXPECT_TRUE(ramfs_.Remove("d/" + std::string(entry->name), Removal::kFile));
  }
  EXPECT_EQ(order, "abc");
}

TEST_F(RamfsTest, RemovedFileLivesUntilItIsClosed) {
  EXPECT_TRUE(WriteFile("a", "still here"));
  File* const file = *ramfs_.Open("a", O_RDONLY, 0);
  file->Retain();
  EXPECT_TRUE(ramfs_.Remove("a", Removal::kFile));
  EXPECT_EQ(ReadFile("a").error(), ENOENT);
  EXPECT_EQ(ReadText(*file, 100), "still here");
  EXPECT_EQ(file->Status()->links, 0u);
  file->Release();
}

TEST_F(RamfsTest, RenamingReplacesAndMoves) {
  EXPECT_TRUE(ramfs_.MakeDirectory("d", 0755));
  EXPECT_TRUE(WriteFile("a", "new"));
  EXPECT_TRUE(WriteFile("d/b", "old"));
  EXPECT_TRUE(ramfs_.Rename("a", "d/b"));
  EXPECT_EQ(ReadFile("d/b"), "new");
  EXPECT_EQ(ReadFile("a").error(), ENOENT);
  EXPECT_TRUE(ramfs_.Rename("d/b", "d/b"));
  EXPECT_TRUE(ramfs_.Rename("d", "e"));
  EXPECT_EQ(ReadFile("e/b"), "new");
  EXPECT_EQ(ramfs_.Rename("e", "e/sub").error(), EINVAL);
  EXPECT_TRUE(ramfs_.MakeDirectory("full", 0755));
  EXPECT_TRUE(WriteFile("full/x", ""));
  EXPECT_EQ(ramfs_.Rename("e", "full").error(), ENOTEMPTY);
  EXPECT_EQ(ramfs_.Rename("e/b", "full").error(), EISDIR);
  EXPECT_EQ(ramfs_.Rename("full", "e/b").error(), ENOTDIR);
  EXPECT_EQ(ramfs_.Rename("nothing", "x").error(), ENOENT);
}

}  // namespace
}  // namespace ashlar::posix
