// The rings that front ends and back ends share: requests one way, responses in the same slots the
// other way.
//
// The back end owns two of the header's four words and may write anything anywhere. Our indices are
// kept here and only written to the page; the back end's are checked before they are followed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <optional>

#include "libs/xen/abi.h"

namespace ashlar::xen {

/// The front end's end of a ring of type `Ring`, which begins with a RingHeader and has `kSlots`
/// slots.
template <typename Ring, std::uint32_t kSlots>
class FrontRing {
 public:
  /// An empty ring, and nothing else in its page.
  void Start(Ring& ring) {
    std::memset(static_cast<void*>(&ring), 0, sizeof ring);
    ring.header.request_event = 1;
    ring.header.response_event = 1;
    ring_ = &ring;
    produced_ = pushed_ = consumed_ = 0;
  }

  /// Slots that no request is in and no response will be.
  std::uint32_t free() const { return kSlots - (produced_ - consumed_); }
  /// Slots whose responses are missing.
  std::uint32_t outstanding() const { return produced_ - consumed_; }

  /// The next slot, `ahead` slots behind it: to be filled in before Produce().
  auto& Next(std::uint32_t ahead = 0) { return ring_->slots[(produced_ + ahead) % kSlots]; }
  void Produce(std::uint32_t count = 1) { produced_ += count; }

  /// Shows the other side what was produced. Whether it wants an event [io/ring.h
  /// RING_PUSH_REQUESTS_AND_CHECK_NOTIFY].
  bool Push() {
    const std::uint32_t before = pushed_;
    if (before == produced_) {
      return false;
    }
    // The slots before the index that says they are there.
    std::atomic_thread_fence(std::memory_order_release);
    ring_->header.request_producer = produced_;
    pushed_ = produced_;
    // Our index before the look at the other side's wish.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return produced_ - ring_->header.request_event < produced_ - before;
  }

  /// How many responses there are. Nothing: more than there were requests, which is a lie.
  std::optional<std::uint32_t> Responses() const {
    const std::uint32_t count = ring_->header.response_producer - consumed_;
    if (count > pushed_ - consumed_) {
      return std::nullopt;
    }
    // The index before the slots that it says are there.
    std::atomic_thread_fence(std::memory_order_acquire);
    return count;
  }
  /// A copy of the next response.
  auto Take() {
    auto response = ring_->slots[consumed_ % kSlots].response;
    // The copy is what is checked; nothing may read the slot again.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    ++consumed_;
    return response;
  }

  /// Has the other side raise an event at the response that is `ahead` from now, the next being 1.
  /// False: it is there already.
  bool RequestEvent(std::uint32_t ahead) {
    ring_->header.response_event = consumed_ + ahead;
    // Our wish before the look at the other side's index.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return ring_->header.response_producer - consumed_ < ahead;
  }

 private:
  Ring* ring_ = nullptr;
  std::uint32_t produced_ = 0;
  std::uint32_t pushed_ = 0;
  std::uint32_t consumed_ = 0;
};

}  // namespace ashlar::xen
