// Threads of the C++ library, over pthreads, over the scheduler.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <latch>
#include <mutex>
#include <queue>
#include <semaphore>
#include <shared_mutex>
#include <sstream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <malloc.h>

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

TEST(Threads, RunAndAreJoined) {
  std::atomic<int> sum = 0;
  std::vector<std::thread> threads;
  for (int i = 1; i <= 20; ++i) {
    threads.emplace_back([&sum, i] { sum += i; });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(sum, 210);
}

TEST(Threads, HaveIdentitiesAndYield) {
  std::thread::id inner;
  std::thread thread([&inner] {
    std::this_thread::yield();
    inner = std::this_thread::get_id();
  });
  const std::thread::id outer = thread.get_id();
  thread.join();
  EXPECT_EQ(inner, outer);
  EXPECT_NE(inner, std::this_thread::get_id());
}

TEST(Threads, ManyOneAfterAnother) {
  int count = 0;
  for (int i = 0; i < 500; ++i) {
    std::thread([&count] { ++count; }).join();
  }
  EXPECT_EQ(count, 500);
}

TEST(Threads, SleepTakesItsTime) {
  const auto before = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(20ms);
  EXPECT_GE(std::chrono::steady_clock::now() - before, 20ms);
}

TEST(Threads, ExceptionsStayInTheirThread) {
  std::atomic<int> caught = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&caught, i] {
      try {
        throw i;
      } catch (int value) {
        std::this_thread::yield();  // another thread throws meanwhile
        caught += value == i ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(caught, 5);
}

TEST(Locks, MutexAndConditionPassItemsOn) {
  std::mutex mutex;
  std::condition_variable changed;
  std::queue<int> queue;
  int sum = 0;
  std::thread consumer([&] {
    for (int taken = 0; taken < 100; ++taken) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&queue] { return !queue.empty(); });
      sum += queue.front();
      queue.pop();
    }
  });
  for (int i = 0; i < 100; ++i) {
    {
      const std::lock_guard lock(mutex);
      queue.push(i);
    }
    changed.notify_one();
    if (i % 7 == 0) {
      std::this_thread::yield();
    }
  }
  consumer.join();
  EXPECT_EQ(sum, 4950);
}

TEST(Locks, WaitForTimesOut) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  EXPECT_EQ(never.wait_for(lock, 10ms), std::cv_status::timeout);
  EXPECT_FALSE(
      never.wait_until(lock, std::chrono::system_clock::now() + 10ms, [] { return false; }));
  std::timed_mutex timed;
  timed.lock();
  std::thread([&timed] { EXPECT_FALSE(timed.try_lock_for(10ms)); }).join();
  timed.unlock();
}

TEST(Locks, RecursiveAndSharedOnes) {
  std::recursive_mutex recursive;
  const std::scoped_lock outer(recursive);
  const std::scoped_lock inner(recursive);
  std::shared_mutex shared;
  std::shared_lock reader(shared);
  std::thread([&shared] {
    EXPECT_TRUE(shared.try_lock_shared());
    EXPECT_FALSE(shared.try_lock());
    shared.unlock_shared();
  }).join();
}

TEST(Locks, CallOnceCallsOnce) {
  std::once_flag flag;
  std::atomic<int> calls = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      std::call_once(flag, [&calls] {
        std::this_thread::yield();  // the others come in while this runs
        ++calls;
      });
      EXPECT_EQ(calls, 1);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(Locks, AStaticIsInitialisedOnceThoughItsInitialiserYields) {
  static std::atomic<int> runs = 0;
  const auto reach = [] {
    static const int value = [] {
      std::this_thread::sleep_for(5ms);
      return ++runs;
    }();
    return value;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&reach] { EXPECT_EQ(reach(), 1); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(runs, 1);
}

TEST(Futures, AsyncAndPromisesDeliver) {
  std::future<int> sum = std::async(std::launch::async, [] { return 40 + 2; });
  EXPECT_EQ(sum.get(), 42);
  std::promise<std::string> promise;
  std::future<std::string> text = promise.get_future();
  std::thread thread([&promise] { promise.set_value("kept"); });
  EXPECT_EQ(text.get(), "kept");
  thread.join();
  std::future<int> broken =
      std::async(std::launch::async, []() -> int { throw std::runtime_error("no"); });
  EXPECT_THROW(broken.get(), std::runtime_error);
}

TEST(Coordination, LatchBarrierSemaphoreAtomicWait) {
  std::latch ready(3);
  std::barrier phase(3);
  std::counting_semaphore<3> tickets(0);
  std::atomic<int> stage = 0;
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      ready.count_down();
      phase.arrive_and_wait();
      tickets.release();
      stage.wait(0);
      ++done;
    });
  }
  ready.wait();
  for (int i = 0; i < 3; ++i) {
    tickets.acquire();
  }
  stage = 1;
  stage.notify_all();
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(done, 3);
}

struct Traced {
  ~Traced() {
    if (flag != nullptr) {
      ++*flag;
    }
  }
  std::atomic<int>* flag = nullptr;
};
thread_local Traced traced;

TEST(ThreadLocals, AreEachThreadsOwnAndDestroyedWithIt) {
  std::atomic<int> destroyed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&destroyed] {
      EXPECT_EQ(traced.flag, nullptr);
      traced.flag = &destroyed;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(destroyed, 3);
  EXPECT_EQ(traced.flag, nullptr);
}

TEST(ThreadLocals, EndedThreadsLeaveNoMemoryBehind) {
#if defined(__ashlar__)
  const auto print_in_a_thread = [] {
    std::thread([] {
      // Conversions of floating point and of time keep memory of the thread's own.
      char text[64];
      std::snprintf(text, sizeof(text), "%.20g", 0.1);
      const std::time_t now = 0;
      std::strftime(text, sizeof(text), "%c", std::gmtime(&now));
      traced.flag = nullptr;
    }).join();
  };
  for (int i = 0; i < 4; ++i) {
    print_in_a_thread();
  }
  const std::size_t before = mallinfo().uordblks;
  for (int i = 0; i < 100; ++i) {
    print_in_a_thread();
  }
  EXPECT_LE(mallinfo().uordblks, before + 512);
#else
  GTEST_SKIP() << "the host's C library is not ours to measure";
#endif
}

TEST(Threads, ShareOneRandomSequence) {
  const auto in_a_thread = [](auto draw) {
    decltype(draw()) number = 0;
    std::thread([&] { number = draw(); }).join();
    return number;
  };
  std::srand(7);
  const int first = std::rand();
  const int second = std::rand();
  std::srand(7);
  EXPECT_EQ(in_a_thread(std::rand), first);
  EXPECT_EQ(std::rand(), second);
  srand48(7);
  const double first_fraction = drand48();
  const double second_fraction = drand48();
  srand48(7);
  EXPECT_EQ(in_a_thread(drand48), first_fraction);
  EXPECT_EQ(drand48(), second_fraction);
}

TEST(Streams, LinesOfSeveralThreadsStayWhole) {
  int inside = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&inside, i] {
      for (int line = 0; line < 5; ++line) {
        flockfile(stdout);
        EXPECT_EQ(++inside, 1);
        std::printf("thread %d ", i);
        std::this_thread::yield();  // a holder that lets others run: they wait
        std::printf("line %d\n", line);
        EXPECT_EQ(--inside, 0);
        funlockfile(stdout);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(Errno, IsEachThreadsOwn) {
  errno = EEXIST;
  std::thread([] {
    EXPECT_EQ(errno, 0);
    errno = ENOENT;
  }).join();
  EXPECT_EQ(errno, EEXIST);
}

}  // namespace
