// Child processes that end, are ended, are stubborn, and outlive nobody.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string>
#include <vector>

namespace ashlar::run {
namespace {

// One process: a shell might make a second, which nobody would end.
const std::vector<std::string> kSleep = {"sleep", "60"};

std::vector<std::string> Shell(std::string script) { return {"/bin/sh", "-c", std::move(script)}; }

TEST(ChildTest, ItsExitCodeIsSeen) {
  auto child = Child::Start(Shell("exit 7"), {});
  ASSERT_TRUE(child.has_value()) << child.error();
  const Ending ending = child->Wait(nullptr);
  EXPECT_FALSE(ending.by_signal);
  EXPECT_EQ(ending.number, 7);
}

TEST(ChildTest, ItsSignalIsSeen) {
  auto child = Child::Start(Shell("kill -SEGV $$"), {});
  ASSERT_TRUE(child.has_value()) << child.error();
  const Ending ending = child->Wait(nullptr);
  EXPECT_TRUE(ending.by_signal);
  EXPECT_EQ(ending.number, SIGSEGV);
}

TEST(ChildTest, WhatCantBeStartedIsSaid) {
  const auto child = Child::Start(std::vector<std::string>{"/no/such/program"}, {});
  ASSERT_FALSE(child.has_value());
  EXPECT_TRUE(child.error().starts_with("/no/such/program can't be started: ")) << child.error();
}

// In a process of its own, since signals are held back in the whole of it: `body` returns the exit
// code.
template <typename Body>
int InAnotherProcess(Body body) {
  const pid_t pid = fork();
  if (pid == 0) {
    alarm(20);
    _exit(body());
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(ChildTest, ASignalEndsItToo) {
  EXPECT_EQ(InAnotherProcess([] {
              auto child = Child::Start(kSleep, {});
              kill(getpid(), SIGINT);
              const Ending ending = child->Wait(nullptr);
              return child->interrupted_by() == SIGINT && ending.by_signal &&
                             ending.number == SIGTERM
                         ? 0
                         : 1;
            }),
            0);
}

TEST(ChildTest, AStubbornOneIsKilled) {
  EXPECT_EQ(InAnotherProcess([] {
              auto child = Child::Start(Shell("trap '' TERM; while :; do sleep 1; done"), {});
              usleep(200'000);  // Until the trap is set.
              kill(getpid(), SIGTERM);
              const Ending ending = child->Wait(nullptr);
              return ending.by_signal && ending.number == SIGKILL ? 0 : 1;
            }),
            0);
}

// Whether the last process that holds the pipe's writing end has died within ten seconds.
bool AllGone(int reading_end) {
  pollfd fd = {.fd = reading_end, .events = POLLIN, .revents = 0};
  return poll(&fd, 1, 10'000) == 1;
}

TEST(ChildTest, ItDiesWithUsWhenWeAreKilled) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t us = fork();
  if (us == 0) {
    auto child = Child::Start(kSleep, {});
    kill(getpid(), SIGKILL);
  }
  close(pipe_ends[1]);
  waitpid(us, nullptr, 0);
  EXPECT_TRUE(AllGone(pipe_ends[0]));
  close(pipe_ends[0]);
}

TEST(ChildTest, ItDiesWhenOurParentDies) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    int started[2];
    (void)!pipe2(started, O_CLOEXEC);
    if (fork() == 0) {
      auto child = Child::Start(kSleep, {});
      close(started[1]);
      child->Wait(nullptr);
      _exit(0);
    }
    close(started[1]);
    char nothing;
    (void)!read(started[0], &nothing, 1);  // Until it has started.
    kill(getpid(), SIGKILL);
  }
  close(pipe_ends[1]);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(AllGone(pipe_ends[0]));
  close(pipe_ends[0]);
}

TEST(ChildTest, StoppedAtItsEntryItWaitsForAContinue) {
  auto child = Child::Start(Shell("exit 3"), {.stop_at_entry = true});
  ASSERT_TRUE(child.has_value()) << child.error();
  int status = 0;
  ASSERT_EQ(waitpid(child->pid(), &status, WUNTRACED), child->pid());
  ASSERT_TRUE(WIFSTOPPED(status));
  kill(child->pid(), SIGCONT);
  EXPECT_EQ(child->Wait(nullptr).number, 3);
}

}  // namespace
}  // namespace ashlar::run
