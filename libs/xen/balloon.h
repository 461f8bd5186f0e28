// The balloon: memory that the domain gives to others while they need it more.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"

namespace ashlar::xen {

/// The pages that a balloon moves: the image's free ones on one side, Xen on the other. Pages have
/// numbers, by their addresses.
class BalloonPages {
 public:
  struct Memory {
    std::size_t total_bytes;
    std::size_t free_bytes;
  };
  virtual Memory Measure() const = 0;
  /// Whole pages. kOutOfMemory: no such stretch is free.
  virtual Result<std::span<std::byte>> Allocate(std::size_t size) = 0;
  virtual void Free(std::span<std::byte> pages) = 0;

  /// Gives [first, first + count) to Xen, the last one first. How many it took.
  virtual std::size_t Give(std::size_t first, std::size_t count) = 0;
  /// Takes [first, first + count) back, the first one first. How many there are again, with
  /// anything in them.
  virtual std::size_t Take(std::size_t first, std::size_t count) = 0;

 protected:
  ~BalloonPages() = default;
};

/// Grows and shrinks by steps. Keeps their list in memory of the image, a page for 32 MiB.
class Balloon {
 public:
  static constexpr std::size_t kStep = 64 * kKiB;
  static constexpr std::size_t kLeastReserve = 256 * kKiB;

  /// What is in the memory that a balloon takes. Xen gives it to other domains, as it is.
  enum class Contents {
    kAnything,  ///< it is cleared before
    /// It was never touched, and must not be: memory that a PVH domain has only once it touches it
    /// [Xen docs/man/xl.cfg.5 "maxmem"].
    kNone,
  };

  explicit constexpr Balloon(BalloonPages& pages) : pages_(pages) {}
  Balloon(const Balloon&) = delete;
  Balloon& operator=(const Balloon&) = delete;

  /// Makes the balloon `bytes` large, rounded up to steps, as far as Xen and the image's free
  /// memory go. Whether it is that large now; if not, another call may go further. Costs some
  /// hypercalls a step.
  ///
  /// Of memory that the image uses (kAnything) kLeastReserve, or if that is more a sixteenth of
  /// what the domain has left, stays free: what a toolstack wants is no reason for the application
  /// to run out.
  bool Inflate(std::size_t bytes, Contents contents);

  /// What Xen has.
  std::size_t bytes() const { return pages() * kPageSize; }

 private:
  static constexpr std::size_t kPagesOfStep = kStep / kPageSize;

  // The first pages of steps, the newest list first.
  struct List {
    static constexpr std::size_t kCapacity = (kPageSize - sizeof(List*)) / sizeof(std::size_t);
    List* older;
    std::size_t steps[kCapacity];
  };
  static_assert(sizeof(List) == kPageSize);

  std::size_t pages() const { return count_ * kPagesOfStep - held_; }
  bool Grow(Contents contents);
  bool Shrink();
  bool Begin(Contents contents);
  void End();
  std::size_t& newest() { return list_->steps[(count_ - 1) % List::kCapacity]; }

  BalloonPages& pages_;
  List* list_ = nullptr;
  std::size_t count_ = 0;  // steps
  std::size_t held_ = 0;   // the first pages of the newest step, which Xen does not have
};

}  // namespace ashlar::xen
