// Netback made of memory, for tests: takes what is in the rings, by the grants that a front end
// gave.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/fake_grants.h"

namespace ashlar::xen {

/// Memory as Xen sees it: frame 0 is its first page.
struct alignas(kPageSize) FakeNetMemory {
  static constexpr std::size_t kBuffers = 8;
  static constexpr std::size_t kDataPages = 24;
  NetTransmitRing transmit;
  NetReceiveRing receive;
  std::byte buffers[kBuffers * kPageSize];
  std::byte data[kDataPages * kPageSize];
};

/// A back end that keeps to the protocol, as far as it is asked to.
class FakeNetBackEnd {
 public:
  struct Frame {
    std::vector<std::byte> bytes;
    std::uint16_t flags = 0;
    std::optional<NetSegmentation> segmentation;
    std::size_t slots = 0;
    bool well_formed = true;
  };

  FakeNetBackEnd(FakeNetMemory& memory, std::span<GrantEntry> grants)
      : memory_(memory), grants_(grants) {}

  /// Takes the frames that are there; they wait for Answer().
  std::vector<Frame> TakeFrames() {
    std::vector<Frame> frames;
    while (taken_ != memory_.transmit.header.request_producer) {
      frames.push_back(TakeFrame());
    }
    memory_.transmit.header.request_event = taken_ + 1;
    return frames;
  }

  /// Answers the first `count` slots that were taken. Whether the front end wants an event.
  bool Answer(std::size_t count = ~std::size_t{0}) {
    bool wanted = false;
    for (; count != 0 && !answers_.empty(); --count) {
      RawAnswer(answers_.front());
      wanted |= memory_.transmit.header.response_producer == memory_.transmit.header.response_event;
      answers_.pop_front();
    }
    return wanted;
  }
  void RawAnswer(const NetTransmitResponse& response) {
    std::uint32_t at = memory_.transmit.header.response_producer;
    memory_.transmit.slots[at % kNetSlots].response = response;
    memory_.transmit.header.response_producer = at + 1;
  }

  /// Puts a frame into the next buffer. False: the front end has given none.
  bool Deliver(std::span<const std::byte> bytes, std::uint16_t flags = 0,
               std::uint16_t offset = 0) {
    const std::optional<NetReceiveRequest> request = TakeBuffer();
    if (!request) {
      return false;
    }
    std::byte* page = Page(request->grant, true);
    if (page == nullptr) {
      return false;
    }
    std::memcpy(page + offset, bytes.data(), bytes.size());
    RawDeliver({.id = request->id,
                .offset = offset,
                .flags = flags,
                .status = static_cast<std::int16_t>(bytes.size())});
    return true;
  }
  std::optional<NetReceiveRequest> TakeBuffer() {
    if (buffers_taken_ == memory_.receive.header.request_producer) {
      return std::nullopt;
    }
    return memory_.receive.slots[buffers_taken_++ % kNetSlots].request;
  }
  void RawDeliver(const NetReceiveResponse& response) {
    std::uint32_t at = memory_.receive.header.response_producer;
    memory_.receive.slots[at % kNetSlots].response = response;
    memory_.receive.header.response_producer = at + 1;
  }

  /// New rings, as after the front end began anew.
  void Restart() {
    taken_ = buffers_taken_ = 0;
    answers_.clear();
  }

  /// The page behind a grant; nullptr if there is none that allows this.
  std::byte* Page(std::uint32_t grant, bool write) {
    return GrantedPage(std::span(reinterpret_cast<std::byte*>(&memory_), sizeof memory_), grants_,
                       grant, write);
  }

 private:
  Frame TakeFrame() {
    Frame frame;
    std::size_t size = 0;
    bool more = true;
    while (more) {
      const NetTransmitRequest request = memory_.transmit.slots[taken_++ % kNetSlots].request;
      const bool first = frame.slots++ == 0;
      answers_.push_back({.id = request.id, .status = 0});
      more = (request.flags & NetTransmitRequest::kMoreData) != 0;
      std::size_t count = request.size;
      if (first) {
        size = request.size;
        frame.flags = request.flags;
        if ((request.flags & NetTransmitRequest::kExtraInfo) != 0) {
          frame.segmentation = memory_.transmit.slots[taken_++ % kNetSlots].segmentation;
          answers_.push_back({.id = 0, .status = NetTransmitResponse::kNull});
          ++frame.slots;
        }
        count = RestOfFirst(size, more);
      }
      const std::byte* page = Page(request.grant, false);
      if (page == nullptr || request.offset + count > kPageSize) {
        frame.well_formed = false;
        return frame;
      }
      frame.bytes.insert(frame.bytes.end(), page + request.offset, page + request.offset + count);
    }
    frame.well_formed = frame.bytes.size() == size;
    return frame;
  }

  // The first request has the whole frame's size; what the others have not is its own
  // [io/netif.h].
  std::size_t RestOfFirst(std::size_t size, bool more) const {
    for (std::uint32_t at = taken_; more; ++at) {
      const NetTransmitRequest& request = memory_.transmit.slots[at % kNetSlots].request;
      size -= request.size;
      more = (request.flags & NetTransmitRequest::kMoreData) != 0;
    }
    return size;
  }

  FakeNetMemory& memory_;
  std::span<GrantEntry> grants_;
  std::uint32_t taken_ = 0;
  std::uint32_t buffers_taken_ = 0;
  std::deque<NetTransmitResponse> answers_;
};

}  // namespace ashlar::xen
