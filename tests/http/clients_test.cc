// The server with clients that nobody here wrote: curl, ab and wrk.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/http/command.h"
#include "tests/http/pattern.h"
#include "tests/http/server_process.h"

namespace ashlar::http_test {
namespace {

constexpr std::string_view kSmall = "hello, world, again\n";

class ClientsTest : public testing::Test {
 public:
  static void SetUpTestSuite() { server_ = new ServerProcess(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

 protected:
  static std::string url() { return server_->url(); }
  static std::string file() { return testing::TempDir() + "/body"; }
  static CommandResult Run(const char* program, std::vector<std::string> words) {
    const char* path = std::getenv(program);
    words.insert(words.begin(), path == nullptr ? program : path);
    return RunCommand(words);
  }
  static CommandResult Curl(std::vector<std::string> words) {
    words.insert(words.begin(), {"--silent", "--show-error", "--max-time", "60"});
    return Run("CURL", std::move(words));
  }

 private:
  static ServerProcess* server_;
};

ServerProcess* ClientsTest::server_ = nullptr;

TEST_F(ClientsTest, CurlGetsALargeFileIntact) {
  EXPECT_EQ(Curl({"--output", file(), url() + "/large.bin"}).status, 0);
  EXPECT_TRUE(ReadFile(file()) == Pattern());
}

TEST_F(ClientsTest, CurlGoesOnWhereItStopped) {
  std::ofstream(file(), std::ios::binary) << Pattern().substr(0, 700'001);
  EXPECT_EQ(Curl({"--continue-at", "-", "--output", file(), url() + "/large.bin"}).status, 0);
  EXPECT_TRUE(ReadFile(file()) == Pattern());
}

TEST_F(ClientsTest, CurlGetsRanges) {
  EXPECT_EQ(Curl({"--range", "7-11", url() + "/small.txt"}).output, "world");
  EXPECT_EQ(Curl({"--range", "-6", url() + "/small.txt"}).output, "again\n");
  EXPECT_EQ(Curl({"--range", "7-", url() + "/small.txt"}).output, kSmall.substr(7));
  EXPECT_EQ(Curl({"--range", "100-", "--fail", url() + "/small.txt"}).status, 22);
}

TEST_F(ClientsTest, CurlUsesOneConnectionForMany) {
  const CommandResult result =
      Curl({"--output", file(), "--write-out", "%{num_connects} ", url() + "/small.txt", "--output",
            file(), url() + "/large.bin", "--output", file(), url() + "/none"});
  EXPECT_EQ(result.output, "1 0 0 ");
}

TEST_F(ClientsTest, CurlKeepsWhatItHas) {
  const std::string tags = testing::TempDir() + "/tags";
  EXPECT_EQ(Curl({"--etag-save", tags, url() + "/small.txt"}).output, kSmall);
  EXPECT_EQ(
      Curl({"--etag-compare", tags, "--write-out", "%{http_code}", url() + "/small.txt"}).output,
      "304");
}

TEST_F(ClientsTest, CurlSpeaksHttp10AndHead) {
  EXPECT_EQ(Curl({"--http1.0", url() + "/small.txt"}).output, kSmall);
  EXPECT_TRUE(
      Curl({"--head", url() + "/large.bin"}).output.contains("Content-Length: 1048576\r\n"));
}

TEST_F(ClientsTest, CurlFollowsToTheDirectory) {
  EXPECT_TRUE(Curl({"--location", url() + "/docs"}).output.contains("A page in a folder."));
}

TEST_F(ClientsTest, CurlMayNotUpload) {
  std::ofstream(file(), std::ios::binary) << std::string(30'000, 'x');
  EXPECT_EQ(Curl({"--upload-file", file(), "--output", "/dev/null", "--write-out", "%{http_code}",
                  url() + "/x"})
                .output,
            "405");
  std::ofstream(file(), std::ios::binary) << std::string(3'000'000, 'x');
  EXPECT_EQ(Curl({"--upload-file", file(), "--output", "/dev/null", "--write-out", "%{http_code}",
                  url() + "/x"})
                .output,
            "413");
}

TEST_F(ClientsTest, AbLosesNothing) {
  for (const std::vector<std::string>& mode : std::vector<std::vector<std::string>>{
           {"-c", "1"}, {"-c", "8"}, {"-c", "8", "-k"}, {"-c", "64", "-k"}}) {
    std::vector<std::string> words = {"-q", "-n", "1000"};
    words.insert(words.end(), mode.begin(), mode.end());
    words.push_back(url() + "/small.txt");
    const CommandResult result = Run("AB", words);
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_TRUE(result.output.contains("Complete requests:      1000\n")) << result.output;
    EXPECT_TRUE(result.output.contains("Failed requests:        0\n")) << result.output;
    EXPECT_FALSE(result.output.contains("Non-2xx")) << result.output;
  }
}

TEST_F(ClientsTest, WrkFindsNoErrors) {
  const CommandResult result = Run("WRK", {"-t1", "-c32", "-d2s", url() + "/small.txt"});
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_TRUE(result.output.contains("Requests/sec:")) << result.output;
  EXPECT_FALSE(result.output.contains("Socket errors")) << result.output;
  EXPECT_FALSE(result.output.contains("Non-2xx")) << result.output;
}

}  // namespace
}  // namespace ashlar::http_test
