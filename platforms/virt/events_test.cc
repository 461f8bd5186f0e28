// Tests of who may listen to which interrupt, on the board.
// SPDX-License-Identifier: Apache-2.0
#include "libs/events/events.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/io/mmio_bus.h"
#include "libs/page_map/page_map.h"
#include "platforms/virt/interrupt_source.h"

namespace ashlar::events {
namespace {

// They are listened to for good.
constinit Event first;
constinit Event second;
constinit Event message_event;

Result<void> ListenTo(std::uint32_t interrupt, bool edge, Event& event) {
  return Listen(virt::InterruptSource::From({.number = interrupt, .edge_triggered = edge}).value,
                event);
}

bool Refuses(const Result<void>& result, Error error) { return !result && result.error() == error; }

// Shared interrupts that no device of the board has.
constexpr std::uint32_t kEdge = 250;
constexpr std::uint32_t kLevel = 251;

TEST(VirtEventsTest, AnEdgeIsOneListenersALevelAnyNumbers) {
  ASSERT_TRUE(ListenTo(kEdge, true, first));
  EXPECT_TRUE(Refuses(ListenTo(kEdge, true, second), Error::kExists));
  EXPECT_TRUE(Refuses(ListenTo(kEdge, false, second), Error::kExists));
  ASSERT_TRUE(ListenTo(kLevel, false, first));
  EXPECT_TRUE(ListenTo(kLevel, false, second));
  EXPECT_TRUE(Refuses(ListenTo(kLevel, true, second), Error::kExists));
}

TEST(VirtEventsTest, WhatIsNoInterruptIsNotFound) {
  EXPECT_TRUE(Refuses(ListenTo(15, false, second), Error::kNotFound));
  EXPECT_TRUE(Refuses(ListenTo(1020, false, second), Error::kNotFound));
}

TEST(VirtEventsTest, AMessageArrivesThoughADeviceClaimsItsInterruptForALine) {
  const Result<Message> message = AllocateMessage(message_event);
  if (!message) {  // a GICv3
    EXPECT_EQ(message.error(), Error::kUnsupported);
    return;
  }
  EXPECT_TRUE(Refuses(ListenTo(message->data, false, second), Error::kExists));
  // As a device does.
  const Result<volatile std::byte*> frame =
      page_map::MapDevice(message->address, sizeof(message->data));
  ASSERT_TRUE(frame);
  io::MmioBus(*frame).Write32(0, message->data);
  const clock::Instant deadline = clock::Monotonic::now() + std::chrono::seconds(10);
  while (!message_event.pending() && clock::Monotonic::now() < deadline) {
    Wait(deadline);
  }
  EXPECT_TRUE(message_event.Take());
}

}  // namespace
}  // namespace ashlar::events
