// Timers in their order, and against a model over many steps.
// SPDX-License-Identifier: Apache-2.0
#include "libs/timer/timer.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "libs/clock/clock.h"

namespace ashlar::timer {
namespace {

constexpr clock::Instant At(int milliseconds) {
  return clock::Instant(std::chrono::milliseconds(milliseconds));
}

struct Noting : Timer {
  Noting(std::vector<int>& n, int i) : Timer(&Expired), notes(n), id(i) {}
  ~Noting() { Disarm(); }
  static void Expired(Timer& timer) {
    auto& self = static_cast<Noting&>(timer);
    EXPECT_FALSE(timer.armed());
    self.notes.push_back(self.id);
  }
  std::vector<int>& notes;
  int id;
};

TEST(TimerTest, WithNoneArmedThereIsNoDeadline) {
  EXPECT_EQ(NextDeadline(), clock::kNever);
  EXPECT_FALSE(RunExpired(At(1'000'000)));
}

TEST(TimerTest, RunsTheEarliestFirstAndOnlyWhatIsDue) {
  std::vector<int> notes;
  Noting a(notes, 1), b(notes, 2), c(notes, 3);
  c.Arm(At(30));
  a.Arm(At(10));
  b.Arm(At(20));
  EXPECT_EQ(NextDeadline(), At(10));
  EXPECT_TRUE(RunExpired(At(20)));
  EXPECT_EQ(notes, (std::vector<int>{1, 2}));
  EXPECT_EQ(NextDeadline(), At(30));
  EXPECT_FALSE(RunExpired(At(29)));
}

TEST(TimerTest, ADisarmedTimerDoesNotRun) {
  std::vector<int> notes;
  Noting a(notes, 1), b(notes, 2);
  a.Arm(At(10));
  b.Arm(At(10));
  a.Disarm();
  a.Disarm();
  EXPECT_FALSE(a.armed());
  EXPECT_TRUE(RunExpired(At(10)));
  EXPECT_EQ(notes, std::vector<int>{2});
}

TEST(TimerTest, ArmingAgainMovesTheDeadline) {
  std::vector<int> notes;
  Noting a(notes, 1);
  a.Arm(At(10));
  a.Arm(At(20));
  EXPECT_FALSE(RunExpired(At(10)));
  a.Arm(At(5));
  EXPECT_TRUE(RunExpired(At(10)));
  EXPECT_EQ(notes, std::vector<int>{1});
}

TEST(TimerTest, ACallbackMayArmItselfAgain) {
  struct Periodic : Timer {
    Periodic()
        : Timer([](Timer& timer) {
            auto& self = static_cast<Periodic&>(timer);
            if (++self.runs < 5) {
              self.Arm(self.deadline() + std::chrono::milliseconds(10));
            }
          }) {}
    int runs = 0;
  } periodic;
  periodic.Arm(At(10));
  EXPECT_TRUE(RunExpired(At(25)));
  EXPECT_EQ(periodic.runs, 2);
  EXPECT_TRUE(RunExpired(At(1000)));
  EXPECT_EQ(periodic.runs, 5);
  EXPECT_FALSE(periodic.armed());
}

TEST(TimerTest, ACallbackMayDisarmOthersThatAreDue) {
  std::vector<int> notes;
  static constinit Timer* victim = nullptr;
  Noting other(notes, 1);
  Timer killer([](Timer&) { victim->Disarm(); });
  victim = &other;
  killer.Arm(At(10));
  other.Arm(At(11));
  EXPECT_TRUE(RunExpired(At(20)));
  EXPECT_TRUE(notes.empty());
}

// Against a model: a multimap.
TEST(TimerTest, AgreesWithAModelOverManySteps) {
  std::vector<int> notes;
  std::deque<Noting> timers;
  std::map<int, int> deadlines;  // armed timers
  for (int i = 0; i < 100; ++i) {
    timers.emplace_back(notes, i);
  }
  std::minstd_rand random(11);
  int now = 0;
  for (int step = 0; step < 20'000; ++step) {
    const int id = static_cast<int>(random() % timers.size());
    Noting& timer = timers[static_cast<std::size_t>(id)];
    switch (random() % 4) {
      case 0:
      case 1:
        deadlines[id] = now + static_cast<int>(random() % 200);
        timer.Arm(At(deadlines[id]));
        break;
      case 2:
        timer.Disarm();
        deadlines.erase(id);
        break;
      case 3: {
        now += static_cast<int>(random() % 8);
        notes.clear();
        RunExpired(At(now));
        int last = -1;
        for (const int ran : notes) {
          ASSERT_TRUE(deadlines.contains(ran));
          ASSERT_LE(deadlines[ran], now);
          ASSERT_GE(deadlines[ran], last);
          last = deadlines[ran];
          deadlines.erase(ran);
        }
        for (const auto& [_, deadline] : deadlines) {
          ASSERT_GT(deadline, now);
        }
        break;
      }
    }
    clock::Instant earliest = clock::kNever;
    for (const auto& [_, deadline] : deadlines) {
      earliest = At(deadline) < earliest ? At(deadline) : earliest;
    }
    ASSERT_EQ(NextDeadline(), earliest);
  }
}

}  // namespace
}  // namespace ashlar::timer
