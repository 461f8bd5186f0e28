// Checks, panics and backtraces; what ends the process is watched from another one.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/check.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "libs/base/backtrace.h"

namespace ashlar {
namespace {

struct Ending {
  int status;
  std::string output;
};

// What `body` wrote to the console, and how its process ended.
template <typename Body>
Ending RunApart(Body body) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    body();
    _exit(0);
  }
  close(ends[1]);
  Ending ending{.status = -1, .output = ""};
  std::array<char, 512> part;
  for (ssize_t size; (size = read(ends[0], part.data(), part.size())) > 0;) {
    ending.output.append(part.data(), static_cast<std::size_t>(size));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  ending.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ending;
}

TEST(CheckTest, AConditionThatHoldsDoesNothing) {
  const Ending ending = RunApart([] { ASHLAR_CHECK(1 + 1 == 2); });
  EXPECT_EQ(ending.status, 0);
  EXPECT_EQ(ending.output, "");
}

TEST(CheckTest, AConditionThatFailsPanicsWithItsText) {
  const Ending ending = RunApart([] { ASHLAR_CHECK(1 + 1 == 3); });
  EXPECT_EQ(ending.status, kPanicStatus);
  EXPECT_TRUE(ending.output.starts_with("panic: check failed: 1 + 1 == 3\n  at "));
  EXPECT_NE(ending.output.find("check_test.cc:"), std::string::npos);
}

TEST(CheckTest, APanicNamesTheCommandThatSymbolisesItsBacktrace) {
  const Ending ending = RunApart([] { Panic("no way on"); });
  EXPECT_EQ(ending.status, kPanicStatus);
  EXPECT_NE(ending.output.find("llvm-symbolizer --pretty-print --obj=IMAGE 0x"), std::string::npos);
}

TEST(BacktraceTest, FollowsTheChainAndGivesAddressesInsideTheCalls) {
  const Ending ending = RunApart([] {
    Frame chain[3] = {{&chain[1], 0x1001}, {&chain[2], 0x2001}, {nullptr, 0x3001}};
    WriteBacktrace(&chain[0], 0x500);
  });
  EXPECT_EQ(ending.output,
            "  calls: llvm-symbolizer --pretty-print --obj=IMAGE 0x500 0x1000 0x2000 0x3000\n");
}

TEST(BacktraceTest, AChainThatTurnsBackEndsTheWalk) {
  const Ending ending = RunApart([] {
    Frame chain[2] = {{&chain[1], 0x1001}, {&chain[0], 0x2001}};
    WriteBacktrace(&chain[0]);
  });
  EXPECT_EQ(ending.output, "  calls: llvm-symbolizer --pretty-print --obj=IMAGE 0x1000 0x2000\n");
}

TEST(BacktraceTest, NoFrameIsAnEmptyBacktrace) {
  const Ending ending = RunApart([] { WriteBacktrace(nullptr); });
  EXPECT_EQ(ending.output, "  calls: llvm-symbolizer --pretty-print --obj=IMAGE\n");
}

}  // namespace
}  // namespace ashlar
