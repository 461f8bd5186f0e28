// The forwarder between a client and a server that the test plays.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/forwarder.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tools/run/host_network.h"

namespace ashlar::run {
namespace {

sockaddr_in Local(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

File ConnectTo(std::uint16_t port) {
  File socket(::socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = Local(port);
  EXPECT_EQ(connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  return socket;
}

std::string ReadAll(int fd) {
  std::string all;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(fd, buffer, sizeof(buffer))) > 0;) {
    all.append(buffer, static_cast<std::size_t>(count));
  }
  return all;
}

// A forwarder in a thread, in front of a server that this test plays.
class ForwarderTest : public testing::Test {
 protected:
  ForwarderTest() {
    auto front = Listen(std::nullopt);
    auto back = Listen(std::nullopt);
    front_port_ = front->number;
    server_ = std::move(back->socket);
    forwarder_ = std::make_unique<Forwarder>(std::move(front->socket), Local(back->number));
    thread_ = std::thread([this] {
      while (!done_) {
        std::vector<pollfd> fds;
        forwarder_->AddTo(fds);
        poll(fds.data(), fds.size(), 20);
        forwarder_->Run();
      }
    });
  }
  ~ForwarderTest() override {
    done_ = true;
    thread_.join();
  }

  File Accept() {
    pollfd fd = {.fd = server_.get(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&fd, 1, 10'000), 1);
    return File(accept(server_.get(), nullptr, nullptr));
  }

  std::uint16_t front_port_ = 0;
  File server_;
  std::unique_ptr<Forwarder> forwarder_;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

TEST_F(ForwarderTest, BytesGoBothWaysAndHalfAConnectionCanEnd) {
  const File client = ConnectTo(front_port_);
  const File served = Accept();
  ASSERT_EQ(write(client.get(), "request", 7), 7);
  shutdown(client.get(), SHUT_WR);
  EXPECT_EQ(ReadAll(served.get()), "request");
  ASSERT_EQ(write(served.get(), "reply", 5), 5);
  shutdown(served.get(), SHUT_WR);
  EXPECT_EQ(ReadAll(client.get()), "reply");
}

TEST_F(ForwarderTest, MuchMoreThanABufferArrivesWhole) {
  const File client = ConnectTo(front_port_);
  const File served = Accept();
  std::string much(4 << 20, 'x');
  for (std::size_t i = 0; i < much.size(); i += 97) {
    much[i] = static_cast<char>(i);
  }
  std::thread writer([&] {
    std::size_t sent = 0;
    while (sent < much.size()) {
      sent += static_cast<std::size_t>(write(served.get(), much.data() + sent, much.size() - sent));
    }
    shutdown(served.get(), SHUT_WR);
  });
  EXPECT_EQ(ReadAll(client.get()), much);
  writer.join();
}

TEST_F(ForwarderTest, AServerThatIsNotThereEndsTheConnection) {
  server_ = File();
  const File client = ConnectTo(front_port_);
  EXPECT_EQ(ReadAll(client.get()), "");
}

}  // namespace
}  // namespace ashlar::run
