// SPDX-License-Identifier: Apache-2.0
#include "tools/run/host_network.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace ashlar::run {
namespace {

TEST(PortTest, AFreePortIsFound) {
  const auto port = FindPort(std::nullopt);
  ASSERT_TRUE(port.has_value()) << port.error();
  EXPECT_NE(*port, 0);
}

TEST(PortTest, ATakenPortIsSaid) {
  const auto listener = Listen(std::nullopt);
  ASSERT_TRUE(listener.has_value()) << listener.error();
  const auto port = FindPort(listener->port);
  ASSERT_FALSE(port.has_value());
  EXPECT_EQ(port.error(),
            "port " + std::to_string(listener->port) +
                " is taken: choose another with --port, or leave it out to have a free one");
}

TEST(FileTest, MovesItsDescriptor) {
  File first(dup(0));
  const int fd = first.get();
  File second = std::move(first);
  EXPECT_EQ(second.get(), fd);
  EXPECT_FALSE(first.valid());
  first = std::move(second);
  EXPECT_EQ(first.Release(), fd);
  close(fd);
}

// Runs `body` in a process of its own, since there is no way back out of a network namespace; its
// failures are the test's. False where the machine allows no namespace: nothing ran.
bool RunInNamespace(void (*body)(const Network&)) {
  constexpr int kNotAllowed = 77;
  const pid_t pid = fork();
  if (pid == 0) {
    const auto network = EnterNetworkNamespace();
    if (!network.has_value()) {
      std::fprintf(stderr, "%s\n", network.error().c_str());
      _exit(kNotAllowed);
    }
    body(*network);
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotAllowed) {
    return false;
  }
  EXPECT_EQ(status, 0);
  return true;
}

TEST(TapTest, AMissingTapIsMadeWhereThatIsAllowed) {
  const bool ran = RunInNamespace([](const Network&) {
    const auto network = OpenTap("ashlar-run");
    ASSERT_TRUE(network.has_value()) << network.error();
    EXPECT_TRUE(network->image_address.starts_with("10.77."));
    ASSERT_EQ(network->parameters.size(), 2u);
    EXPECT_EQ(network->parameters[0], "net.address=" + network->image_address + "/24");
    const auto again = OpenTap("ashlar-run");
    ASSERT_FALSE(again.has_value());
    EXPECT_TRUE(again.error().contains("in use by another process")) << again.error();
  });
  if (!ran) {
    GTEST_SKIP() << "this machine allows no network namespace";
  }
}

TEST(NamespaceTest, ATapLiesInItAndTheHostsSeesNothing) {
  const bool ran = RunInNamespace([](const Network& network) {
    EXPECT_EQ(network.image_address, "10.0.2.15");
    EXPECT_NE(if_nametoindex("tap0"), 0u);
    EXPECT_EQ(if_nametoindex("eth0"), 0u);
  });
  if (!ran) {
    GTEST_SKIP() << "this machine allows no network namespace";
  }
}

}  // namespace
}  // namespace ashlar::run
