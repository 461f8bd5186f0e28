// The default site in Chromium: it arrives whole, it looks like something, and nothing is missing.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/http/command.h"
#include "tests/http/server_process.h"

namespace ashlar::http_test {
namespace {

constexpr const char* kChromium = "/usr/lib/chromium/chromium-headless-shell";

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The folder that the browser's packages were unpacked into: its program lies where it belongs.
std::string Packages() {
  const std::string program = std::filesystem::canonical(Environment("CHROMIUM"));
  return program.substr(0, program.size() - std::string_view(kChromium).size());
}

constexpr const char* kLight = "--blink-settings=preferredColorScheme=1";
constexpr const char* kDark = "--blink-settings=preferredColorScheme=0";

/// Puts a picture where somebody wants to look at it.
void Keep(const std::string& name, const std::string& bytes) {
  if (const std::string folder = Environment("BROWSER_PICTURES"); !folder.empty()) {
    std::ofstream(folder + "/" + name, std::ios::binary) << bytes;
  }
}

class BrowserTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = std::make_unique<ServerProcess>(std::vector<std::string>{"--access-log"});
  }

  /// Opens `path` in a browser of its own, which does `action` and ends.
  CommandResult Open(const std::string& path, std::vector<std::string> action) {
    std::vector<std::string> words = {Environment("ENTER_ROOT"),
                                      Packages(),
                                      testing::TempDir(),
                                      kChromium,
                                      "--no-sandbox",
                                      "--disable-gpu",
                                      "--disable-quic",
                                      "--no-first-run",
                                      "--disable-background-networking",
                                      "--disable-component-update",
                                      "--disable-sync",
                                      "--disable-dev-shm-usage",
                                      "--hide-scrollbars",
                                      "--user-data-dir=/tmp/profile"};
    words.insert(words.end(), action.begin(), action.end());
    words.push_back(server_->url() + path);
    return RunCommand(words);
  }

  /// Opens `path` and takes its picture: the PNG file's bytes.
  std::string Picture(const std::string& path, const std::string& size,
                      const std::vector<std::string>& more = {}) {
    const std::string name = testing::TempDir() + "/picture.png";
    std::filesystem::remove(name);
    std::vector<std::string> action = {"--window-size=" + size, "--screenshot=/tmp/picture.png"};
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

// A picture of one colour compresses to a few kilobytes; the pages' do not. To look at them:
// bazel test --test_env=BROWSER_PICTURES=FOLDER --spawn_strategy=local //tests/browser/...
TEST_F(BrowserTest, ThePagesLookLikeSomething) {
  for (const auto& [path, name] : {std::pair("/", "first"), std::pair("/status", "status")}) {
    const std::string light = Picture(path, "1200,1000", {kLight});
    const std::string dark = Picture(path, "1200,1000", {kDark});
    const std::string narrow = Picture(path, "500,900", {kLight});
    Keep(std::string(name) + "_light.png", light);
    Keep(std::string(name) + "_dark.png", dark);
    Keep(std::string(name) + "_narrow.png", narrow);
    EXPECT_EQ(SizeOf(light), std::pair(1200u, 1000u));
    EXPECT_EQ(SizeOf(dark), std::pair(1200u, 1000u));
    EXPECT_EQ(SizeOf(narrow), std::pair(500u, 900u));
    for (const std::string& picture : {light, dark, narrow}) {
      EXPECT_GT(picture.size(), 15'000u) << path;
    }
    EXPECT_NE(light, dark) << path;
  }
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
