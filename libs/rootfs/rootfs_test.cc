// The reader, on archives that the packer made, and on damaged ones.
// SPDX-License-Identifier: Apache-2.0
#include "libs/rootfs/rootfs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "libs/rootfs/format.h"
#include "libs/rootfs/pack_archive.h"

namespace ashlar::rootfs {
namespace {

std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string_view Text(const File& file) {
  return {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()};
}

std::string Sample() {
  return PackArchive({{"index.html", "<p>hello"}, {"docs/b.css", "b"}, {"docs/a.txt", ""}},
                     {.modified = 1700000000})
      .value();
}

TEST(RootfsTest, FilesAreFoundByTheirExactPath) {
  const std::string bytes = Sample();
  const Archive archive = Archive::Open(Bytes(bytes)).value();
  const File file = archive.Find("index.html").value();
  EXPECT_EQ(Text(file), "<p>hello");
  EXPECT_EQ(file.path, "index.html");
  EXPECT_EQ(file.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(file.modified.time_since_epoch().count(), 1700000000);
  EXPECT_FALSE(file.is_directory());
  EXPECT_EQ(archive.Find("docs/a.txt").value().bytes.size(), 0u);
  for (const char* path :
       {"/index.html", "index.htm", "INDEX.HTML", "docs/", "docs/../index.html", "x"}) {
    EXPECT_EQ(archive.Find(path).error(), Error::kNotFound) << path;
  }
}

TEST(RootfsTest, DirectoriesAreEntriesToo) {
  const std::string bytes = Sample();
  const Archive archive = Archive::Open(Bytes(bytes)).value();
  EXPECT_TRUE(archive.Find("docs").value().is_directory());
  EXPECT_TRUE(archive.Find("").value().is_directory());
}

TEST(RootfsTest, EntriesComeInAscendingOrder) {
  const std::string bytes = Sample();
  const Archive archive = Archive::Open(Bytes(bytes)).value();
  std::string paths;
  for (std::size_t i = 0; i < archive.size(); ++i) {
    EXPECT_EQ(archive.At(i).value().index, i);
    paths += std::string(archive.At(i).value().path) + ";";
  }
  EXPECT_EQ(paths, ";docs;docs/a.txt;docs/b.css;index.html;");
  EXPECT_EQ(archive.At(archive.size()).error(), Error::kNotFound);
}

TEST(RootfsTest, EntityTagsFollowTheContents) {
  const std::string bytes = PackArchive({{"a", "same"}, {"b", "same"}, {"c", "other"}}).value();
  const Archive archive = Archive::Open(Bytes(bytes)).value();
  EXPECT_EQ(archive.Find("a")->entity_tag, archive.Find("b")->entity_tag);
  EXPECT_NE(archive.Find("a")->entity_tag, archive.Find("c")->entity_tag);
  EXPECT_EQ(archive.Find("a")->entity_tag.size(), 18u);
  EXPECT_EQ(archive.Find("a")->entity_tag.front(), '"');
}

TEST(RootfsTest, AnArchiveWithoutFilesHasNone) {
  EXPECT_EQ(Archive().Find("").error(), Error::kNotFound);
  const std::string bytes = PackArchive({}).value();
  const Archive archive = Archive::Open(Bytes(bytes)).value();
  EXPECT_EQ(archive.size(), 0u);
  EXPECT_EQ(archive.Find("").error(), Error::kNotFound);
}

TEST(RootfsTest, AThousandFilesAreAllFound) {
  std::vector<PackedFile> files;
  for (int i = 0; i < 1000; ++i) {
    files.push_back({"d" + std::to_string(i % 10) + "/" + std::to_string(i), std::to_string(i)});
  }
  const std::string bytes = PackArchive(files).value();
  const Archive archive = Archive::Open(Bytes(bytes)).value();
  for (const PackedFile& file : files) {
    ASSERT_EQ(Text(archive.Find(file.path).value()), file.contents);
  }
}

TEST(RootfsTest, WhatIsNoArchiveIsRefused) {
  const std::string good = Sample();
  EXPECT_EQ(Archive::Open({}).error(), Error::kBroken);
  for (const std::size_t size : {std::size_t{1}, sizeof(format::Header) - 1, good.size() - 1}) {
    EXPECT_EQ(Archive::Open(Bytes(good).first(size)).error(), Error::kBroken) << size;
  }
  std::string bad = good;
  bad[0] ^= 1;
  EXPECT_EQ(Archive::Open(Bytes(bad)).error(), Error::kBroken);
}

// Every single-byte change either is noticed or leaves an archive that can be read without leaving
// its bytes (the sanitizers' part of this test).
TEST(RootfsTest, DamageNeverLeadsOutsideTheArchive) {
  const std::string good = Sample();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char mask : {char(0x01), char(0x80), char(0xff)}) {
      std::string bad = good;
      bad[i] ^= mask;
      const Result<Archive> archive = Archive::Open(Bytes(bad));
      if (!archive.has_value()) {
        continue;
      }
      for (std::size_t file = 0; file < std::min<std::size_t>(archive->size(), 16); ++file) {
        if (const Result<File> found = archive->At(file); found.has_value()) {
          EXPECT_LE(found->bytes.size(), bad.size());
          volatile std::byte last = found->bytes.empty() ? std::byte{} : found->bytes.back();
          (void)last;
        }
      }
      (void)archive->Find("docs/b.css");
    }
  }
}

TEST(RootfsTest, LargeFilesStartAtAPage) {
  const std::string bytes =
      PackArchive({{"large", std::string(64 * 1024, 'x')}, {"small", "y"}}).value();
  const Archive archive = Archive::Open(Bytes(bytes)).value();
  EXPECT_EQ((archive.Find("large")->bytes.data() - Bytes(bytes).data()) % 4096, 0);
}

TEST(PackArchiveTest, TheOrderOfFilesDoesNotMatter) {
  EXPECT_EQ(PackArchive({{"a", "1"}, {"b/c", "2"}}), PackArchive({{"b/c", "2"}, {"a", "1"}}));
}

TEST(PackArchiveTest, PathsThatCouldEscapeAreRefused) {
  for (const char* path : {"", "/a", "a/", "a//b", "../a", "a/../b", ".", "a/."}) {
    EXPECT_FALSE(PackArchive({{path, ""}}).has_value()) << path;
  }
}

TEST(PackArchiveTest, AFileTwiceOrAsADirectoryIsRefused) {
  EXPECT_FALSE(PackArchive({{"a", "1"}, {"a", "2"}}).has_value());
  EXPECT_FALSE(PackArchive({{"a", "1"}, {"a/b", "2"}}).has_value());
  EXPECT_FALSE(PackArchive({{"a/b", "2"}, {"a", "1"}}).has_value());
}

TEST(PackArchiveTest, ContentTypesFollowTheExtension) {
  EXPECT_EQ(ContentType("x/y.SVG"), "image/svg+xml");
  EXPECT_EQ(ContentType("x.html/y"), "application/octet-stream");
  EXPECT_EQ(ContentType("README"), "application/octet-stream");
}

}  // namespace
}  // namespace ashlar::rootfs
