// The HTTP server on a tap, where its clients' own ports and addresses arrive: connections that
// meet their predecessors in TIME-WAIT, and IPv6.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/http/client.h"
#include "tests/http/command.h"
#include "tests/http/pattern.h"
#include "tests/http/server_process.h"
#include "tests/http/tap.h"

namespace ashlar::http_test {
namespace {

constexpr std::string_view kSmall = "hello, world, again\n";

class TapTest : public testing::Test {
 public:
  static void SetUpTestSuite() {
    if (access("/dev/net/tun", F_OK) != 0) {
      return;
    }
    auto tap = Tap::Enter();
    if (!tap.has_value()) {
      reason_ = tap.error();
      return;
    }
    tap_ = *tap;
    server_ = std::make_unique<ServerProcess>();
  }
  static void TearDownTestSuite() { server_.reset(); }

 protected:
  void SetUp() override {
    if (access("/dev/net/tun", F_OK) != 0) {
      GTEST_SKIP() << "this machine has no taps at all: there is no /dev/net/tun";
    }
    ASSERT_TRUE(tap_.has_value()) << reason_;
  }

  static const Tap& tap() { return *tap_; }
  static ServerProcess& server() { return *server_; }

 private:
  static std::string reason_;
  static std::optional<Tap> tap_;
  static std::unique_ptr<ServerProcess> server_;
};

std::string TapTest::reason_;
std::optional<Tap> TapTest::tap_;
std::unique_ptr<ServerProcess> TapTest::server_;

// One connection from this port, at the end of which the server has it in TIME-WAIT and this side
// has forgotten it.
void AskOnce(ServerProcess& server, std::uint16_t port) {
  Client client(server, port);
  ASSERT_TRUE(client.connected());
  // Closing waits until the server has acknowledged our end.
  const linger wait{.l_onoff = 1, .l_linger = 10};
  setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &wait, sizeof wait);
  ASSERT_TRUE(client.Send("GET /small.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const auto reply = client.Receive();
  ASSERT_TRUE(reply.has_value());
  ASSERT_EQ(reply->body, kSmall);
  // Whoever closes first keeps the connection in TIME-WAIT: that is the server.
  ASSERT_TRUE(client.EndsWithin(std::chrono::seconds(10)));
}

TEST_F(TapTest, TenThousandConnectionsFromFourPortsMeetThemselvesInTimeWait) {
  constexpr int kConnections = 10'000;
  constexpr int kPorts = 4;
  constexpr int kFirstPort = 20'000;
  for (int i = 0; i < kPorts; ++i) {  // What memory the first ones need is theirs for good.
    ASSERT_NO_FATAL_FAILURE(AskOnce(server(), kFirstPort + i));
  }
  const auto heap = Metric(server(), "ashlar_heap_used_bytes");
  const auto free = Metric(server(), "ashlar_memory_free_bytes");
  ASSERT_TRUE(heap.has_value() && free.has_value());
  for (int i = 0; i < kConnections; ++i) {
    ASSERT_NO_FATAL_FAILURE(AskOnce(server(), kFirstPort + i % kPorts)) << "connection " << i;
  }
  EXPECT_EQ(Metric(server(), "ashlar_heap_used_bytes"), heap);
  // But for a page that the test's own questions may need for what they leave in TIME-WAIT.
  EXPECT_GE(Metric(server(), "ashlar_memory_free_bytes").value_or(0), *free - 4096);
}

/// IPv6, on a tap whose ends have their addresses.
class TapIpv6Test : public TapTest {
 protected:
  void SetUp() override {
    TapTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) {
      return;
    }
    if (!Tap::HasIpv6()) {
      GTEST_SKIP() << "this machine's kernel has no IPv6";
    }
  }

  static CommandResult Curl(const std::string& host, std::vector<std::string> words) {
    words.insert(words.begin(), {std::getenv("CURL"), "--silent", "--show-error", "--globoff"});
    words.back() = "http://[" + host + "]" + words.back();
    return RunCommand(words);
  }

  static void ExpectTheFilesFrom(const std::string& host) {
    const std::string file = testing::TempDir() + "/large";
    const CommandResult large = Curl(host, {"--max-time", "60", "--output", file, "/large.bin"});
    EXPECT_EQ(large.status, 0) << large.output << server().Output();
    EXPECT_TRUE(ReadFile(file) == Pattern()) << host;
    EXPECT_EQ(Curl(host, {"--max-time", "60", "/small.txt"}).output, kSmall);
  }
};

std::string Text(const in6_addr& address) {
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, &address, text, sizeof text) == nullptr ? "" : text;
}

TEST_F(TapIpv6Test, AFileArrivesFromTheLinkLocalAddress) {
  ASSERT_TRUE(tap().WaitForAddresses());
  const auto address = tap().LinkLocalAddressOf(server().address());
  ASSERT_TRUE(address.has_value());
  ExpectTheFilesFrom(Text(*address) + "%25" + Tap::kName);
}

TEST_F(TapIpv6Test, AFileArrivesFromAStaticAddress) {
  ASSERT_TRUE(tap().AddAddress("fd00:1::2"));
  ASSERT_TRUE(tap().WaitForAddresses());
  ExpectTheFilesFrom("fd00:1::15");
}

TEST_F(TapIpv6Test, AFileArrivesFromAnAddressInAnAdvertisedNetwork) {
  ASSERT_TRUE(tap().AddAddress("fd00:2::2"));
  ASSERT_TRUE(tap().WaitForAddresses());
  // The image's address there ends as the link-local one does.
  auto address = tap().LinkLocalAddressOf(server().address());
  ASSERT_TRUE(address.has_value());
  in6_addr prefix;
  ASSERT_EQ(inet_pton(AF_INET6, "fd00:2::", &prefix), 1);
  std::copy_n(prefix.s6_addr, 8, address->s6_addr);
  const auto serves = [&] {
    return Curl(Text(*address), {"--max-time", "1", "/small.txt"}).status == 0;
  };
  EXPECT_FALSE(serves());
  // It answers there once it has heard of the network, and no other machine has the address.
  bool does = false;
  for (int i = 0; i < 60 && !does; ++i) {
    ASSERT_TRUE(tap().AdvertisePrefix("fd00:2::"));
    does = serves();
  }
  ExpectTheFilesFrom(Text(*address));
}

}  // namespace
}  // namespace ashlar::http_test
