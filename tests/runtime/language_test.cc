// What the language needs of its runtime: exceptions, run-time types, statics, thread_local, new.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>
#include <vector>

namespace {

struct Counter {
  explicit Counter(int& count) : count_(count) { ++count_; }
  ~Counter() { --count_; }
  int& count_;
};

[[gnu::noinline]] int Dig(int depth, int& alive) {
  const Counter counter(alive);
  if (depth == 0) {
    throw std::runtime_error("at the bottom");
  }
  return Dig(depth - 1, alive) + 1;
}

TEST(Exceptions, UnwindEveryFrame) {
  int alive = 0;
  try {
    Dig(50, alive);
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_STREQ(error.what(), "at the bottom");
  }
  EXPECT_EQ(alive, 0);
}

TEST(Exceptions, AreCaughtByTheirBases) {
  EXPECT_THROW(throw std::out_of_range("x"), std::logic_error);
  EXPECT_THROW(std::vector<int>().at(1), std::out_of_range);
  EXPECT_THROW(std::stoi("no number"), std::invalid_argument);
  EXPECT_THROW(throw std::system_error(std::make_error_code(std::errc::io_error)),
               std::system_error);
}

TEST(Exceptions, RethrowAndNest) {
  std::exception_ptr kept;
  try {
    try {
      throw std::runtime_error("inner");
    } catch (...) {
      std::throw_with_nested(std::runtime_error("outer"));
    }
  } catch (...) {
    kept = std::current_exception();
  }
  try {
    std::rethrow_exception(kept);
  } catch (const std::exception& outer) {
    EXPECT_STREQ(outer.what(), "outer");
    try {
      std::rethrow_if_nested(outer);
      FAIL();
    } catch (const std::exception& inner) {
      EXPECT_STREQ(inner.what(), "inner");
    }
  }
}

TEST(Exceptions, ThousandsLeakNothingAndFinish) {
  int caught = 0;
  for (int i = 0; i < 5000; ++i) {
    try {
      throw std::string(100, 'x');
    } catch (const std::string& text) {
      caught += text.size() == 100 ? 1 : 0;
    }
  }
  EXPECT_EQ(caught, 5000);
}

TEST(Exceptions, NewFailsWithBadAlloc) {
  volatile std::size_t huge = SIZE_MAX / 4;
  EXPECT_THROW(::operator delete(::operator new(huge)), std::bad_alloc);
  EXPECT_EQ(::operator new(huge, std::nothrow), nullptr);
}

struct Base {
  virtual ~Base() = default;
  virtual int Value() const { return 1; }
};
struct Left : virtual Base {
  int Value() const override { return 2; }
};
struct Right : virtual Base {};
struct Both : Left, Right {};

TEST(Types, DynamicCastWalksVirtualBases) {
  const std::unique_ptr<Base> object = std::make_unique<Both>();
  EXPECT_EQ(object->Value(), 2);
  EXPECT_NE(dynamic_cast<Right*>(object.get()), nullptr);
  const Base& reference = *object;
  EXPECT_EQ(typeid(reference), typeid(Both));
  Base plain;
  EXPECT_THROW((void)dynamic_cast<Both&>(plain), std::bad_cast);
}

int static_initialisations = 0;

int& LazyStatic() {
  static int value = ++static_initialisations;
  return value;
}

TEST(Statics, AreInitialisedOnce) {
  EXPECT_EQ(LazyStatic(), 1);
  EXPECT_EQ(LazyStatic(), 1);
  EXPECT_EQ(static_initialisations, 1);
}

TEST(Statics, AnInitialiserThatThrowsIsTriedAgain) {
  int attempts = 0;
  const auto reach = [&attempts] {
    static const int value = [&attempts] {
      if (++attempts == 1) {
        throw 1;
      }
      return 7;
    }();
    return value;
  };
  EXPECT_THROW(reach(), int);
  EXPECT_EQ(reach(), 7);
  EXPECT_EQ(attempts, 2);
}

const std::vector<std::string> global_list = {"constructed", "before", "main"};
thread_local std::string local_text = "initial";

TEST(Statics, GlobalsAndThreadLocalsAreConstructed) {
  EXPECT_EQ(global_list.size(), 3u);
  EXPECT_EQ(local_text, "initial");
  local_text = "changed";
  EXPECT_EQ(local_text, "changed");
}

TEST(Memory, OverAlignedObjectsAreAligned) {
  struct alignas(256) Aligned {
    int value;
  };
  const auto object = std::make_unique<Aligned>();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(object.get()) % 256, 0u);
}

}  // namespace
