// An argument of a system call, as a register holds it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

#ifdef linux
#error "the dialect is -std=c++23: GNU dialects make `linux` a macro"
#endif

namespace ashlar::linux::internal {

template <typename T>
[[gnu::always_inline]] inline long ToRegister(T value) {
  if constexpr (std::is_null_pointer_v<T>) {
    return 0;
  } else if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<long>(value);
  } else {
    static_assert(std::is_integral_v<T> || std::is_enum_v<T>);
    return static_cast<long>(value);
  }
}

}  // namespace ashlar::linux::internal
