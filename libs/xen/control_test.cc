// A toolstack's wishes, and what comes of them.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/control.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <expected>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/balloon.h"
#include "libs/xen/fake_store.h"
#include "libs/xen/store.h"

namespace ashlar::xen {
namespace {

struct Domain final : ControlledDomain {
  void End(ShutdownReason reason) override { ends.push_back(reason); }
  Result<void> Suspend() override {
    ++suspensions;
    return suspended;
  }

  std::vector<ShutdownReason> ends;
  int suspensions = 0;
  Result<void> suspended;
};

// Only amounts matter here: balloon_test.cc has the rest. Steps are 64 KiB.
struct Pages final : BalloonPages {
  Memory Measure() const override { return {kPages * kPageSize, kPages * kPageSize}; }
  Result<std::span<std::byte>> Allocate(std::size_t size) override {
    const std::span pages(
        static_cast<std::byte*>(::operator new(size, std::align_val_t{kPageSize})), size);
    std::ranges::fill(pages, std::byte{0x77});
    return pages;
  }
  void Free(std::span<std::byte> pages) override {
    ::operator delete(pages.data(), std::align_val_t{kPageSize});
  }
  std::size_t Give(std::size_t first, std::size_t count) override {
    const auto* const bytes = reinterpret_cast<const std::byte*>(first * kPageSize);
    all_cleared &= *bytes == std::byte{};
    const std::size_t given = std::min(count, will_take);
    will_take -= given;
    xens += given;
    return given;
  }
  std::size_t Take(std::size_t, std::size_t count) override {
    xens -= count;
    return count;
  }

  static constexpr std::size_t kPages = 4096;
  std::size_t xens = 0;
  std::size_t will_take = kPages;
  bool all_cleared = true;
};

struct ControlTest : testing::Test {
  ControlTest() {
    daemon->values["memory/target"] = "16384";
    daemon->values["memory/static-max"] = "32768";
  }
  ~ControlTest() override { balloon.Inflate(0, Balloon::Contents::kNone); }

  // Everything that is to do.
  void Settle() {
    do {
      (void)daemon->Wait();
    } while (control.Poll());
  }
  void Start(Control::Beginning beginning = Control::Beginning::kTarget) {
    ASSERT_TRUE(control.Start(store, beginning));
    Settle();
  }
  void Wish(const char* wish) {
    daemon->Change("control/shutdown", wish);
    Settle();
  }
  void Target(const char* kib) {
    daemon->Change("memory/target", kib);
    Settle();
  }
  std::size_t given_kib() const { return pages.xens * kPageSize / kKiB; }

  std::unique_ptr<FakeStore> daemon = std::make_unique<FakeStore>();
  Store store{daemon->page, *daemon};
  Domain domain;
  Pages pages;
  Balloon balloon{pages};
  Control control{domain, balloon};
};

TEST_F(ControlTest, ItSaysWhatTheDomainDoes) {
  Start();
  for (const char* feature : {"poweroff", "reboot", "suspend"}) {
    EXPECT_EQ(daemon->values[std::string("control/feature-") + feature], "1");
  }
  EXPECT_FALSE(control.Poll());
}

TEST_F(ControlTest, WhatItCannotSayItDoesAllTheSame) {
  for (const char* feature : {"poweroff", "reboot", "suspend"}) {
    daemon->read_only.insert(std::string("control/feature-") + feature);
  }
  Start();
  Target("16000");
  EXPECT_EQ(given_kib(), 384U);
  Wish("suspend");
  EXPECT_EQ(domain.suspensions, 1);
  Wish("poweroff");
  EXPECT_EQ(domain.ends.size(), 1U);
}

TEST_F(ControlTest, ADomainEndsWhenItIsAsked) {
  for (const auto& [wish, reason] : {std::pair{"poweroff", ShutdownReason::kPowerOff},
                                     {"halt", ShutdownReason::kPowerOff},
                                     {"reboot", ShutdownReason::kReboot}}) {
    Domain another;
    Control other(another, balloon);
    ASSERT_TRUE(other.Start(store, Control::Beginning::kTarget));
    daemon->Change("control/shutdown", wish);
    for (int i = 0; i < 4; ++i) {
      (void)daemon->Wait();
      other.Poll();
    }
    EXPECT_EQ(another.ends, std::vector{reason});
    EXPECT_EQ(daemon->values["control/shutdown"], "");  // the answer
    daemon->Restart();
    store.Restart(daemon->page);
  }
}

TEST_F(ControlTest, OneThatEndsListensNoMore) {
  Start();
  Wish("poweroff");
  Wish("reboot");
  EXPECT_EQ(domain.ends.size(), 1U);
}

TEST_F(ControlTest, ADomainIsSuspendedAsOftenAsItIsAsked) {
  Start();
  Wish("suspend");
  domain.suspended = std::unexpected(Error::kInputOutput);
  Wish("suspend");
  EXPECT_EQ(domain.suspensions, 2);
  EXPECT_TRUE(domain.ends.empty());
}

TEST_F(ControlTest, ARestoredDomainIsHeardAgain) {
  Start();
  daemon->silent = true;
  daemon->page.response_producer = 5000;
  EXPECT_FALSE(control.Poll());
  daemon->silent = false;
  daemon->Restart();
  daemon->values.erase("control/feature-reboot");
  store.Restart(daemon->page);
  control.Restore();
  EXPECT_EQ(daemon->values["control/feature-reboot"], "1");
  Wish("suspend");
  EXPECT_EQ(domain.suspensions, 1);
}

TEST_F(ControlTest, AWishThatIsWithdrawnIsNotObeyed) {
  Start();
  daemon->lie = [&](StoreMessage& message, std::string& value) {
    if (message.type == StoreMessage::Type::kRead && value == "suspend") {
      daemon->values["control/shutdown"] = "";  // once it was read
    }
  };
  Wish("suspend");
  EXPECT_EQ(domain.suspensions, 0);
  daemon->lie = {};
  Wish("suspend");
  EXPECT_EQ(domain.suspensions, 1);
}

TEST_F(ControlTest, AWishThatCannotBeAnsweredIsNotObeyed) {
  Start();
  daemon->read_only.insert("control/shutdown");
  Wish("poweroff");
  EXPECT_TRUE(domain.ends.empty());
  Wish("");
  EXPECT_TRUE(domain.ends.empty());
}

TEST_F(ControlTest, WhatNobodyKnowsIsAnsweredAndNotObeyed) {
  Start();
  for (const char* wish : {"crash", "power", "poweroff and more, to make it long"}) {
    Wish(wish);
    EXPECT_EQ(daemon->values["control/shutdown"], "") << wish;
  }
  EXPECT_TRUE(domain.ends.empty());
  EXPECT_EQ(domain.suspensions, 0);
}

TEST_F(ControlTest, AStoreThatBreaksIsLeftAlone) {
  Start();
  daemon->page.response_producer = 5000;
  EXPECT_FALSE(control.Poll());
  EXPECT_FALSE(control.Poll());
}

TEST_F(ControlTest, WithoutAStoreThatAnswersThereIsNoStart) {
  daemon->silent = true;
  EXPECT_EQ(control.Start(store, Control::Beginning::kTarget).error(), Error::kTimedOut);
}

TEST_F(ControlTest, MemoryGoesAndComesBackUpToWhatItWas) {
  Start();
  EXPECT_EQ(given_kib(), 0U);
  Target("16000");
  EXPECT_EQ(given_kib(), 384U);
  Target("16383");
  EXPECT_EQ(given_kib(), 64U);
  Target("20000");
  EXPECT_EQ(given_kib(), 0U);
  EXPECT_TRUE(pages.all_cleared);
  EXPECT_TRUE(control.memory_is_right());
}

TEST_F(ControlTest, ADomainThatBeginsWithMoreGivesItUntouched) {
  daemon->values["memory/target"] = "28672";
  Start(Control::Beginning::kMost);
  EXPECT_EQ(given_kib(), 4096U);
  EXPECT_FALSE(pages.all_cleared);
  pages.all_cleared = true;
  Target("27648");
  EXPECT_EQ(given_kib(), 5120U);
  EXPECT_TRUE(pages.all_cleared);
}

TEST_F(ControlTest, UntilItHasGivenAllOfThatItTouchesNothing) {
  daemon->values["memory/target"] = "28672";
  pages.will_take = 100;
  Start(Control::Beginning::kMost);
  EXPECT_FALSE(control.memory_is_right());
  pages.will_take = Pages::kPages;
  control.AdjustMemory();
  EXPECT_TRUE(control.memory_is_right());
  EXPECT_EQ(given_kib(), 4096U);
  EXPECT_FALSE(pages.all_cleared);
}

TEST_F(ControlTest, WhatCannotBeNowIsTriedAgain) {
  Start();
  pages.will_take = 16;
  Target("16000");
  EXPECT_EQ(given_kib(), 64U);
  EXPECT_FALSE(control.memory_is_right());
  control.AdjustMemory();
  EXPECT_FALSE(control.memory_is_right());
  pages.will_take = Pages::kPages;
  control.AdjustMemory();
  EXPECT_EQ(given_kib(), 384U);
  EXPECT_TRUE(control.memory_is_right());
}

TEST_F(ControlTest, ATargetThatIsNoneChangesNothing) {
  Start();
  Target("16000");
  for (const char* target : {"", "-1", "much", "99999999999999999999999999"}) {
    Target(target);
    EXPECT_EQ(given_kib(), 384U) << target;
  }
  Target("18446744073709551615");
  EXPECT_EQ(given_kib(), 0U);
}

TEST_F(ControlTest, AMostThatIsAbsurdEndsWhereXenTakesNoMore) {
  daemon->values["memory/static-max"] = "18446744073709551615";
  pages.will_take = 160;
  Start(Control::Beginning::kMost);
  EXPECT_FALSE(control.memory_is_right());
  EXPECT_EQ(given_kib(), 640U);
}

}  // namespace
}  // namespace ashlar::xen
