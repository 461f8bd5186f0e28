// The store's client, with a daemon that the test plays.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/store.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "libs/base/result.h"
#include "libs/xen/abi.h"
#include "libs/xen/fake_store.h"

namespace ashlar::xen {
namespace {

using Type = StoreMessage::Type;

struct StoreTest : testing::Test {
  // On the heap, so that a sanitizer sees a byte behind the page.
  std::unique_ptr<FakeStore> daemon = std::make_unique<FakeStore>();
  Store store{daemon->page, *daemon};
  char buffer[64];
};

TEST_F(StoreTest, ValuesAreReadAndWritten) {
  daemon->values["name"] = "guest";
  EXPECT_EQ(store.Read("name", buffer), "guest");
  EXPECT_TRUE(store.Write("data/answer", "42"));
  EXPECT_EQ(store.Read("data/answer", buffer), "42");
  EXPECT_TRUE(store.Write("empty", ""));
  EXPECT_EQ(store.Read("empty", buffer), "");
}

TEST_F(StoreTest, ErrorsHaveTheirNames) {
  EXPECT_EQ(store.Read("nothing", buffer).error(), Error::kNotFound);
  daemon->forbidden.insert("secret");
  EXPECT_EQ(store.Read("secret", buffer).error(), Error::kPermission);
  // And the next request works.
  EXPECT_TRUE(store.Write("a", "b"));
}

TEST_F(StoreTest, AValueThatIsTakenIsGone) {
  daemon->values["wish"] = "rest";
  EXPECT_EQ(store.Take("wish", buffer), "rest");
  EXPECT_EQ(daemon->values["wish"], "");
  daemon->log.clear();
  EXPECT_EQ(store.Take("wish", buffer), "");
  EXPECT_TRUE(daemon->log.empty());
  EXPECT_EQ(store.Take("nothing", buffer).error(), Error::kNotFound);
  daemon->values["wish"] = std::string(100, 'x');
  EXPECT_EQ(store.Take("wish", buffer).error(), Error::kMessageTooLong);
  EXPECT_EQ(daemon->values["wish"], "");
  daemon->values["wish"] = "work";
  daemon->read_only.insert("wish");
  EXPECT_EQ(store.Take("wish", buffer).error(), Error::kPermission);
  EXPECT_EQ(daemon->values["wish"], "work");
  // And no request is in a transaction any more.
  EXPECT_TRUE(store.Write("a", "b"));
  EXPECT_EQ(daemon->values["a"], "b");
}

TEST_F(StoreTest, WhatIsTakenIsWhatNobodyChangedMeanwhile) {
  daemon->values["wish"] = "rest";
  daemon->lie = [&](StoreMessage& message, std::string&) {
    if (message.type == Type::kWrite) {
      daemon->values["wish"] = "work";  // another's, once
    }
  };
  EXPECT_EQ(store.Take("wish", buffer), "work");
  EXPECT_EQ(daemon->values["wish"], "");
}

TEST_F(StoreTest, NobodyWaitsForThoseWhoNeverStopWriting) {
  daemon->values["wish"] = "rest";
  int writes = 0;
  daemon->lie = [&](StoreMessage& message, std::string&) {
    if (message.type == Type::kWrite) {
      daemon->values["other"] = std::to_string(++writes);
    }
  };
  EXPECT_EQ(store.Take("wish", buffer).error(), Error::kWouldBlock);
  EXPECT_EQ(writes, Store::kMaxTries);
  EXPECT_EQ(daemon->values["wish"], "rest");
}

TEST_F(StoreTest, NamesAreListed) {
  daemon->values["device/vif/0/mac"] = "";
  daemon->values["device/vif/0/state"] = "";
  daemon->values["device/vif/1/state"] = "";
  EXPECT_EQ(store.List("device/vif", buffer), std::string_view("0\0001\0", 4));
  EXPECT_EQ(store.List("device/vbd", buffer).error(), Error::kNotFound);
}

TEST_F(StoreTest, AValueLongerThanTheBufferIsRefusedAndTheNextOneWorks) {
  daemon->values["long"] = std::string(3000, 'x');  // longer than the ring, too
  daemon->values["short"] = "y";
  EXPECT_EQ(store.Read("long", buffer).error(), Error::kMessageTooLong);
  EXPECT_EQ(store.Read("short", buffer), "y");
}

TEST_F(StoreTest, ARequestLongerThanTheRingGoesThroughInPieces) {
  const std::string value(3000, 'v');
  EXPECT_TRUE(store.Write("long", value));
  EXPECT_EQ(daemon->values["long"], value);
  EXPECT_EQ(store.Write("long", std::string(5000, 'v')).error(), Error::kMessageTooLong);
}

TEST_F(StoreTest, TheDaemonIsToldOfRequestsAndOfRoomThatItWaitsFor) {
  daemon->values["name"] = "guest";
  EXPECT_EQ(store.Read("name", buffer), "guest");
  EXPECT_EQ(daemon->notifications, 1);
  // Three rings of bytes: it runs out of room, and hears of more.
  daemon->values["long"] = std::string(3000, 'x');
  std::string value(3000, '\0');
  EXPECT_EQ(store.Read("long", value), std::string(3000, 'x'));
  EXPECT_GE(daemon->notifications, 4);
  EXPECT_LE(daemon->notifications, 6);
}

TEST_F(StoreTest, ASlowDaemonIsWaitedFor) {
  daemon->most_at_once = 7;
  daemon->values["name"] = "guest";
  for (int i = 0; i < 100; ++i) {  // round the ring
    EXPECT_EQ(store.Read("name", buffer), "guest");
  }
}

TEST_F(StoreTest, AChangeIsNotedOnceAndTheFirstLookIsAChange) {
  StoreWatch one("one");
  StoreWatch two("two");
  ASSERT_TRUE(store.Watch(one));
  ASSERT_TRUE(store.Watch(two));
  EXPECT_TRUE(one.Take());
  EXPECT_TRUE(two.Take());
  while (store.WaitForChange()) {  // the daemon tells of each new watch
  }
  one.Take();
  two.Take();
  daemon->Change("two/below", "x");
  ASSERT_TRUE(store.WaitForChange());
  EXPECT_FALSE(one.Take());
  EXPECT_TRUE(two.Take());
  EXPECT_FALSE(two.Take());
}

TEST_F(StoreTest, WhatIsWatchedNoMoreNotesNothing) {
  StoreWatch one("one");
  {
    StoreWatch two("two");
    ASSERT_TRUE(store.Watch(two));
    ASSERT_TRUE(store.Watch(one));
    store.Unwatch(two);
    store.Unwatch(two);
  }
  EXPECT_EQ(daemon->watches(), 1U);
  StoreWatch three("three");  // in its place
  ASSERT_TRUE(store.Watch(three));
  while (store.WaitForChange()) {
  }
  one.Take();
  three.Take();
  daemon->Change("two", "x");
  EXPECT_FALSE(store.WaitForChange());
  daemon->Change("one", "x");
  EXPECT_TRUE(store.WaitForChange());
  EXPECT_TRUE(one.Take());
  EXPECT_FALSE(three.Take());
}

TEST_F(StoreTest, ThereAreSoManyWatches) {
  std::deque<StoreWatch> watches;
  for (std::size_t i = 0; i < Store::kMaxWatches; ++i) {
    ASSERT_TRUE(store.Watch(watches.emplace_back("one")));
  }
  StoreWatch more("one");
  EXPECT_EQ(store.Watch(more).error(), Error::kNoSpace);
  store.Unwatch(watches[3]);
  EXPECT_TRUE(store.Watch(more));
}

TEST_F(StoreTest, AChangeBetweenRequestAndAnswerIsNoted) {
  StoreWatch watch("one");
  ASSERT_TRUE(store.Watch(watch));
  ASSERT_TRUE(store.WaitForChange());
  watch.Take();
  daemon->Change("one", "x");
  EXPECT_EQ(store.Read("one", buffer), "x");
  EXPECT_TRUE(watch.Take());
}

TEST_F(StoreTest, NothingToTakeIsNoWait) {
  daemon->silent = true;
  EXPECT_TRUE(store.TakeChanges());
}

TEST_F(StoreTest, AfterARestartNothingIsWatchedAndTheIndicesAreThePages) {
  StoreWatch watch("one");
  ASSERT_TRUE(store.Watch(watch));
  daemon->silent = true;
  EXPECT_FALSE(store.Read("a", buffer));
  daemon->silent = false;
  StoreInterface& page = daemon->page;
  page.request_producer = 0xffff'fff0;
  page.request_consumer = 0xffff'fff0;
  page.response_producer = 77;
  page.response_consumer = 77;
  store.Restart(page);
  daemon->values["name"] = "restored";
  EXPECT_EQ(store.Read("name", buffer), "restored");
}

// Lies.

TEST_F(StoreTest, IndicesThatNoHonestDaemonHasBreakIt) {
  daemon->page.response_producer = 5000;
  EXPECT_EQ(store.Read("a", buffer).error(), Error::kBroken);
  EXPECT_EQ(store.Write("a", "b").error(), Error::kBroken);
  EXPECT_EQ(store.TakeChanges().error(), Error::kBroken);
}

TEST_F(StoreTest, AConsumerAheadOfUsBreaksIt) {
  daemon->page.request_consumer = 1;
  EXPECT_EQ(store.Read("a", buffer).error(), Error::kBroken);
}

TEST_F(StoreTest, AnAnswerToAnotherRequestBreaksIt) {
  daemon->lie = [](StoreMessage& message, std::string&) { ++message.request; };
  EXPECT_EQ(store.Write("a", "b").error(), Error::kBroken);
}

TEST_F(StoreTest, AnAnswerOfAnotherTypeBreaksIt) {
  daemon->lie = [](StoreMessage& message, std::string&) { message.type = Type::kList; };
  EXPECT_EQ(store.Write("a", "b").error(), Error::kBroken);
}

TEST_F(StoreTest, ATransactionWithoutANumberBreaksIt) {
  for (const std::string& number : {std::string(), std::string("0"), std::string("-1"),
                                    std::string("4294967296"), std::string(16, '1')}) {
    FakeStore other;
    Store client(other.page, other);
    other.lie = [&](StoreMessage& message, std::string& payload) {
      payload = number;
      message.size = static_cast<std::uint32_t>(number.size());
    };
    EXPECT_EQ(client.Take("wish", buffer).error(), Error::kBroken) << number;
  }
}

TEST_F(StoreTest, ALengthBeyondTheProtocolBreaksIt) {
  daemon->lie = [](StoreMessage& message, std::string&) { message.size = 0xffff'ffff; };
  EXPECT_EQ(store.Write("a", "b").error(), Error::kBroken);
}

TEST_F(StoreTest, AnEventForAWatchThatIsNoneIsIgnored) {
  daemon->lie = [](StoreMessage& message, std::string& payload) {
    if (message.type == Type::kWatchEvent) {
      payload[payload.size() - 2] = '\xff';
    }
  };
  StoreWatch watch("one");
  ASSERT_TRUE(store.Watch(watch));
  watch.Take();
  EXPECT_TRUE(store.WaitForChange());
  EXPECT_FALSE(watch.Take());
}

TEST_F(StoreTest, AnEventTooShortForATokenBreaksIt) {
  daemon->lie = [](StoreMessage& message, std::string& payload) {
    if (message.type == Type::kWatchEvent) {
      message.size = 1;
      payload.resize(1);
    }
  };
  StoreWatch watch("one");
  ASSERT_TRUE(store.Watch(watch));
  EXPECT_EQ(store.WaitForChange().error(), Error::kBroken);
}

TEST_F(StoreTest, ADaemonThatNeverAnswersIsGivenUp) {
  daemon->silent = true;
  EXPECT_EQ(store.Read("a", buffer).error(), Error::kTimedOut);
  daemon->silent = false;
  EXPECT_EQ(store.Read("a", buffer).error(), Error::kTimedOut);
}

TEST_F(StoreTest, NoChangeIsNoFailure) {
  EXPECT_EQ(store.WaitForChange().error(), Error::kTimedOut);
  EXPECT_TRUE(store.Write("a", "b"));
}

}  // namespace
}  // namespace ashlar::xen
