// The default site in Chromium: it arrives whole, it looks like something, and nothing is missing.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/http/command.h"
#include "tests/http/server_process.h"

namespace ashlar::http_test {
namespace {

/// The browser's program, or empty. It is the machine's own: Chromium with all it depends on is a
/// system of its own.
std::string Chromium() {
  if (const char* program = std::getenv("CHROMIUM"); program != nullptr) {
    return program;
  }
  for (const char* program :
       {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"}) {
    if (access(program, X_OK) == 0) {
      return program;
    }
  }
  return "";
}

std::string ReadFile(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class BrowserTest : public testing::Test {
 protected:
  void SetUp() override {
    if (Chromium().empty()) {
      GTEST_SKIP() << "there is no Chromium on this machine (on Debian: apt-get install chromium)";
    }
    server_ = std::make_unique<ServerProcess>(std::vector<std::string>{"--access-log"});
  }

  /// Opens `path` in a browser of its own, which does `action` and ends.
  CommandResult Open(const std::string& path, std::vector<std::string> action) {
    const std::string profile = testing::TempDir() + "/profile";
    setenv("HOME", testing::TempDir().c_str(), 1);
    std::vector<std::string> words = {Chromium(),
                                      "--headless",
                                      "--no-sandbox",
                                      "--disable-gpu",
                                      "--disable-quic",
                                      "--no-first-run",
                                      "--disable-background-networking",
                                      "--disable-component-update",
                                      "--disable-sync",
                                      "--disable-dev-shm-usage",
                                      "--hide-scrollbars",
                                      "--user-data-dir=" + profile};
    words.insert(words.end(), action.begin(), action.end());
    words.push_back(server_->url() + path);
    return RunCommand(words);
  }

  /// Opens `path` and takes its picture: the PNG file's bytes.
  std::string Picture(const std::string& path, const std::string& size,
                      const std::vector<std::string>& more = {}) {
    const std::string name = testing::TempDir() + "/picture.png";
    std::vector<std::string> action = {"--window-size=" + size, "--screenshot=" + name};
    action.insert(action.end(), more.begin(), more.end());
    const CommandResult result = Open(path, action);
    EXPECT_EQ(result.status, 0) << result.output;
    return ReadFile(name);
  }

  /// Whether the server's log shows this within ten seconds.
  bool Logged(const std::string& text) {
    for (int i = 0; i < 100; ++i) {
      if (server_->Output().contains(text)) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }

  std::unique_ptr<ServerProcess> server_;
};

/// Width and height, from the header of a PNG file [PNG §11.2.2].
std::pair<unsigned, unsigned> SizeOf(const std::string& png) {
  if (!png.starts_with("\x89PNG\r\n\x1a\n") || png.size() < 24) {
    return {0, 0};
  }
  const auto number = [&](std::size_t at) {
    unsigned value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
      value = value << 8 | static_cast<unsigned char>(png[i]);
    }
    return value;
  };
  return {number(16), number(20)};
}

TEST_F(BrowserTest, TheFirstPageArrivesWithAllItsParts) {
  const CommandResult result = Open("/", {"--dump-dom"});
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_TRUE(
      result.output.contains("<h1>A web server with nothing under it but what it uses.</h1>"))
      << result.output;
  EXPECT_TRUE(result.output.contains("<title id=\"wall-title\">"));
  EXPECT_TRUE(result.output.contains("</footer>"));
  EXPECT_TRUE(Logged("\"GET / HTTP/1.1\" 200 ")) << server_->Output();
  EXPECT_TRUE(Logged("\"GET /style.css HTTP/1.1\" 200 ")) << server_->Output();
  EXPECT_FALSE(server_->Output().contains("\" 404 ")) << server_->Output();
}

// A picture of one colour compresses to a few kilobytes; the page's does not.
TEST_F(BrowserTest, TheFirstPageLooksLikeSomething) {
  for (const char* scheme :
       {"--blink-settings=preferredColorScheme=1", "--blink-settings=preferredColorScheme=0"}) {
    const std::string picture = Picture("/", "1200,1000", {scheme});
    EXPECT_EQ(SizeOf(picture), std::pair(1200u, 1000u));
    EXPECT_GT(picture.size(), 30'000u);
  }
  EXPECT_EQ(SizeOf(Picture("/", "500,900")), std::pair(500u, 900u));
}

TEST_F(BrowserTest, TheStatusPageShowsWhatIsInTheImage) {
  const CommandResult result = Open("/status", {"--dump-dom"});
  EXPECT_TRUE(result.output.contains("<h1>Status of this image</h1>")) << result.output;
  if (std::getenv("HTTP_SERVER_IS_IMAGE") != nullptr) {
    EXPECT_TRUE(result.output.contains("<td>//apps/httpd</td>")) << result.output;
    EXPECT_TRUE(result.output.contains("<td>//libs/rootfs</td>")) << result.output;
    EXPECT_TRUE(result.output.contains("of the machine")) << result.output;
  }
}

TEST_F(BrowserTest, WhatIsNotThereHasAPageToo) {
  const CommandResult result = Open("/not/there", {"--dump-dom"});
  EXPECT_TRUE(result.output.contains("No such stone in this wall.")) << result.output;
}

}  // namespace
}  // namespace ashlar::http_test
