// The console's ring, with the other side played by the test.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/console_ring.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "libs/xen/abi.h"

namespace ashlar::xen {
namespace {

constexpr std::size_t kRing = sizeof(ConsoleInterface::output);

// What the other side does: takes all there is.
std::string Drain(ConsoleInterface& page) {
  std::string text;
  while (page.output_consumer != page.output_producer) {
    text += page.output[page.output_consumer % kRing];
    page.output_consumer = page.output_consumer + 1;
  }
  return text;
}

// Time is how often somebody waited.
struct Peer {
  void Notify() { ++notifications; }
  std::int64_t Deadline() const { return waits + kPatience; }
  bool Wait(std::int64_t deadline) {
    ++waits;
    if (meanwhile) {
      meanwhile();
    }
    return waits < deadline;
  }

  static constexpr int kPatience = 10;
  int notifications = 0;
  int waits = 0;
  std::function<void()> meanwhile;
};

TEST(ConsoleOutputTest, BytesArriveInOrder) {
  static ConsoleInterface page = {};
  ConsoleOutput output(page);
  EXPECT_EQ(output.Put("one "), 4U);
  EXPECT_EQ(output.Put(std::string_view("two\0", 4)), 4U);
  EXPECT_EQ(Drain(page), std::string_view("one two\0", 8));
}

TEST(ConsoleOutputTest, AFullRingTakesNoMoreUntilItIsRead) {
  static ConsoleInterface page = {};
  ConsoleOutput output(page);
  const std::string text(kRing + 10, 'x');
  EXPECT_EQ(output.Put(text), kRing);
  EXPECT_EQ(output.Put("y"), 0U);
  EXPECT_EQ(Drain(page), std::string(kRing, 'x'));
  EXPECT_EQ(output.Put("y"), 1U);
  EXPECT_EQ(Drain(page), "y");
}

TEST(ConsoleOutputTest, MoreThanTheRingHoldsWaitsForTheOtherSide) {
  static ConsoleInterface page = {};
  ConsoleOutput output(page);
  std::string got;
  Peer peer{.meanwhile = [&] { got += Drain(page); }};
  const std::string text = std::string(kRing, 'x') + std::string(kRing, 'y') + "z";
  output.Write(text, peer);
  EXPECT_EQ(got + Drain(page), text);
  EXPECT_EQ(peer.waits, 2);
  EXPECT_EQ(peer.notifications, 3);
}

TEST(ConsoleOutputTest, AnOtherSideThatReadsSlowlyIsWaitedFor) {
  static ConsoleInterface page = {};
  ConsoleOutput output(page);
  // A byte, each time when it is almost too late.
  Peer peer{};
  peer.meanwhile = [&] {
    if (peer.waits % (Peer::kPatience - 1) == 0) {
      page.output_consumer = page.output_consumer + 1;
    }
  };
  output.Write(std::string(kRing + 20, 'x'), peer);
  EXPECT_EQ(page.output_producer, kRing + 20);
}

TEST(ConsoleOutputTest, AnOtherSideThatStopsReadingIsWaitedForOnce) {
  static ConsoleInterface page = {};
  ConsoleOutput output(page);
  Peer peer{};
  output.Write(std::string(kRing, 'x') + "lost", peer);
  EXPECT_EQ(peer.waits, Peer::kPatience);
  output.Write("lost, too", peer);
  EXPECT_EQ(peer.waits, Peer::kPatience);
  EXPECT_EQ(Drain(page), std::string(kRing, 'x'));
  // It reads again: it is trusted again.
  output.Write("kept", peer);
  EXPECT_EQ(Drain(page), "kept");
  peer.meanwhile = [&] { Drain(page); };
  output.Write(std::string(kRing + 1, 'y'), peer);
  EXPECT_EQ(peer.waits, Peer::kPatience + 1);
  EXPECT_EQ(Drain(page), "y");
}

TEST(ConsoleOutputTest, IndicesGoOnWhereALoaderLeftThemAndWrapRound) {
  static ConsoleInterface page = {};
  page.output_consumer = 0xffff'fffe;
  page.output_producer = 0xffff'fffe;
  ConsoleOutput output(page);
  EXPECT_EQ(output.Put("abcdef"), 6U);
  EXPECT_EQ(page.output_producer, 4U);
  EXPECT_EQ(Drain(page), "abcdef");
}

TEST(ConsoleOutputTest, AnImpossibleIndexMeansNoConsole) {
  static ConsoleInterface page = {};
  ConsoleOutput output(page);
  page.output_consumer = 1;  // more than was ever produced
  EXPECT_EQ(output.Put("lost"), 4U);
  EXPECT_EQ(page.output_producer, 0U);
  Peer peer{};
  output.Write(std::string(2 * kRing, 'x'), peer);
  EXPECT_EQ(peer.waits, 0);
}

TEST(ConsoleOutputTest, TheProducerIndexIsOursAlone) {
  static ConsoleInterface page = {};
  ConsoleOutput output(page);
  EXPECT_EQ(output.Put("ab"), 2U);
  page.output_producer = 77;  // a lie
  EXPECT_EQ(output.Put("c"), 1U);
  EXPECT_EQ(page.output_producer, 3U);
}

}  // namespace
}  // namespace ashlar::xen
