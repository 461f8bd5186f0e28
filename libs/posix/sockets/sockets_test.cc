// The socket calls, between two ends in this image (127.0.0.1 and ::1).
// SPDX-License-Identifier: Apache-2.0

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "libs/net/block_pool.h"
#include "libs/net/net.h"
#include "lwip/memp.h"

namespace {

using ashlar::net::BlockPool;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* Plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}
sockaddr* Plain(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }
  operator int() const { return number_; }
  void Close() {
    if (number_ >= 0) {
      close(number_);
    }
    number_ = -1;
  }

 private:
  int number_;
};

uint16_t PortOf(int descriptor) {
  sockaddr_in address = {};
  socklen_t length = sizeof(address);
  EXPECT_EQ(0, getsockname(descriptor, Plain(address), &length));
  EXPECT_EQ(sizeof(address), length);
  return ntohs(address.sin_port);
}

int MakeListener() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_GE(listener, 0);
  const int on = 1;
  EXPECT_EQ(0, setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
  const sockaddr_in address = Loopback(0);
  EXPECT_EQ(0, bind(listener, Plain(address), sizeof(address)));
  EXPECT_EQ(0, listen(listener, 16));
  return listener;
}

// A connected pair.
struct Pair {
  Pair()
      : listener(MakeListener()),
        client(socket(AF_INET, SOCK_STREAM, 0)),
        server(Join(listener, client)) {}

  static int Join(int listener, int client) {
    const sockaddr_in address = Loopback(PortOf(listener));
    EXPECT_EQ(0, connect(client, Plain(address), sizeof(address)));
    return accept4(listener, nullptr, nullptr, 0);
  }

  Descriptor listener;
  Descriptor client;
  Descriptor server;
};

TEST(SocketsTest, BytesCrossInBothDirections) {
  Pair pair;
  ASSERT_GE(pair.server, 0);
  EXPECT_EQ(5, send(pair.client, "hello", 5, MSG_NOSIGNAL));
  char buffer[16];
  EXPECT_EQ(5, recv(pair.server, buffer, sizeof(buffer), 0));
  EXPECT_EQ("hello", std::string(buffer, 5));
  EXPECT_EQ(2, write(pair.server, "ok", 2));
  EXPECT_EQ(2, read(pair.client, buffer, sizeof(buffer)));
}

TEST(SocketsTest, AcceptAndGetpeernameTellTheClient) {
  Descriptor listener(MakeListener());
  Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = Loopback(PortOf(listener));
  ASSERT_EQ(0, connect(client, Plain(address), sizeof(address)));
  sockaddr_in peer = {};
  socklen_t length = sizeof(peer);
  Descriptor server(accept(listener, Plain(peer), &length));
  ASSERT_GE(server, 0);
  EXPECT_EQ(AF_INET, peer.sin_family);
  EXPECT_EQ(PortOf(client), ntohs(peer.sin_port));
  EXPECT_EQ(htonl(INADDR_LOOPBACK), peer.sin_addr.s_addr);
  sockaddr_in again = {};
  length = sizeof(again);
  EXPECT_EQ(0, getpeername(server, Plain(again), &length));
  EXPECT_EQ(peer.sin_port, again.sin_port);
}

TEST(SocketsTest, ConnectingToNobodyIsRefused) {
  Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = Loopback(9);
  EXPECT_EQ(-1, connect(client, Plain(address), sizeof(address)));
  EXPECT_EQ(ECONNREFUSED, errno);
}

TEST(SocketsTest, ANonBlockingConnectTellsByPollAndError) {
  Descriptor listener(MakeListener());
  Descriptor client(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  const sockaddr_in address = Loopback(PortOf(listener));
  ASSERT_EQ(-1, connect(client, Plain(address), sizeof(address)));
  EXPECT_EQ(EINPROGRESS, errno);
  pollfd wanted = {.fd = client, .events = POLLOUT, .revents = 0};
  EXPECT_EQ(1, poll(&wanted, 1, 2000));
  EXPECT_EQ(POLLOUT, wanted.revents);
  int error = -1;
  socklen_t length = sizeof(error);
  EXPECT_EQ(0, getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length));
  EXPECT_EQ(0, error);
  EXPECT_EQ(-1, connect(client, Plain(address), sizeof(address)));
  EXPECT_EQ(EISCONN, errno);
}

TEST(SocketsTest, ReadingNothingYetIsEagainWhenNonBlocking) {
  Pair pair;
  char byte;
  EXPECT_EQ(-1, recv(pair.server, &byte, 1, MSG_DONTWAIT));
  EXPECT_EQ(EAGAIN, errno);
  EXPECT_EQ(0, fcntl(pair.listener, F_SETFL, O_NONBLOCK));
  EXPECT_EQ(-1, accept(pair.listener, nullptr, nullptr));
  EXPECT_EQ(EAGAIN, errno);
}

TEST(SocketsTest, AReceiveTimeoutEndsTheWait) {
  Pair pair;
  const timeval timeout = {.tv_sec = 0, .tv_usec = 20'000};
  ASSERT_EQ(0, setsockopt(pair.server, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)));
  char byte;
  EXPECT_EQ(-1, recv(pair.server, &byte, 1, 0));
  EXPECT_EQ(EAGAIN, errno);
  timeval got = {};
  socklen_t length = sizeof(got);
  EXPECT_EQ(0, getsockopt(pair.server, SOL_SOCKET, SO_RCVTIMEO, &got, &length));
  EXPECT_EQ(20'000, got.tv_usec);
}

TEST(SocketsTest, HalfACloseIsEndOfFileAndTheOtherHalfStillCarries) {
  Pair pair;
  ASSERT_EQ(3, send(pair.client, "ask", 3, 0));
  ASSERT_EQ(0, shutdown(pair.client, SHUT_WR));
  EXPECT_EQ(-1, send(pair.client, "x", 1, MSG_NOSIGNAL));
  EXPECT_EQ(EPIPE, errno);
  char buffer[8];
  EXPECT_EQ(3, recv(pair.server, buffer, sizeof(buffer), 0));
  EXPECT_EQ(0, recv(pair.server, buffer, sizeof(buffer), 0));
  EXPECT_EQ(6, send(pair.server, "answer", 6, 0));
  pair.server.Close();
  EXPECT_EQ(6, recv(pair.client, buffer, sizeof(buffer), MSG_WAITALL));
  EXPECT_EQ(0, recv(pair.client, buffer, sizeof(buffer), 0));
  iovec piece = {.iov_base = buffer, .iov_len = sizeof(buffer)};
  msghdr message = {};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  EXPECT_EQ(0, recvmsg(pair.client, &message, MSG_PEEK | MSG_DONTWAIT));
  EXPECT_EQ(0, message.msg_flags);
}

TEST(SocketsTest, ClosingWithUnreadDataResets) {
  Pair pair;
  ASSERT_EQ(3, send(pair.client, "abc", 3, 0));
  char byte;
  ASSERT_EQ(1, recv(pair.server, &byte, 1, MSG_PEEK));
  pair.server.Close();
  EXPECT_EQ(-1, recv(pair.client, &byte, 1, 0));
  EXPECT_EQ(ECONNRESET, errno);
}

TEST(SocketsTest, LingerOfZeroResets) {
  Pair pair;
  const linger now = {.l_onoff = 1, .l_linger = 0};
  ASSERT_EQ(0, setsockopt(pair.server, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
  pair.server.Close();
  char byte;
  EXPECT_EQ(-1, recv(pair.client, &byte, 1, 0));
  EXPECT_EQ(ECONNRESET, errno);
}

// While it lives, lwIP has no memory for another segment.
class NoSegments {
 public:
  NoSegments() {
    BlockPool::SetBudget(BlockPool::used_bytes());
    while (void* segment = memp_malloc(MEMP_TCP_SEG)) {
      taken_.push_back(segment);
    }
  }
  NoSegments(const NoSegments&) = delete;
  NoSegments& operator=(const NoSegments&) = delete;
  ~NoSegments() {
    for (void* segment : taken_) {
      memp_free(MEMP_TCP_SEG, segment);
    }
    BlockPool::SetBudget(budget_);
  }

 private:
  std::size_t budget_ = BlockPool::budget();
  std::vector<void*> taken_;
};

TEST(SocketsTest, AFinThatWaitsForMemoryIsNoResetThoughDataIsUnread) {
  for (const bool peer_first : {true, false}) {
    Pair pair;
    ASSERT_EQ(3, send(pair.client, "abc", 3, 0));
    ASSERT_EQ(0, shutdown(pair.client, SHUT_WR));
    if (peer_first) {
      pollfd wanted = {.fd = pair.server, .events = POLLRDHUP, .revents = 0};
      ASSERT_EQ(1, poll(&wanted, 1, 2000));
    }
    {
      const NoSegments none;
      ASSERT_EQ(0, shutdown(pair.server, SHUT_WR));
    }
    char buffer[8];
    EXPECT_EQ(0, recv(pair.client, buffer, sizeof(buffer), 0)) << errno;
    EXPECT_EQ(3, recv(pair.server, buffer, sizeof(buffer), 0));
    EXPECT_EQ(0, recv(pair.server, buffer, sizeof(buffer), 0));
  }
}

// Has another thread reset the connection when this one sleeps.
class Resetter {
 public:
  explicit Resetter(Descriptor& descriptor) {
    EXPECT_EQ(0, pthread_create(
                     &thread_, nullptr,
                     [](void* argument) -> void* {
                       auto& descriptor = *static_cast<Descriptor*>(argument);
                       const linger now = {.l_onoff = 1, .l_linger = 0};
                       setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
                       descriptor.Close();
                       return nullptr;
                     },
                     &descriptor));
  }
  Resetter(const Resetter&) = delete;
  Resetter& operator=(const Resetter&) = delete;
  ~Resetter() { pthread_join(thread_, nullptr); }

 private:
  pthread_t thread_;
};

TEST(SocketsTest, AnErrorBehindAPartIsToldByTheNextCall) {
  static const char data[1 << 20] = {};
  for (const bool by_write : {false, true}) {
    Pair pair;
    const Resetter resetter(pair.server);
    const ssize_t sent = by_write ? write(pair.client, data, sizeof(data))
                                  : send(pair.client, data, sizeof(data), 0);
    EXPECT_GT(sent, 0);
    EXPECT_LT(sent, static_cast<ssize_t>(sizeof(data)));
    EXPECT_EQ(-1, send(pair.client, data, 1, 0));
    EXPECT_EQ(ECONNRESET, errno);
  }
  Pair pair;
  ASSERT_EQ(3, send(pair.client, "abc", 3, 0));
  const Resetter resetter(pair.client);
  char buffer[8];
  EXPECT_EQ(3, recv(pair.server, buffer, sizeof(buffer), MSG_WAITALL));
  EXPECT_EQ(-1, recv(pair.server, buffer, sizeof(buffer), 0));
  EXPECT_EQ(ECONNRESET, errno);
}

TEST(SocketsTest, ConnectionsThatAreOverBeforeTheyAreAcceptedFillTheBacklogToo) {
  Descriptor listener(MakeListener());
  const sockaddr_in address = Loopback(PortOf(listener));
  const linger now = {.l_onoff = 1, .l_linger = 0};
  for (int i = 0; i < 50; ++i) {
    Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(0, setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
    (void)connect(client, Plain(address), sizeof(address));  // the last ones are reset at once
  }
  ASSERT_EQ(0, fcntl(listener, F_SETFL, O_NONBLOCK));
  int accepted = 0;
  for (int server = 0; (server = accept(listener, nullptr, nullptr)) >= 0; ++accepted) {
    close(server);
  }
  EXPECT_EQ(16, accepted);
  ASSERT_EQ(0, fcntl(listener, F_SETFL, 0));
  Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
  Descriptor server(Pair::Join(listener, client));
  EXPECT_GE(server, 0);
}

TEST(SocketsTest, ConnectingAgainAndAgainInVainTakesNoMemory) {
  Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in nobody = Loopback(9);
  EXPECT_EQ(-1, connect(client, Plain(nobody), sizeof(nobody)));
  sockaddr_in nowhere = nobody;
  nowhere.sin_addr.s_addr = htonl(0xc000'0201);  // 192.0.2.1
  EXPECT_EQ(-1, connect(client, Plain(nowhere), sizeof(nowhere)));
  EXPECT_EQ(EHOSTUNREACH, errno);
  const auto before = ashlar::net::Measure().connections;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(-1, connect(client, Plain(nowhere), sizeof(nowhere)));
  }
  EXPECT_EQ(before, ashlar::net::Measure().connections);
}

TEST(SocketsTest, WhatFillsTheBufferLeavesThoughMoreWasPromised) {
  Pair pair;
  const int small = 4096;
  ASSERT_EQ(0, setsockopt(pair.client, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)));
  static const char block[8192] = {};
  ASSERT_EQ(small, send(pair.client, block, sizeof(block), MSG_MORE | MSG_DONTWAIT));
  // Far sooner than lwIP's timer would send it.
  pollfd wanted = {.fd = pair.server, .events = POLLIN, .revents = 0};
  int turns = 0;
  while (turns < 100 && poll(&wanted, 1, 0) == 0) {
    ++turns;
  }
  EXPECT_LT(turns, 100);
}

TEST(SocketsTest, AMegabyteCrossesIntactBetweenThreads) {
  Pair pair;
  std::vector<unsigned char> data(1 << 20);
  for (size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<unsigned char>(i * 31 + (i >> 8));
  }
  struct Job {
    int descriptor;
    const std::vector<unsigned char>* data;
  } job = {pair.client, &data};
  pthread_t writer;
  ASSERT_EQ(0, pthread_create(
                   &writer, nullptr,
                   [](void* argument) -> void* {
                     const Job& job = *static_cast<Job*>(argument);
                     const ssize_t sent =
                         send(job.descriptor, job.data->data(), job.data->size(), 0);
                     shutdown(job.descriptor, SHUT_WR);
                     return reinterpret_cast<void*>(sent);
                   },
                   &job));
  std::vector<unsigned char> got;
  unsigned char buffer[7000];
  for (;;) {
    const ssize_t size = recv(pair.server, buffer, sizeof(buffer), 0);
    ASSERT_GE(size, 0);
    if (size == 0) {
      break;
    }
    got.insert(got.end(), buffer, buffer + size);
  }
  void* sent = nullptr;
  ASSERT_EQ(0, pthread_join(writer, &sent));
  EXPECT_EQ(data.size(), reinterpret_cast<size_t>(sent));
  EXPECT_TRUE(got == data);
}

TEST(SocketsTest, PollSeesDataHangUpAndRoom) {
  Pair pair;
  pollfd wanted = {.fd = pair.server, .events = POLLIN | POLLOUT, .revents = 0};
  EXPECT_EQ(1, poll(&wanted, 1, 0));
  EXPECT_EQ(POLLOUT, wanted.revents);
  ASSERT_EQ(1, send(pair.client, "x", 1, 0));
  wanted.events = POLLIN;
  EXPECT_EQ(1, poll(&wanted, 1, 2000));
  EXPECT_EQ(POLLIN, wanted.revents);
  int waiting = 0;
  EXPECT_EQ(0, ioctl(pair.server, FIONREAD, &waiting));
  EXPECT_EQ(1, waiting);
}

TEST(SocketsTest, ANonBlockingWriterFillsUpAndGetsRoomAgain) {
  Pair pair;
  ASSERT_EQ(0, fcntl(pair.client, F_SETFL, O_NONBLOCK));
  static const char block[4096] = {};
  size_t sent = 0;
  for (;;) {
    const ssize_t size = send(pair.client, block, sizeof(block), 0);
    if (size < 0) {
      ASSERT_EQ(EAGAIN, errno);
      pollfd wanted = {.fd = pair.client, .events = POLLOUT, .revents = 0};
      if (poll(&wanted, 1, 100) == 0) {
        break;  // both buffers are full
      }
      continue;
    }
    sent += static_cast<size_t>(size);
    ASSERT_LT(sent, size_t{16} << 20);
  }
  static char sink[8192];
  size_t got = 0;
  while (got < sent) {
    const ssize_t size = recv(pair.server, sink, sizeof(sink), 0);
    ASSERT_GT(size, 0);
    got += static_cast<size_t>(size);
  }
  pollfd wanted = {.fd = pair.client, .events = POLLOUT, .revents = 0};
  EXPECT_EQ(1, poll(&wanted, 1, 2000));
}

TEST(SocketsTest, OptionsAreKept) {
  Pair pair;
  const int on = 1;
  EXPECT_EQ(0, setsockopt(pair.client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
  int value = 0;
  socklen_t length = sizeof(value);
  EXPECT_EQ(0, getsockopt(pair.client, IPPROTO_TCP, TCP_NODELAY, &value, &length));
  EXPECT_EQ(1, value);
  EXPECT_EQ(0, getsockopt(pair.client, SOL_SOCKET, SO_TYPE, &value, &length));
  EXPECT_EQ(SOCK_STREAM, value);
  EXPECT_EQ(0, getsockopt(pair.listener, SOL_SOCKET, SO_ACCEPTCONN, &value, &length));
  EXPECT_EQ(1, value);
  EXPECT_EQ(-1, getsockopt(pair.client, SOL_SOCKET, 12345, &value, &length));
  EXPECT_EQ(ENOPROTOOPT, errno);
}

TEST(SocketsTest, AcceptedConnectionsHaveTheListenersNoDelay) {
  Descriptor listener(MakeListener());
  const int on = 1;
  ASSERT_EQ(0, setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
  Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
  Descriptor server(Pair::Join(listener, client));
  int value = 0;
  socklen_t length = sizeof(value);
  EXPECT_EQ(0, getsockopt(server, IPPROTO_TCP, TCP_NODELAY, &value, &length));
  EXPECT_EQ(1, value);
}

TEST(SocketsTest, AcceptedConnectionsHaveTheListenersOptions) {
  struct Option {
    int level;
    int name;
    int value;
  };
  constexpr Option kOptions[] = {{SOL_SOCKET, SO_SNDBUF, 5000},   {SOL_SOCKET, SO_KEEPALIVE, 1},
                                 {IPPROTO_TCP, TCP_KEEPIDLE, 70}, {IPPROTO_TCP, TCP_KEEPINTVL, 20},
                                 {IPPROTO_TCP, TCP_KEEPCNT, 3},   {IPPROTO_IP, IP_TTL, 33},
                                 {IPPROTO_IP, IP_TOS, 16}};
  Descriptor listener(MakeListener());
  const auto expect_all = [&](int descriptor) {
    for (const Option& option : kOptions) {
      int value = 0;
      socklen_t length = sizeof(value);
      EXPECT_EQ(0, getsockopt(descriptor, option.level, option.name, &value, &length));
      EXPECT_EQ(option.value, value) << option.level << ' ' << option.name;
    }
    timeval time = {};
    socklen_t length = sizeof(time);
    EXPECT_EQ(0, getsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, &length));
    EXPECT_EQ(20'000, time.tv_usec);
    EXPECT_EQ(0, getsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, &length));
    EXPECT_EQ(30'000, time.tv_usec);
    linger lingers = {};
    length = sizeof(lingers);
    EXPECT_EQ(0, getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingers, &length));
    EXPECT_EQ(1, lingers.l_onoff);
  };
  for (const Option& option : kOptions) {
    ASSERT_EQ(0, setsockopt(listener, option.level, option.name, &option.value, sizeof(int)));
  }
  const timeval receive = {.tv_sec = 0, .tv_usec = 20'000};
  const timeval send = {.tv_sec = 0, .tv_usec = 30'000};
  const linger now = {.l_onoff = 1, .l_linger = 0};
  ASSERT_EQ(0, setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof(receive)));
  ASSERT_EQ(0, setsockopt(listener, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof(send)));
  ASSERT_EQ(0, setsockopt(listener, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
  expect_all(listener);
  Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
  Descriptor server(Pair::Join(listener, client));
  expect_all(server);
}

TEST(SocketsTest, TwoListenersOnOnePortAreOneTooMany) {
  Descriptor first(MakeListener());
  Descriptor second(socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = Loopback(PortOf(first));
  EXPECT_EQ(-1, bind(second, Plain(address), sizeof(address)));
  EXPECT_EQ(EADDRINUSE, errno);
}

TEST(SocketsTest, WrongCallsHaveTheirErrors) {
  EXPECT_EQ(-1, socket(AF_UNIX, SOCK_STREAM, 0));
  EXPECT_EQ(EAFNOSUPPORT, errno);
  EXPECT_EQ(-1, listen(1000, 1));
  EXPECT_EQ(EBADF, errno);
  EXPECT_EQ(-1, listen(1, 1));
  EXPECT_EQ(ENOTSOCK, errno);
  Descriptor fresh(socket(AF_INET, SOCK_STREAM, 0));
  char byte = 0;
  EXPECT_EQ(-1, send(fresh, &byte, 1, 0));
  EXPECT_EQ(ENOTCONN, errno);
  EXPECT_EQ(-1, recv(fresh, &byte, 1, 0));
  EXPECT_EQ(ENOTCONN, errno);
  EXPECT_EQ(-1, accept(fresh, nullptr, nullptr));
  EXPECT_EQ(EINVAL, errno);
}

TEST(SocketsTest, DatagramsKeepTheirBoundsAndSenders) {
  Descriptor server(socket(AF_INET, SOCK_DGRAM, 0));
  const sockaddr_in any = Loopback(0);
  ASSERT_EQ(0, bind(server, Plain(any), sizeof(any)));
  Descriptor client(socket(AF_INET, SOCK_DGRAM, 0));
  const sockaddr_in address = Loopback(PortOf(server));
  EXPECT_EQ(3, sendto(client, "one", 3, 0, Plain(address), sizeof(address)));
  EXPECT_EQ(5, sendto(client, "three", 5, 0, Plain(address), sizeof(address)));
  char buffer[16];
  sockaddr_in from = {};
  socklen_t length = sizeof(from);
  EXPECT_EQ(3, recvfrom(server, buffer, sizeof(buffer), 0, Plain(from), &length));
  EXPECT_EQ(PortOf(client), ntohs(from.sin_port));
  EXPECT_EQ(5, recv(server, buffer, 2, MSG_TRUNC));
  EXPECT_EQ(-1, send(client, "x", 1, 0));
  EXPECT_EQ(EDESTADDRREQ, errno);
  ASSERT_EQ(0, connect(server, Plain(from), sizeof(from)));
  EXPECT_EQ(2, send(server, "ok", 2, 0));
  EXPECT_EQ(2, recv(client, buffer, sizeof(buffer), 0));
}

TEST(SocketsTest, AnIpv6ListenerTakesBothFamilies) {
  Descriptor listener(socket(AF_INET6, SOCK_STREAM, 0));
  sockaddr_in6 any = {};
  any.sin6_family = AF_INET6;
  any.sin6_addr = in6addr_any;
  ASSERT_EQ(0, bind(listener, reinterpret_cast<sockaddr*>(&any), sizeof(any)));
  ASSERT_EQ(0, listen(listener, 4));
  socklen_t length = sizeof(any);
  ASSERT_EQ(0, getsockname(listener, reinterpret_cast<sockaddr*>(&any), &length));

  Descriptor over4(socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = Loopback(ntohs(any.sin6_port));
  ASSERT_EQ(0, connect(over4, Plain(address), sizeof(address)));
  sockaddr_in6 peer = {};
  length = sizeof(peer);
  Descriptor first(accept(listener, reinterpret_cast<sockaddr*>(&peer), &length));
  EXPECT_TRUE(IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr));

  Descriptor over6(socket(AF_INET6, SOCK_STREAM, 0));
  any.sin6_addr = in6addr_loopback;
  ASSERT_EQ(0, connect(over6, reinterpret_cast<sockaddr*>(&any), sizeof(any)));
  length = sizeof(peer);
  Descriptor second(accept(listener, reinterpret_cast<sockaddr*>(&peer), &length));
  EXPECT_TRUE(IN6_IS_ADDR_LOOPBACK(&peer.sin6_addr));
}

TEST(SocketsTest, AddressesAreReadAndWritten) {
  in6_addr six;
  EXPECT_EQ(1, inet_pton(AF_INET6, "2001:db8::ab", &six));
  char text[INET6_ADDRSTRLEN];
  EXPECT_STREQ("2001:db8::ab", inet_ntop(AF_INET6, &six, text, sizeof(text)));
  in_addr four;
  EXPECT_EQ(1, inet_pton(AF_INET, "192.0.2.7", &four));
  EXPECT_STREQ("192.0.2.7", inet_ntop(AF_INET, &four, text, sizeof(text)));

  // What does not fit is not written.
  EXPECT_STREQ("192.0.2.7", inet_ntop(AF_INET, &four, text, sizeof("192.0.2.7")));
  text[0] = 'x';
  EXPECT_EQ(nullptr, inet_ntop(AF_INET, &four, text, sizeof("192.0.2.7") - 1));
  EXPECT_EQ(ENOSPC, errno);
  EXPECT_EQ('x', text[0]);
  EXPECT_EQ(nullptr, inet_ntop(AF_UNIX, &four, text, sizeof(text)));
  EXPECT_EQ(EAFNOSUPPORT, errno);
}

TEST(SocketsTest, OnlyWhatEverybodyTakesForAnAddressIsOne) {
  for (const char* text :
       {"", "name", "192.0.2", "192.0.2.7.1", "0x7f.0.0.1", "010.0.0.1", "1.2.3.256", "1.2.3.0004",
        "1.2.3.4 anything", "1.2.3.4 ", " 1.2.3.4", "1.2..4", "1.2.3.", ".1.2.3", "1.2.3.-4"}) {
    in_addr four;
    EXPECT_EQ(0, inet_pton(AF_INET, text, &four)) << text;
    addrinfo* list = nullptr;
    addrinfo hints = {};
    hints.ai_flags = AI_NUMERICHOST;
    EXPECT_EQ(EAI_NONAME, getaddrinfo(text, nullptr, &hints, &list)) << text;
  }
  addrinfo* list = nullptr;
  EXPECT_EQ(EAI_NONAME, getaddrinfo("0x7f.0.0.1", nullptr, nullptr, &list));

  struct Six {
    const char* text;
    const char* plain;
  };
  for (const auto& [text, plain] :
       {Six{"::", "::"}, Six{"::1", "::1"}, Six{"1::", "1::"},
        Six{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"}, Six{"2001:DB8:0:0::00aB", "2001:db8::ab"},
        Six{"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
        Six{"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"}}) {
    in6_addr six;
    char back[INET6_ADDRSTRLEN];
    ASSERT_EQ(1, inet_pton(AF_INET6, text, &six)) << text;
    EXPECT_STREQ(plain, inet_ntop(AF_INET6, &six, back, sizeof(back)));
  }
  for (const char* text :
       {"", ":", ":::", "::1xyz", "::1/64", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1::2::3", "1:2:3:4::5:6:7:8", ":1::", "1::2:", "::1.2.3", "::1.2.3.4:5", "::01.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4", "::g", "::1 ", "1.2.3.4"}) {
    in6_addr six;
    EXPECT_EQ(0, inet_pton(AF_INET6, text, &six)) << text;
  }
}

TEST(SocketsTest, GetaddrinfoKnowsNumbersAndLocalhost) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  ASSERT_EQ(0, getaddrinfo("192.0.2.1", "http", &hints, &list));
  EXPECT_EQ(AF_INET, list->ai_family);
  EXPECT_EQ(htons(80), reinterpret_cast<sockaddr_in*>(list->ai_addr)->sin_port);
  EXPECT_EQ(nullptr, list->ai_next);
  freeaddrinfo(list);
  ASSERT_EQ(0, getaddrinfo("localhost", "8080", &hints, &list));
  freeaddrinfo(list);
  EXPECT_EQ(EAI_SERVICE, getaddrinfo("192.0.2.1", "nonsense", &hints, &list));
  ASSERT_EQ(0, getaddrinfo("2001:db8::1", nullptr, &hints, &list));
  EXPECT_EQ(AF_INET6, list->ai_family);
  EXPECT_EQ(1, reinterpret_cast<sockaddr_in6*>(list->ai_addr)->sin6_addr.s6_addr[15]);
  freeaddrinfo(list);
}

}  // namespace
