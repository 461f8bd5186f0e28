// The host's side of an image's network, in namespaces of the test's own where it changes anything.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/host_network.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <format>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar::run {
namespace {

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

// Binds a socket of its own, as another program would.
bool Bind(std::uint16_t port, bool reuse, bool listening) {
  const File socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = reuse ? 1 : 0;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
         (!listening || listen(socket.get(), 1) == 0);
}

TEST(PortTest, AHeldPortIsForWhomItIsHeld) {
  const auto port = HoldPort(std::nullopt);
  ASSERT_TRUE(port.has_value()) << port.error();
  EXPECT_NE(port->number, 0);
  EXPECT_FALSE(Bind(port->number, /*reuse=*/false, /*listening=*/false));
  EXPECT_TRUE(Bind(port->number, /*reuse=*/true, /*listening=*/true));
}

TEST(PortTest, AHeldPortIsNobodysWhoAsksForAny) {
  // In a namespace where there are two ports to have.
  const bool ran = RunInNamespace([](const Network&) {
    ASSERT_TRUE(std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "40000 40001\n");
    const auto first = HoldPort(std::nullopt);
    ASSERT_TRUE(first.has_value()) << first.error();
    const auto second = HoldPort(std::nullopt);
    ASSERT_TRUE(second.has_value()) << second.error();
    EXPECT_NE(first->number, second->number);
    EXPECT_FALSE(HoldPort(std::nullopt).has_value());
    EXPECT_FALSE(Listen(std::nullopt).has_value());
  });
  if (!ran) {
    GTEST_SKIP() << "this machine allows no network namespace";
  }
}

TEST(PortTest, ATakenPortIsSaid) {
  const auto listener = Listen(std::nullopt);
  ASSERT_TRUE(listener.has_value()) << listener.error();
  const auto port = HoldPort(listener->number);
  ASSERT_FALSE(port.has_value());
  EXPECT_EQ(port.error(),
            "port " + std::to_string(listener->number) +
                " is taken: choose another with --port, or leave it out to have a free one");
}

TEST(FileTest, MovesItsDescriptor) {
  File first(dup(0));
  const int fd = first.get();
  File second = std::move(first);
  EXPECT_EQ(second.get(), fd);
  EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move): what is left is what is tested
  first = std::move(second);
  EXPECT_EQ(first.Release(), fd);
  close(fd);
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

constexpr std::string_view kHowToMakeOne =
    "as root, ip tuntap add NAME mode tap user $USER vnet_hdr; ip addr add 10.0.3.1/24 dev NAME; "
    "ip link set NAME up";

TEST(TapTest, WhatIsNoTapIsSaidWithWhatMakesOne) {
  const bool ran = RunInNamespace([](const Network&) {
    const auto network = OpenTap("lo");
    ASSERT_FALSE(network.has_value());
    EXPECT_TRUE(network.error().ends_with(kHowToMakeOne)) << network.error();
  });
  if (!ran) {
    GTEST_SKIP() << "this machine allows no network namespace";
  }
}

TEST(TapTest, WhereNoAddressIsLeftItIsSaidWhatMakesOne) {
  const bool ran = RunInNamespace([](const Network&) {
    const File socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    for (std::uint32_t n = 1; n < 255; ++n) {
      sockaddr_in address = {};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(10u << 24 | 77u << 16 | n << 8 | 1);
      ifreq request = {};
      *std::format_to_n(request.ifr_name, IFNAMSIZ - 1, "lo:{}", n).out = '\0';
      std::memcpy(&request.ifr_addr, &address, sizeof(address));
      ASSERT_EQ(ioctl(socket.get(), SIOCSIFADDR, &request), 0) << n;
    }
    const auto network = OpenTap("NAME");
    ASSERT_FALSE(network.has_value());
    EXPECT_TRUE(network.error().ends_with(kHowToMakeOne)) << network.error();
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
