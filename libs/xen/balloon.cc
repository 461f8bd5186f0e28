// A stack of steps. Xen may do less than it is asked at any page, so the newest step may be in
// halves: its first pages the domain's, the rest Xen's.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/balloon.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"

namespace ashlar::xen {
namespace {

constexpr std::size_t kReservedPart = 16;

}  // namespace

bool Balloon::Inflate(std::size_t bytes, Contents contents) {
  const std::size_t steps = bytes / kStep + (bytes % kStep == 0 ? 0 : 1);
  const std::size_t wanted = steps * kPagesOfStep;
  bool done = true;
  while (done && (pages() != wanted || held_ != 0)) {
    done = pages() < wanted ? Grow(contents) : Shrink();
  }
  return done;
}

bool Balloon::Grow(Contents contents) {
  if (held_ == 0 && !Begin(contents)) {
    return false;
  }
  held_ -= pages_.Give(newest(), held_);
  return held_ == 0;
}

bool Balloon::Shrink() {
  held_ += pages_.Take(newest() + held_, kPagesOfStep - held_);
  if (held_ != kPagesOfStep) {
    return false;
  }
  End();
  return true;
}

// A step that is all the domain's yet.
bool Balloon::Begin(Contents contents) {
  if (contents == Contents::kAnything) {
    const BalloonPages::Memory memory = pages_.Measure();
    const std::size_t reserve =
        std::max((memory.total_bytes - bytes()) / kReservedPart, kLeastReserve);
    if (memory.free_bytes < kStep + reserve) {
      return false;
    }
  }
  const Result<std::span<std::byte>> step = pages_.Allocate(kStep);
  if (!step) {
    return false;
  }
  if (count_ % List::kCapacity == 0) {
    const Result<std::span<std::byte>> page = pages_.Allocate(sizeof(List));
    if (!page) {
      pages_.Free(*step);
      return false;
    }
    auto* const list = reinterpret_cast<List*>(page->data());
    list->older = list_;
    list_ = list;
  }
  if (contents == Contents::kAnything) {
    // Xen does not, as long as this domain lives.
    std::memset(step->data(), 0, step->size());
  }
  ++count_;
  newest() = reinterpret_cast<std::uintptr_t>(step->data()) / kPageSize;
  held_ = kPagesOfStep;
  return true;
}

void Balloon::End() {
  auto* const step = reinterpret_cast<std::byte*>(newest() * kPageSize);
  --count_;
  held_ = 0;
  pages_.Free({step, kStep});
  if (count_ % List::kCapacity == 0) {
    List* const empty = list_;
    list_ = empty->older;
    pages_.Free({reinterpret_cast<std::byte*>(empty), sizeof(List)});
  }
}

}  // namespace ashlar::xen
