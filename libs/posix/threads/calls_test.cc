// pthreads and semaphores, as a guest's program and the C++ library call them.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <time.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace {

timespec Soon(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  time.tv_nsec += 2'000'000;
  if (time.tv_nsec >= 1'000'000'000) {
    time.tv_nsec -= 1'000'000'000;
    ++time.tv_sec;
  }
  return time;
}

TEST(PthreadTest, JoinGivesTheResult) {
  pthread_t thread;
  int value = 41;
  ASSERT_EQ(pthread_create(
                &thread, nullptr,
                [](void* argument) -> void* {
                  ++*static_cast<int*>(argument);
                  return argument;
                },
                &value),
            0);
  EXPECT_FALSE(pthread_equal(thread, pthread_self()));
  void* result = nullptr;
  EXPECT_EQ(pthread_join(thread, &result), 0);
  EXPECT_EQ(result, &value);
  EXPECT_EQ(value, 42);
  EXPECT_EQ(pthread_join(pthread_self(), nullptr), EINVAL);
}

TEST(PthreadTest, ExitRunsHandlersAndDestructorsInOrder) {
  static std::string order;
  static pthread_key_t key;
  order.clear();
  struct Local {
    ~Local() { order += 'l'; }
  };
  ASSERT_EQ(pthread_key_create(&key, [](void* value) { order += *static_cast<char*>(value); }), 0);
  pthread_t thread;
  ASSERT_EQ(pthread_create(
                &thread, nullptr,
                [](void*) -> void* {
                  static char letter = 'k';
                  thread_local Local local;
                  (void)local;
                  pthread_setspecific(key, &letter);
                  pthread_cleanup_push([](void*) { order += 'a'; }, nullptr);
                  pthread_cleanup_push([](void*) { order += 'b'; }, nullptr);
                  pthread_exit(&letter);
                  pthread_cleanup_pop(0);
                  pthread_cleanup_pop(0);
                  return nullptr;
                },
                nullptr),
            0);
  void* result = nullptr;
  EXPECT_EQ(pthread_join(thread, &result), 0);
  EXPECT_EQ(*static_cast<char*>(result), 'k');
  EXPECT_EQ(order, "balk");
  EXPECT_EQ(pthread_key_delete(key), 0);
}

TEST(PthreadTest, DetachedThreadsEndByThemselves) {
  static int ended;
  ended = 0;
  const auto entry = [](void*) -> void* {
    ++ended;
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  EXPECT_EQ(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED), 0);
  EXPECT_EQ(pthread_attr_setstacksize(&attributes, 32 * 1024), 0);
  EXPECT_EQ(pthread_attr_setstacksize(&attributes, 1), EINVAL);
  pthread_t thread;
  EXPECT_EQ(pthread_create(&thread, &attributes, entry, nullptr), 0);
  EXPECT_EQ(pthread_create(&thread, nullptr, entry, nullptr), 0);
  EXPECT_EQ(pthread_detach(thread), 0);
  EXPECT_EQ(pthread_create(&thread, nullptr, entry, nullptr), 0);
  while (ended < 3) {
    sched_yield();
  }
  EXPECT_EQ(pthread_detach(thread), 0);
  sched_yield();
}

TEST(PthreadTest, KeysAreEachThreadsOwn) {
  std::thread([] {}).join();  // the C++ library takes its own key with the first thread
  std::vector<pthread_key_t> keys(PTHREAD_KEYS_MAX);
  std::size_t created = 0;
  while (created < keys.size() && pthread_key_create(&keys[created], nullptr) == 0) {
    ++created;
  }
  EXPECT_GE(created, 100u);
  pthread_key_t more;
  EXPECT_EQ(pthread_key_create(&more, nullptr), EAGAIN);
  for (std::size_t index = 0; index < created; ++index) {
    EXPECT_EQ(pthread_setspecific(keys[index], &keys[index]), 0);
  }
  std::thread([&] {
    for (std::size_t index = 0; index < created; ++index) {
      EXPECT_EQ(pthread_getspecific(keys[index]), nullptr);
    }
  }).join();
  for (std::size_t index = 0; index < created; ++index) {
    EXPECT_EQ(pthread_getspecific(keys[index]), &keys[index]);
    EXPECT_EQ(pthread_key_delete(keys[index]), 0);
  }
  // A key made anew starts empty, though its number was used before.
  ASSERT_EQ(pthread_key_create(&more, nullptr), 0);
  EXPECT_EQ(pthread_getspecific(more), nullptr);
  EXPECT_EQ(pthread_key_delete(more), 0);
  EXPECT_EQ(pthread_setspecific(more, &more), EINVAL);
}

TEST(PthreadTest, NamesAreKept) {
  std::array<char, 16> name;
  EXPECT_EQ(pthread_setname_np(pthread_self(), "boot"), 0);
  EXPECT_EQ(pthread_getname_np(pthread_self(), name.data(), name.size()), 0);
  EXPECT_STREQ(name.data(), "boot");
  EXPECT_EQ(pthread_setname_np(pthread_self(), "more than fifteen"), ERANGE);
}

TEST(PthreadTest, StaticInitialisersWork) {
  pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  EXPECT_EQ(pthread_mutex_lock(&normal), 0);
  EXPECT_EQ(pthread_mutex_trylock(&normal), EBUSY);
  EXPECT_EQ(pthread_mutex_destroy(&normal), EBUSY);
  EXPECT_EQ(pthread_mutex_unlock(&normal), 0);
  EXPECT_EQ(pthread_mutex_lock(&recursive), 0);
  EXPECT_EQ(pthread_mutex_lock(&recursive), 0);
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  EXPECT_EQ(pthread_rwlock_rdlock(&lock), 0);
  EXPECT_EQ(pthread_rwlock_trywrlock(&lock), EBUSY);
  EXPECT_EQ(pthread_rwlock_unlock(&lock), 0);
  pthread_once_t once = PTHREAD_ONCE_INIT;
  static int calls;
  calls = 0;
  EXPECT_EQ(pthread_once(&once, [] { ++calls; }), 0);
  EXPECT_EQ(pthread_once(&once, [] { ++calls; }), 0);
  EXPECT_EQ(calls, 1);
}

TEST(PthreadTest, TimedWaitsEnd) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
  timespec deadline = Soon(CLOCK_REALTIME);
  EXPECT_EQ(pthread_cond_timedwait(&condition, &mutex, &deadline), ETIMEDOUT);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  EXPECT_EQ(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC), 0);
  pthread_cond_t monotonic;
  EXPECT_EQ(pthread_cond_init(&monotonic, &attributes), 0);
  deadline = Soon(CLOCK_MONOTONIC);
  EXPECT_EQ(pthread_cond_timedwait(&monotonic, &mutex, &deadline), ETIMEDOUT);
  std::thread([&] {
    const timespec soon = Soon(CLOCK_REALTIME);
    EXPECT_EQ(pthread_mutex_timedlock(&mutex, &soon), ETIMEDOUT);
  }).join();
  sem_t semaphore;
  EXPECT_EQ(sem_init(&semaphore, 0, 1), 0);
  EXPECT_EQ(sem_wait(&semaphore), 0);
  EXPECT_EQ(sem_trywait(&semaphore), -1);
  EXPECT_EQ(errno, EAGAIN);
  deadline = Soon(CLOCK_REALTIME);
  EXPECT_EQ(sem_timedwait(&semaphore, &deadline), -1);
  EXPECT_EQ(errno, ETIMEDOUT);
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  EXPECT_EQ(pthread_rwlock_wrlock(&lock), 0);
  std::thread([&] {
    const timespec soon = Soon(CLOCK_REALTIME);
    EXPECT_EQ(pthread_rwlock_timedrdlock(&lock, &soon), ETIMEDOUT);
  }).join();
}

TEST(PthreadTest, BarrierAndSpinlock) {
  pthread_barrier_t barrier;
  ASSERT_EQ(pthread_barrier_init(&barrier, nullptr, 2), 0);
  int serial = 0;
  std::thread other(
      [&] { serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD ? 1 : 0; });
  serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD ? 1 : 0;
  other.join();
  EXPECT_EQ(serial, 1);
  EXPECT_EQ(pthread_barrier_init(&barrier, nullptr, 0), EINVAL);
  pthread_spinlock_t spin;
  EXPECT_EQ(pthread_spin_init(&spin, 0), 0);
  EXPECT_EQ(pthread_spin_lock(&spin), 0);
  EXPECT_EQ(pthread_spin_trylock(&spin), EBUSY);
  EXPECT_EQ(pthread_spin_unlock(&spin), 0);
}

TEST(CxxThreadsTest, WorkersShareAQueue) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<int> queue;
  bool done = false;
  std::atomic<int> sum = 0;
  std::vector<std::thread> workers;
  for (int count = 0; count < 4; ++count) {
    workers.emplace_back([&] {
      std::unique_lock lock(mutex);
      while (true) {
        changed.wait(lock, [&] { return done || !queue.empty(); });
        if (queue.empty()) {
          return;
        }
        sum += queue.back();
        queue.pop_back();
      }
    });
  }
  for (int number = 1; number <= 100; ++number) {
    {
      const std::lock_guard lock(mutex);
      queue.push_back(number);
    }
    changed.notify_one();
    if (number % 10 == 0) {
      std::this_thread::yield();
    }
  }
  {
    const std::lock_guard lock(mutex);
    done = true;
  }
  changed.notify_all();
  for (std::thread& worker : workers) {
    worker.join();
  }
  EXPECT_EQ(sum, 5050);
}

TEST(CxxThreadsTest, LibraryFacilitiesWork) {
  EXPECT_EQ(std::async(std::launch::async, [] { return 7; }).get(), 7);
  auto failing = std::async(std::launch::async, []() -> int { throw std::string("thrown there"); });
  EXPECT_THROW(failing.get(), std::string);
  std::shared_timed_mutex mutex;
  EXPECT_TRUE(mutex.try_lock_for(std::chrono::milliseconds(1)));
  EXPECT_FALSE(std::async(std::launch::async, [&] {
                 return mutex.try_lock_shared_for(std::chrono::milliseconds(1));
               }).get());
  mutex.unlock();
  std::atomic<int> flag = 0;
  std::thread setter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    flag = 1;
    flag.notify_all();
  });
  flag.wait(0);
  setter.join();
  std::once_flag once;
  int calls = 0;
  std::call_once(once, [&] { ++calls; });
  std::call_once(once, [&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

}  // namespace
