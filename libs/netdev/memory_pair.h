// A pair of network devices joined by a wire in memory: for tests and benchmarks of network stacks.
//
// A frame sent on one end is copied into a buffer of the other end and waits there for Poll(). The
// wire itself loses nothing; a frame for which the receiver has no buffer is dropped and counted,
// as on any network card. A tap (Filter) on the wire can drop or change frames.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/netdev/netdev.h"

namespace ashlar::netdev {

/// What stands on the wire between the two ends.
class Filter {
 public:
  /// Sees each frame, buffer by buffer, before it is delivered to `end` (0 or 1), and may change
  /// its bytes. False: the frame is lost.
  virtual bool Pass(int end, Buffer& first, std::size_t frame_size) = 0;

 protected:
  ~Filter() = default;
};

/// The pair. Allocates nothing: buffers are cut from the memory it is given.
class MemoryPair {
 public:
  /// What each end can hold at most.
  static constexpr std::size_t kMaxBuffers = 256;
  static constexpr std::size_t kMaxCompletions = 256;

  struct Options {
    /// Of both ends; the second end's MAC address is this one with its last bit flipped. The
    /// offloads named here work: the receiver is told that a checksum left to the device is good,
    /// and a large frame arrives uncut.
    Properties properties = {.mac_address = {0x02, 0, 0, 0, 0, 0x10}, .max_fragments = 64};
    std::size_t buffer_size = 2048;  ///< bytes; longer frames span several buffers
    Filter* filter = nullptr;
  };

  /// Cuts each end's buffers (up to kMaxBuffers) from one half of `memory`, which must outlive the
  /// pair.
  MemoryPair(std::span<std::byte> memory, const Options& options);
  MemoryPair(const MemoryPair&) = delete;
  MemoryPair& operator=(const MemoryPair&) = delete;

  /// The two ends; `end` is 0 or 1.
  NetDevice& device(int end);

  /// Frames that were lost on their way to `end` because it had no free buffer.
  std::uint64_t dropped(int end) const;

 private:
  class End final : public NetDevice, public Queue {
   public:
    void Start(MemoryPair& pair, int index, std::span<std::byte> memory, const Options& options);

    const Properties& properties() const override { return properties_; }
    std::span<Queue* const> queues() override { return queues_; }
    bool link_up() const override { return true; }

    Result<void> Transmit(std::span<const Fragment> fragments, const Offload& offload,
                          void* cookie) override;
    void Flush() override {}
    bool Poll(Client& client, std::size_t budget) override;
    void Release(Buffer& buffer) override;
    bool EnableNotifications() override { return ready_count_ == 0 && completion_count_ == 0; }
    void DisableNotifications() override {}

    std::uint64_t dropped() const { return dropped_; }

   private:
    struct Frame {
      Buffer* first;
      std::size_t size;
      bool checksum_verified;
    };

    Buffer* TakeBuffer();
    void ReleaseChain(Buffer* first);
    void Deliver(std::span<const Fragment> fragments, std::size_t size, bool checksum_verified);

    MemoryPair* pair_ = nullptr;
    int index_ = 0;
    Filter* filter_ = nullptr;
    Properties properties_;
    std::array<Queue*, 1> queues_ = {this};
    std::byte* memory_ = nullptr;
    std::size_t buffer_size_ = 0;
    std::array<Buffer, kMaxBuffers> buffers_ = {};
    Buffer* free_ = nullptr;
    std::array<Frame, kMaxBuffers> ready_ = {};  // a ring: no more frames than buffers
    std::size_t ready_head_ = 0;
    std::size_t ready_count_ = 0;
    std::array<void*, kMaxCompletions> completions_ = {};  // a ring
    std::size_t completion_head_ = 0;
    std::size_t completion_count_ = 0;
    std::uint64_t dropped_ = 0;
  };

  std::array<End, 2> ends_;
};

}  // namespace ashlar::netdev
