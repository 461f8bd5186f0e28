// The stack on which signal handlers run, as the kernel takes and shows it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::linux {

struct SignalStack {
  void* base;
  std::int32_t flags;
  std::size_t size;
};
static_assert(sizeof(SignalStack) == 24 && offsetof(SignalStack, size) == 16);

}  // namespace ashlar::linux
