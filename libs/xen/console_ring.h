// The console ring: a page shared with the console's back end, a ring of bytes each way.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/xen/abi.h"

namespace ashlar::xen {

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

 private:
  ConsoleInterface& page_;
  std::uint32_t producer_;
};

}  // namespace ashlar::xen
