// The initial process stack [amd64-abi §3.4.1]: argc, argv..., 0, envp..., 0, auxiliary vector.
// SPDX-License-Identifier: Apache-2.0
#include "libs/linux/process.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/linux/abi.h"

namespace ashlar::linux::process {
namespace {

constinit std::uintptr_t* initial_stack = nullptr;

}  // namespace

void SetInitialStack(std::uintptr_t* stack) { initial_stack = stack; }

std::span<char*> Arguments() {
  if (initial_stack == nullptr) {
    return {};
  }
  return std::span(reinterpret_cast<char**>(initial_stack + 1),
                   static_cast<std::size_t>(initial_stack[0]));
}

std::uint64_t AuxiliaryValue(std::uint64_t type) {
  if (initial_stack == nullptr) {
    return 0;
  }
  const std::uintptr_t* word = initial_stack + 1 + initial_stack[0] + 1;
  while (*word != 0) {
    ++word;
  }
  for (auto* entry = reinterpret_cast<const AuxiliaryEntry*>(word + 1); entry->type != kAtNull;
       ++entry) {
    if (entry->type == type) {
      return entry->value;
    }
  }
  return 0;
}

}  // namespace ashlar::linux::process
