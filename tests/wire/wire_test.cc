// The HTTP server behind a wire that loses, delays, duplicates and corrupts frames, offloads on:
// what clients get is what was sent.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/http/client.h"
#include "tests/http/command.h"
#include "tests/http/pattern.h"
#include "tests/http/server_process.h"
#include "tests/wire/relay.h"

namespace ashlar::wire {
namespace {

using http_test::Client;
using http_test::Reply;
using http_test::ServerProcess;

constexpr std::size_t kSize = 4 << 20;
constexpr std::uint32_t kSeed = 20'250'101;

struct Case {
  const char* name;
  Faults faults;
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }

/// The sum of this namespace's counters of segments and packets refused for their checksums.
std::uint64_t Refused() {
  std::ifstream file("/proc/thread-self/net/snmp");
  std::uint64_t sum = 0;
  for (std::string names, values; std::getline(file, names) && std::getline(file, values);) {
    std::istringstream name_words(names);
    std::istringstream value_words(values);
    for (std::string name, value; name_words >> name && value_words >> value;) {
      sum += name == "InCsumErrors" || name == "InHdrErrors" ? std::stoull(value) : 0;
    }
  }
  return sum;
}

class WireTest : public testing::TestWithParam<Case> {
 public:
  static void SetUpTestSuite() {
    if (access("/dev/net/tun", F_OK) != 0) {
      return;
    }
    auto relay = Relay::Create();
    if (!relay.has_value()) {
      reason_ = relay.error();
      return;
    }
    relay_ = *std::move(relay);
    server_ = std::make_unique<ServerProcess>();
  }
  static void TearDownTestSuite() {
    server_.reset();
    relay_.reset();
  }

 protected:
  void SetUp() override {
    if (access("/dev/net/tun", F_OK) != 0) {
      GTEST_SKIP() << "this machine has no taps at all: there is no /dev/net/tun";
    }
    ASSERT_NE(relay_, nullptr) << reason_;
    relay_->Restart(GetParam().faults, kSeed);
  }

  static std::string reason_;
  static std::unique_ptr<Relay> relay_;
  static std::unique_ptr<ServerProcess> server_;
};

std::string WireTest::reason_;
std::unique_ptr<Relay> WireTest::relay_;
std::unique_ptr<ServerProcess> WireTest::server_;

TEST_P(WireTest, EverythingArrivesAsItWasSent) {
  const Faults& faults = GetParam().faults;
  const std::uint64_t refused = Refused();

  // A client that nobody here wrote, on a connection of its own.
  const std::string file = testing::TempDir() + "/large";
  const http_test::CommandResult curl =
      http_test::RunCommand({std::getenv("CURL"), "--silent", "--show-error", "--max-time", "100",
                             "--output", file, server_->url() + "/large.bin"});
  EXPECT_EQ(curl.status, 0) << curl.output;
  EXPECT_TRUE(http_test::ReadFile(file) == http_test::Pattern(kSize));

  // Ours, with several requests on one.
  Client client(*server_);
  ASSERT_TRUE(client.connected());
  ASSERT_TRUE(
      client.Send("GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n"
                  "GET /large.bin HTTP/1.1\r\nHost: x\r\nRange: bytes=1000000-2999999\r\n\r\n"
                  "GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(client.Receive().value_or(Reply()).body, "hello, world, again\n");
  EXPECT_TRUE(client.Receive().value_or(Reply()).body ==
              http_test::Pattern(kSize).substr(1'000'000, 2'000'000));
  EXPECT_EQ(client.Receive().value_or(Reply()).body, "hello, world, again\n");

  // And many connections, whose beginnings and ends meet the faults too.
  for (int i = 0; i < 40; ++i) {
    const auto reply = http_test::Get(*server_, "/small.txt");
    ASSERT_TRUE(reply.has_value()) << i;
    EXPECT_EQ(reply->body, "hello, world, again\n") << i;
  }

  // Whether that was the wire it should have been.
  const Relay::Totals totals = relay_->totals();
  const auto tell = [](const char* direction, const Counts& counts) {
    std::ostringstream text;
    text << direction << ": " << counts.frames << " frames, " << counts.lost << " lost, "
         << counts.delayed << " delayed, " << counts.duplicated << " duplicated, "
         << counts.corrupted << " corrupted; " << counts.offloaded
         << " passed with unfinished checksums, " << counts.segmented << " of many segments\n";
    return text.str();
  };
  std::string told = tell("to the guest", totals.to_guest) + tell("from it", totals.from_guest);
  told += std::to_string(totals.full) + " found no room\n";
  std::printf("%s", told.c_str());
  for (const Counts& counts : {totals.to_guest, totals.from_guest}) {
    EXPECT_EQ(counts.lost > 0, faults.lost > 0);
    EXPECT_EQ(counts.delayed > 0, faults.delayed > 0);
    EXPECT_EQ(counts.duplicated > 0, faults.duplicated > 0);
    EXPECT_EQ(counts.corrupted > 0, faults.corrupted > 0);
    EXPECT_GT(counts.offloaded, 0u);
  }
  EXPECT_GT(totals.from_guest.segmented, 0u);
  EXPECT_EQ(Refused() > refused, faults.corrupted > 0);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, WireTest,
    testing::Values(Case("nothing", {}), Case("loss", {.lost = 200}),
                    Case("reordering", {.delayed = 200}), Case("duplication", {.duplicated = 200}),
                    Case("corruption", {.corrupted = 50}),
                    Case("all", {.lost = 200, .delayed = 200, .duplicated = 200, .corrupted = 50})),
    [](const testing::TestParamInfo<Case>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace ashlar::wire
