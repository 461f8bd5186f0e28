// Files, as a guest's program, stdio and the C++ library call them.
// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace {

std::string Contents(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(FileCallsTest, PackedFileIsRead) {
  EXPECT_EQ(Contents("/testdata/docs/page.txt"), "a packed page\n");
  struct stat status;
  EXPECT_EQ(stat("/testdata/docs/page.txt", &status), 0);
  EXPECT_TRUE(S_ISREG(status.st_mode));
  EXPECT_EQ(status.st_size, 14);
  EXPECT_EQ(open("/testdata/docs/page.txt", O_WRONLY), -1);
  EXPECT_EQ(errno, EROFS);
  EXPECT_EQ(open("/none", O_RDONLY), -1);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_EQ(access("/testdata/docs/page.txt", R_OK), 0);
  EXPECT_EQ(access("/testdata/docs/page.txt", W_OK), -1);
  EXPECT_EQ(errno, EACCES);
}

TEST(FileCallsTest, TemporaryFileIsWrittenAndRead) {
  char name[] = "/tmp/fileXXXXXX";
  const int file = mkstemp(name);
  ASSERT_GE(file, 0);
  EXPECT_EQ(write(file, "0123456789", 10), 10);
  std::array<char, 4> buffer = {};
  EXPECT_EQ(pread(file, buffer.data(), 3, 5), 3);
  EXPECT_STREQ(buffer.data(), "567");
  EXPECT_EQ(pwrite(file, "XY", 2, 2), 2);
  EXPECT_EQ(lseek(file, 0, SEEK_CUR), 10);
  EXPECT_EQ(lseek(file, 1, SEEK_SET), 1);
  EXPECT_EQ(read(file, buffer.data(), 3), 3);
  EXPECT_STREQ(buffer.data(), "1XY");
  EXPECT_EQ(ftruncate(file, 4), 0);
  struct stat status;
  EXPECT_EQ(fstat(file, &status), 0);
  EXPECT_EQ(status.st_size, 4);
  EXPECT_EQ(close(file), 0);
  EXPECT_EQ(Contents(name), "01XY");
  EXPECT_EQ(chmod(name, 0400), 0);
  EXPECT_EQ(stat(name, &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0400u);
  EXPECT_EQ(unlink(name), 0);
  EXPECT_EQ(unlink(name), -1);
  EXPECT_EQ(errno, ENOENT);
}

TEST(FileCallsTest, StdioReadsWhatItWrote) {
  FILE* file = fopen("/tmp/stdio", "w+");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(fprintf(file, "%d %s\n", 42, "words"), 9);
  rewind(file);
  int number = 0;
  std::array<char, 16> word;
  EXPECT_EQ(fscanf(file, "%d %15s", &number, word.data()), 2);
  EXPECT_EQ(number, 42);
  EXPECT_STREQ(word.data(), "words");
  EXPECT_EQ(fclose(file), 0);
  file = fopen("/tmp/stdio", "a");
  fputs("more", file);
  EXPECT_EQ(fclose(file), 0);
  EXPECT_EQ(Contents("/tmp/stdio"), "42 words\nmore");
  EXPECT_EQ(rename("/tmp/stdio", "/tmp/renamed"), 0);
  EXPECT_EQ(rename("/tmp/renamed", "/elsewhere"), -1);
  EXPECT_EQ(errno, EXDEV);
  EXPECT_EQ(remove("/tmp/renamed"), 0);
}

TEST(FileCallsTest, DirectoriesAreListed) {
  DIR* stream = opendir("/testdata");
  ASSERT_NE(stream, nullptr);
  std::set<std::string> names;
  while (const dirent* entry = readdir(stream)) {
    names.insert(entry->d_name);
  }
  EXPECT_EQ(names, (std::set<std::string>{".", "..", "docs"}));
  rewinddir(stream);
  EXPECT_STREQ(readdir(stream)->d_name, ".");
  EXPECT_EQ(closedir(stream), 0);
  EXPECT_EQ(opendir("/none"), nullptr);
  EXPECT_EQ(opendir("/testdata/docs/page.txt"), nullptr);
  EXPECT_EQ(errno, ENOTDIR);
}

TEST(FileCallsTest, PathsAreRelativeToWhereTheProgramIs) {
  EXPECT_EQ(chdir("/testdata"), 0);
  EXPECT_EQ(Contents("docs/page.txt"), "a packed page\n");
  std::array<char, 64> buffer;
  EXPECT_STREQ(getcwd(buffer.data(), buffer.size()), "/testdata");
  char* real = realpath("./docs/../docs/page.txt", nullptr);
  EXPECT_STREQ(real, "/testdata/docs/page.txt");
  free(real);
  const int directory = open("docs", O_RDONLY | O_DIRECTORY);
  ASSERT_GE(directory, 0);
  EXPECT_EQ(fchdir(directory), 0);
  EXPECT_STREQ(getcwd(buffer.data(), buffer.size()), "/testdata/docs");
  EXPECT_EQ(chdir("/"), 0);
  const int page = openat(directory, "page.txt", O_RDONLY);
  EXPECT_GE(page, 0);
  EXPECT_EQ(close(page), 0);
  EXPECT_EQ(close(directory), 0);
}

TEST(FileCallsTest, DevicesAreThere) {
  const int zero = open("/dev/zero", O_RDONLY);
  std::array<unsigned char, 8> bytes;
  bytes.fill(0xff);
  EXPECT_EQ(read(zero, bytes.data(), bytes.size()), 8);
  EXPECT_TRUE(std::ranges::all_of(bytes, [](unsigned char byte) { return byte == 0; }));
  EXPECT_EQ(close(zero), 0);
  const int null = open("/dev/null", O_RDWR);
  EXPECT_EQ(write(null, "x", 1), 1);
  EXPECT_EQ(read(null, bytes.data(), 1), 0);
  EXPECT_EQ(close(null), 0);
}

TEST(FileCallsTest, SendfileCopiesAFile) {
  const int from = open("/testdata/docs/page.txt", O_RDONLY);
  const int to = open("/tmp/copy", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  off_t offset = 2;
  EXPECT_EQ(sendfile(to, from, &offset, 6), 6);
  EXPECT_EQ(offset, 8);
  EXPECT_EQ(sendfile(to, from, nullptr, 100), 14);
  EXPECT_EQ(close(from), 0);
  EXPECT_EQ(close(to), 0);
  EXPECT_EQ(Contents("/tmp/copy"), "packeda packed page\n");
  EXPECT_EQ(unlink("/tmp/copy"), 0);
}

TEST(FileCallsTest, MappedMemory) {
  auto* pages = static_cast<char*>(
      mmap(nullptr, 10'000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(pages, MAP_FAILED);
  EXPECT_TRUE(std::all_of(pages, pages + 10'000, [](char byte) { return byte == 0; }));
  pages[9'999] = 'x';
  EXPECT_EQ(mprotect(pages, 4096, PROT_READ), 0);
  EXPECT_EQ(mprotect(pages, 4096, PROT_READ | PROT_WRITE | PROT_EXEC), -1);
  EXPECT_EQ(errno, EACCES);
  EXPECT_EQ(munmap(pages, 10'000), 0);
  const int file = open("/testdata/docs/page.txt", O_RDONLY);
  auto* text = static_cast<const char*>(mmap(nullptr, 14, PROT_READ, MAP_SHARED, file, 0));
  ASSERT_NE(text, MAP_FAILED);
  EXPECT_EQ(std::string(text), "a packed page\n");
  EXPECT_EQ(munmap(const_cast<char*>(text), 14), 0);
  EXPECT_EQ(mmap(nullptr, 14, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), MAP_FAILED);
  EXPECT_EQ(errno, ENOTSUP);
  EXPECT_EQ(close(file), 0);
}

TEST(FilesystemTest, TreeIsMadeWalkedAndRemoved) {
  namespace fs = std::filesystem;
  const fs::path root = fs::temp_directory_path() / "tree";
  EXPECT_TRUE(fs::create_directories(root / "a" / "b"));
  std::ofstream(root / "a" / "file") << "contents";
  EXPECT_EQ(fs::file_size(root / "a" / "file"), 8u);
  EXPECT_TRUE(fs::copy_file(root / "a" / "file", root / "copy"));
  EXPECT_EQ(Contents((root / "copy").c_str()), "contents");
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    found.insert(entry.path().lexically_relative(root).string());
  }
  EXPECT_EQ(found, (std::set<std::string>{"a", "a/b", "a/file", "copy"}));
  fs::rename(root / "copy", root / "moved");
  EXPECT_FALSE(fs::exists(root / "copy"));
  fs::resize_file(root / "moved", 3);
  EXPECT_EQ(fs::file_size(root / "moved"), 3u);
  EXPECT_TRUE(fs::remove(root / "a" / "b"));
  EXPECT_EQ(fs::canonical(root / "a" / ".." / "moved"), root / "moved");
  EXPECT_GT(fs::space("/tmp").available, 0u);
  EXPECT_EQ(fs::remove_all(root), 4u);
  EXPECT_FALSE(fs::exists(root));
  std::error_code error;
  fs::create_symlink("a", "/tmp/link", error);
  EXPECT_EQ(error.value(), EPERM);
}

}  // namespace
