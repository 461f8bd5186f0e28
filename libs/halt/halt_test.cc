// The host's backend, in child processes whose exit status is looked at.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace ashlar::halt {
namespace {

int StatusOf(int status) {
  const pid_t child = fork();
  if (child == 0) {
    Exit(status);
  }
  int ending = 0;
  waitpid(child, &ending, 0);
  return WIFEXITED(ending) ? WEXITSTATUS(ending) : -1;
}

TEST(HaltTest, TellsTheHostTheStatus) {
  EXPECT_EQ(StatusOf(0), 0);
  EXPECT_EQ(StatusOf(70), 70);
  EXPECT_EQ(StatusOf(kMaxStatus), kMaxStatus);
}

TEST(HaltTest, AStatusOutsideTheRangeNeverLooksLikeSuccess) {
  EXPECT_EQ(StatusOf(-1), kMaxStatus);
  EXPECT_EQ(StatusOf(127), kMaxStatus);
  EXPECT_EQ(StatusOf(256), kMaxStatus);
}

}  // namespace
}  // namespace ashlar::halt
