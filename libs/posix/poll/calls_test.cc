// poll, select, epoll, eventfd and timerfd, as a guest's program calls them.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "gtest/gtest.h"

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class PollCallsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(pipe(ends_.data()), 0); }
  void TearDown() override {
    close(ends_[0]);
    close(ends_[1]);
  }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }

  std::array<int, 2> ends_;
};

TEST_F(PollCallsTest, PollTellsWhatIsReady) {
  std::array<pollfd, 2> entries = {pollfd{reader(), POLLIN, 0}, pollfd{writer(), POLLOUT, 0}};
  EXPECT_EQ(poll(entries.data(), 2, -1), 1);
  EXPECT_EQ(entries[0].revents, 0);
  EXPECT_EQ(entries[1].revents, POLLOUT);
  write(writer(), "x", 1);
  EXPECT_EQ(poll(entries.data(), 1, -1), 1);
  EXPECT_EQ(entries[0].revents, POLLIN);
}

TEST_F(PollCallsTest, PollWaitsItsTime) {
  pollfd entry = {reader(), POLLIN, 0};
  const auto before = steady_clock::now();
  EXPECT_EQ(poll(&entry, 1, 5), 0);
  EXPECT_GE(steady_clock::now() - before, milliseconds(5));
  EXPECT_EQ(poll(nullptr, 0, 1), 0);
  timespec bad = {.tv_sec = -1, .tv_nsec = 0};
  EXPECT_EQ(ppoll(&entry, 1, &bad, nullptr), -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST_F(PollCallsTest, SelectLeavesWhatIsReadyInTheSets) {
  fd_set readable;
  fd_set writable;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  FD_SET(reader(), &readable);
  FD_SET(writer(), &writable);
  timeval timeout = {.tv_sec = 1, .tv_usec = 0};
  EXPECT_EQ(select(writer() + 1, &readable, &writable, nullptr, &timeout), 1);
  EXPECT_FALSE(FD_ISSET(reader(), &readable));
  EXPECT_TRUE(FD_ISSET(writer(), &writable));
  FD_SET(60, &readable);
  EXPECT_EQ(select(61, &readable, nullptr, nullptr, &timeout), -1);
  EXPECT_EQ(errno, EBADF);
}

TEST_F(PollCallsTest, EpollTellsOfReadyDescriptors) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  ASSERT_GE(epoll, 0);
  epoll_event event = {.events = EPOLLIN, .data = {.fd = reader()}};
  EXPECT_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, reader(), &event), 0);
  EXPECT_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, reader(), &event), -1);
  EXPECT_EQ(errno, EEXIST);
  std::array<epoll_event, 4> events;
  EXPECT_EQ(epoll_wait(epoll, events.data(), 4, 1), 0);
  write(writer(), "x", 1);
  EXPECT_EQ(epoll_wait(epoll, events.data(), 4, -1), 1);
  EXPECT_EQ(events[0].events, EPOLLIN);
  EXPECT_EQ(events[0].data.fd, reader());
  EXPECT_EQ(epoll_ctl(epoll, EPOLL_CTL_DEL, reader(), nullptr), 0);
  EXPECT_EQ(epoll_wait(epoll, events.data(), 4, 0), 0);
  EXPECT_EQ(epoll_ctl(reader(), EPOLL_CTL_ADD, writer(), &event), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(epoll_wait(epoll, events.data(), 0, 0), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(close(epoll), 0);
}

TEST_F(PollCallsTest, EventAndTimerDescriptorsWakeEpoll) {
  const int epoll = epoll_create1(0);
  const int counter = eventfd(0, EFD_NONBLOCK);
  const int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  epoll_event event = {.events = EPOLLIN, .data = {.fd = counter}};
  EXPECT_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, counter, &event), 0);
  event.data.fd = timer;
  EXPECT_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event), 0);
  const itimerspec in_two = {.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 2'000'000}};
  EXPECT_EQ(timerfd_settime(timer, 0, &in_two, nullptr), 0);
  itimerspec left;
  EXPECT_EQ(timerfd_gettime(timer, &left), 0);
  EXPECT_GT(left.it_value.tv_nsec, 0);
  std::array<epoll_event, 4> events;
  EXPECT_EQ(epoll_wait(epoll, events.data(), 4, -1), 1);
  EXPECT_EQ(events[0].data.fd, timer);
  std::uint64_t expirations = 0;
  EXPECT_EQ(read(timer, &expirations, sizeof(expirations)), 8);
  EXPECT_EQ(expirations, 1u);
  EXPECT_EQ(eventfd_write(counter, 5), 0);
  EXPECT_EQ(epoll_wait(epoll, events.data(), 4, -1), 1);
  EXPECT_EQ(events[0].data.fd, counter);
  eventfd_t value = 0;
  EXPECT_EQ(eventfd_read(counter, &value), 0);
  EXPECT_EQ(value, 5u);
  EXPECT_EQ(eventfd_read(counter, &value), -1);
  EXPECT_EQ(errno, EAGAIN);
  for (int number : {epoll, counter, timer}) {
    EXPECT_EQ(close(number), 0);
  }
}

TEST_F(PollCallsTest, AWriteAddsToAnEventDescriptorOnce) {
  for (const int flags : {0, int{EFD_NONBLOCK}}) {
    const int counter = eventfd(0, flags);
    const std::array<std::uint64_t, 2> numbers = {3, 4};
    EXPECT_EQ(write(counter, numbers.data(), sizeof(numbers)), 8);
    eventfd_t value = 0;
    EXPECT_EQ(eventfd_read(counter, &value), 0);
    EXPECT_EQ(value, 3u);
    EXPECT_EQ(close(counter), 0);
  }
}

}  // namespace
