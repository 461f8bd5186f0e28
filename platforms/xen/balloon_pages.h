// The pages of this domain's balloon.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libs/base/result.h"
#include "libs/xen/balloon.h"

namespace ashlar::xen {

/// Between the page allocator and Xen.
class OwnBalloonPages final : public BalloonPages {
 public:
  Memory Measure() const override;
  Result<std::span<std::byte>> Allocate(std::size_t size) override;
  void Free(std::span<std::byte> pages) override;
  std::size_t Give(std::size_t first, std::size_t count) override;
  std::size_t Take(std::size_t first, std::size_t count) override;
};

}  // namespace ashlar::xen
