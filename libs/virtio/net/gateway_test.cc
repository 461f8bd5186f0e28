// Asks QEMU's user network for its gateway's address, over whatever network device the machine has:
// the driver, its transport and its interrupts against a real device. Exits with 0 if each question
// was answered.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/clock/clock.h"
#include "libs/events/events.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"

namespace {

using namespace ashlar;
using std::chrono::seconds;

constexpr std::size_t kFrameSize = 60;
constexpr std::size_t kSender = 22;
constexpr std::size_t kTarget = 32;
constexpr std::array<std::uint8_t, 4> kOurs = {10, 0, 2, 15};
constexpr std::array<std::uint8_t, 4> kGateway = {10, 0, 2, 2};

using Frame = std::array<std::uint8_t, kFrameSize>;

// Who has the gateway's address? [RFC 826]
Frame Question(const netdev::MacAddress& mac) {
  Frame frame = {};
  constexpr std::array<std::uint8_t, 10> kTypeAndRequest = {0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1};
  std::fill_n(frame.begin(), 6, std::uint8_t{0xff});
  std::copy(mac.begin(), mac.end(), frame.begin() + 6);
  std::copy(kTypeAndRequest.begin(), kTypeAndRequest.end(), frame.begin() + 12);
  std::copy(mac.begin(), mac.end(), frame.begin() + kSender);
  std::copy(kOurs.begin(), kOurs.end(), frame.begin() + kSender + 6);
  std::copy(kGateway.begin(), kGateway.end(), frame.begin() + kTarget + 6);
  return frame;
}

class Listener final : public netdev::Client {
 public:
  explicit Listener(netdev::Queue& queue) : queue_(queue) {}

  void Received(netdev::Buffer& first, std::size_t, bool) override {
    const auto bytes = first.bytes;
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint8_t>(bytes[i]); };
    if (first.next == nullptr && bytes.size() >= 42 && at(12) == 0x08 && at(13) == 0x06 &&
        at(21) == 2 &&
        std::ranges::equal(bytes.subspan(kSender + 6, 4), std::as_bytes(std::span(kGateway)))) {
      ++answers;
    }
    for (netdev::Buffer* buffer = &first; buffer != nullptr;) {
      netdev::Buffer* next = buffer->next;
      queue_.Release(*buffer);
      buffer = next;
    }
  }
  void Transmitted(void*) override { ++sent; }

  int answers = 0;
  int sent = 0;

 private:
  netdev::Queue& queue_;
};

constexpr auto kPatience = seconds(20);

// Lets the device interrupt, and sends what is queued only then; the CPU sleeps until the answer's
// interrupt. False if it slept through it. Drivers that send in Poll() may have the answer before.
template <typename Done>
bool FlushAndSleep(netdev::Queue& queue, netdev::Client& client, Done done) {
  const clock::Instant deadline = clock::Monotonic::now() + kPatience;
  while (queue.Poll(client, 16) || !queue.EnableNotifications()) {
  }
  queue.Flush();
  if (!done()) {
    events::Wait(deadline);
  }
  queue.DisableNotifications();
  return clock::Monotonic::now() < deadline;
}

// Polls until `done` says so, asleep where there is nothing to do.
template <typename Done>
bool WaitUntil(netdev::Queue& queue, netdev::Client& client, Done done) {
  const clock::Instant deadline = clock::Monotonic::now() + kPatience;
  while (!done()) {
    if (clock::Monotonic::now() >= deadline) {
      return false;
    }
    if (!queue.Poll(client, 16) && queue.EnableNotifications()) {
      events::Wait(deadline);
      queue.DisableNotifications();
    }
  }
  return true;
}

bool Fail(const char* what) {
  log::Error("gateway_test", what);
  return false;
}

bool Ask(netdev::NetDevice& device) {
  netdev::Queue& queue = *device.queues().front();
  Listener listener(queue);
  const Frame question = Question(device.properties().mac_address);
  const netdev::Fragment fragments[] = {std::as_bytes(std::span(question)).first(14),
                                        std::as_bytes(std::span(question)).subspan(14)};
  constexpr int kRounds = 300;  // more than the rings hold
  for (int round = 1; round <= kRounds; ++round) {
    if (!queue.Transmit(fragments, {}, nullptr)) {
      return Fail("a frame is refused");
    }
    const auto answered = [&] { return listener.answers == round; };
    if (!FlushAndSleep(queue, listener, answered)) {
      return Fail("no interrupt");
    }
    if (!WaitUntil(queue, listener, answered)) {
      return Fail("no answer");
    }
  }
  // As many as the ring takes, and more: the rest waits for room.
  for (int i = 0; i < kRounds; ++i) {
    const int before = listener.sent;
    if (queue.Transmit(fragments, {}, nullptr)) {
      continue;
    }
    queue.Flush();
    if (!WaitUntil(queue, listener, [&] { return listener.sent > before; }) ||
        !queue.Transmit(fragments, {}, nullptr)) {
      return Fail("a full ring does not drain");
    }
  }
  queue.Flush();
  return WaitUntil(queue, listener, [&] { return listener.sent > kRounds; }) ||
         Fail("frames are not sent");
}

}  // namespace

int main() {
  const auto devices = netdev::Devices();
  if (devices.empty()) {
    Fail("there is no network device");
    return 1;
  }
  for (netdev::NetDevice* device : devices) {
    if (!device->link_up()) {
      Fail("no carrier");
      return 1;
    }
    if (!Ask(*device)) {
      return 1;
    }
  }
  return 0;
}
