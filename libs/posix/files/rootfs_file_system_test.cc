// The packed files through the interface that all file systems have: read-only.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/rootfs_file_system.h"

#include <fcntl.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/rootfs/pack_archive.h"
#include "libs/rootfs/rootfs.h"

namespace ashlar::posix {
namespace {

rootfs::Archive TestArchive() {
  static const std::string* const bytes = new std::string(*rootfs::PackArchive({
      {"index.html", "<p>hello"},
      {"docs/a.txt", "a"},
      {"docs/deep/b.txt", "b"},
      {"docs-other", ""},
  }));
  return *rootfs::Archive::Open(std::as_bytes(std::span(*bytes)));
}

class RootfsFileSystemTest : public testing::Test {
 public:
  std::vector<std::string> List(std::string_view path) {
    std::vector<std::string> names;
    std::size_t position = 0;
    while (true) {
      const auto entry = files_.Entry(path, position);
      if (!entry) {
        EXPECT_EQ(entry.error(), ENOENT);
        return names;
      }
      names.emplace_back(entry->name);
      position = entry->next;
    }
  }

  RootfsFileSystem files_{&TestArchive};
};

TEST_F(RootfsFileSystemTest, FilesAreReadAndTellWhereTheyLie) {
  File* const file = *files_.Open("index.html", O_RDONLY, 0);
  file->Retain();
  std::string text(100, ' ');
  const iovec piece = {text.data(), text.size()};
  EXPECT_EQ(Read(*file, std::span(&piece, 1)), 8u);
  EXPECT_EQ(text.substr(0, 8), "<p>hello");
  const FileStatus status = *file->Status();
  EXPECT_EQ(status.kind, FileKind::kRegular);
  EXPECT_EQ(status.size, 8);
  EXPECT_EQ(status.constant_contents.data(), TestArchive().Find("index.html")->bytes.data());
  file->Release();
}

TEST_F(RootfsFileSystemTest, NothingCanBeWritten) {
  EXPECT_EQ(files_.Open("index.html", O_RDWR, 0).error(), EROFS);
  EXPECT_EQ(files_.Open("new", O_RDWR | O_CREAT, 0).error(), EROFS);
  EXPECT_EQ(files_.Open("index.html", O_RDONLY | O_CREAT | O_EXCL, 0).error(), EEXIST);
  EXPECT_EQ(files_.MakeDirectory("new", 0).error(), EROFS);
  EXPECT_EQ(files_.MakeDirectory("docs", 0).error(), EEXIST);
  EXPECT_EQ(files_.Remove("index.html", Removal::kFile).error(), EROFS);
  EXPECT_EQ(files_.Rename("none", "other").error(), ENOENT);
}

TEST_F(RootfsFileSystemTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(files_.Open("none", O_RDONLY, 0).error(), ENOENT);
  EXPECT_EQ(files_.Open("docs", O_RDONLY, 0).error(), EISDIR);
  EXPECT_EQ(files_.Status("docs/none").error(), ENOENT);
}

TEST_F(RootfsFileSystemTest, DirectoriesListWhatLiesDirectlyInThem) {
  EXPECT_EQ(List(""), (std::vector<std::string>{"docs", "docs-other", "index.html"}));
  EXPECT_EQ(List("docs"), (std::vector<std::string>{"a.txt", "deep"}));
  EXPECT_EQ(List("docs/deep"), std::vector<std::string>{"b.txt"});
  EXPECT_EQ(files_.Entry("index.html", 0).error(), ENOTDIR);
}

}  // namespace
}  // namespace ashlar::posix
