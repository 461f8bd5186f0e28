// The console ring: a page shared with the console's back end, a ring of bytes each way.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/xen/abi.h"

namespace ashlar::xen {

/// How the other side of a console page is reached:
///   Notify()        tells it that the page changed;
///   Deadline()      until when it is worth while to wait from now on, by any clock;
///   Wait(deadline)  sleeps until the other side may have read. False: the time is over, or there
///                   is no way to sleep.
template <typename T>
concept ConsolePeer = requires(T peer, std::int64_t deadline) {
  peer.Notify();
  { peer.Deadline() } -> std::same_as<std::int64_t>;
  { peer.Wait(deadline) } -> std::same_as<bool>;
};

/// The output half of a console page. The other side owns its consumer index and nothing else: our
/// producer index is kept here, and only written to the page.
class ConsoleOutput {
 public:
  /// `page` is the page that both share. Goes on from where a loader left the ring.
  explicit ConsoleOutput(ConsoleInterface& page) : page_(page), producer_(page.output_producer) {}

  /// Puts as much of `text` into the ring as there is room for and returns how much. All of it,
  /// unseen by anyone, once the other side gave an index that no honest one can have: there is no
  /// console then. The other side does not look until it is notified.
  std::size_t Put(std::string_view text) {
    const std::uint32_t used = producer_ - page_.output_consumer;
    if (used > sizeof page_.output) {
      return text.size();
    }
    const std::size_t room = sizeof page_.output - used;
    const std::size_t count = text.size() < room ? text.size() : room;
    for (std::size_t i = 0; i < count; ++i) {
      page_.output[(producer_ + i) % sizeof page_.output] = text[i];
    }
    producer_ += static_cast<std::uint32_t>(count);
    // The bytes before the index that says they are there.
    std::atomic_thread_fence(std::memory_order_release);
    page_.output_producer = producer_;
    return count;
  }

  /// Puts all of `text` into the ring, and waits for the other side where there is no room. What
  /// is left once it has read nothing for as long as `peer` waits is lost, and so is all that is
  /// written from then on until it reads again: nobody waits for it twice.
  template <ConsolePeer Peer>
  void Write(std::string_view text, Peer& peer) {
    while (true) {
      const std::size_t count = Put(text);
      text.remove_prefix(count);
      peer.Notify();
      if (count != 0) {
        given_up_ = false;
      }
      if (text.empty() || given_up_ || !WaitForRoom(peer)) {
        return;
      }
    }
  }

 private:
  // The other side wakes us as often as it likes; what counts is that it reads.
  template <ConsolePeer Peer>
  bool WaitForRoom(Peer& peer) {
    const std::int64_t deadline = peer.Deadline();
    while (producer_ - page_.output_consumer == sizeof page_.output) {
      if (!peer.Wait(deadline)) {
        given_up_ = true;
        return false;
      }
    }
    return true;
  }

  ConsoleInterface& page_;
  std::uint32_t producer_;
  bool given_up_ = false;
};

}  // namespace ashlar::xen
