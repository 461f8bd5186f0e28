// A pair of network devices joined by a wire in memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/netdev/memory_pair.h"

#include <algorithm>
#include <cstring>

#include "libs/base/check.h"

namespace ashlar::netdev {
namespace {

constexpr std::size_t kEthernetHeaderSize = 14;

// The largest frame of a device that cuts frames itself [virtio-1.2 §5.1.6.2 has the same limit].
constexpr std::size_t kMaxSegmentedFrame = 65535 + kEthernetHeaderSize;

bool Offers(const Properties& properties, const Offload& offload) {
  if (offload.checksum && !properties.transmit_checksum) {
    return false;
  }
  switch (offload.segmentation) {
    case Offload::Segmentation::kNone:
      return true;
    case Offload::Segmentation::kTcp4:
      return properties.tcp4_segmentation && offload.checksum && offload.segment_size > 0;
    case Offload::Segmentation::kTcp6:
      return properties.tcp6_segmentation && offload.checksum && offload.segment_size > 0;
  }
  return false;
}

}  // namespace

MemoryPair::MemoryPair(std::span<std::byte> memory, const Options& options) {
  ASHLAR_CHECK(options.buffer_size > 0);
  const std::size_t half = memory.size() / 2;
  ends_[0].Start(*this, 0, memory.first(half), options);
  ends_[1].Start(*this, 1, memory.last(half), options);
}

NetDevice& MemoryPair::device(int end) {
  ASHLAR_CHECK(end == 0 || end == 1);
  return ends_[static_cast<std::size_t>(end)];
}

std::uint64_t MemoryPair::dropped(int end) const {
  ASHLAR_CHECK(end == 0 || end == 1);
  return ends_[static_cast<std::size_t>(end)].dropped();
}

void MemoryPair::End::Start(MemoryPair& pair, int index, std::span<std::byte> memory,
                            const Options& options) {
  pair_ = &pair;
  index_ = index;
  filter_ = options.filter;
  properties_ = options.properties;
  if (index == 1) {
    properties_.mac_address.back() ^= 1;
  }
  memory_ = memory.data();
  buffer_size_ = options.buffer_size;
  const std::size_t count = std::min(kMaxBuffers, memory.size() / buffer_size_);
  for (std::size_t i = count; i-- > 0;) {
    buffers_[i].next = free_;
    free_ = &buffers_[i];
  }
}

Buffer* MemoryPair::End::TakeBuffer() {
  Buffer* buffer = free_;
  if (buffer != nullptr) {
    free_ = buffer->next;
    buffer->next = nullptr;
    buffer->owner = nullptr;
  }
  return buffer;
}

void MemoryPair::End::ReleaseChain(Buffer* first) {
  while (first != nullptr) {
    Buffer* next = first->next;
    Release(*first);
    first = next;
  }
}

void MemoryPair::End::Release(Buffer& buffer) {
  ASHLAR_CHECK(&buffer >= buffers_.data() && &buffer < buffers_.data() + buffers_.size());
  buffer.next = free_;
  free_ = &buffer;
}

void MemoryPair::End::Deliver(std::span<const Fragment> fragments, std::size_t size,
                              bool checksum_verified) {
  Buffer* first = nullptr;
  Buffer** link = &first;
  Buffer* current = nullptr;
  std::size_t room = 0;
  for (Fragment fragment : fragments) {
    while (!fragment.empty()) {
      if (room == 0) {
        current = TakeBuffer();
        if (current == nullptr) {
          ++dropped_;
          ReleaseChain(first);
          return;
        }
        *link = current;
        link = &current->next;
        const auto index = static_cast<std::size_t>(current - buffers_.data());
        current->bytes = {memory_ + index * buffer_size_, 0};
        room = buffer_size_;
      }
      const std::size_t part = std::min(room, fragment.size());
      std::memcpy(current->bytes.data() + current->bytes.size(), fragment.data(), part);
      current->bytes = {current->bytes.data(), current->bytes.size() + part};
      room -= part;
      fragment = fragment.subspan(part);
    }
  }
  if (filter_ != nullptr && !filter_->Pass(index_, *first, size)) {
    ReleaseChain(first);
    return;
  }
  ready_[(ready_head_ + ready_count_) % ready_.size()] = {first, size, checksum_verified};
  ++ready_count_;
}

Result<void> MemoryPair::End::Transmit(std::span<const Fragment> fragments, const Offload& offload,
                                       void* cookie) {
  if (fragments.empty() || fragments.size() > properties_.max_fragments ||
      !Offers(properties_, offload)) {
    return std::unexpected(Error::kInvalidArgument);
  }
  std::size_t size = 0;
  for (const Fragment& fragment : fragments) {
    if (fragment.empty()) {
      return std::unexpected(Error::kInvalidArgument);
    }
    size += fragment.size();
  }
  const std::size_t limit = offload.segmentation == Offload::Segmentation::kNone
                                ? properties_.mtu + kEthernetHeaderSize
                                : kMaxSegmentedFrame;
  if (size < kEthernetHeaderSize || size > limit) {
    return std::unexpected(Error::kInvalidArgument);
  }
  if (completion_count_ == completions_.size()) {
    return std::unexpected(Error::kWouldBlock);
  }
  completions_[(completion_head_ + completion_count_) % completions_.size()] = cookie;
  ++completion_count_;
  pair_->ends_[static_cast<std::size_t>(1 - index_)].Deliver(fragments, size, offload.checksum);
  return {};
}

bool MemoryPair::End::Poll(Client& client, std::size_t budget) {
  bool any = false;
  // No more than were there at first: what a callback adds is for the next call.
  for (std::size_t count = completion_count_; count > 0; --count) {
    void* cookie = completions_[completion_head_];
    completion_head_ = (completion_head_ + 1) % completions_.size();
    --completion_count_;
    client.Transmitted(cookie);
    any = true;
  }
  for (std::size_t count = std::min(budget, ready_count_); count > 0; --count) {
    const Frame frame = ready_[ready_head_];
    ready_head_ = (ready_head_ + 1) % ready_.size();
    --ready_count_;
    client.Received(*frame.first, frame.size, frame.checksum_verified);
    any = true;
  }
  return any;
}

}  // namespace ashlar::netdev
