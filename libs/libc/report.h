// Ending the image with a text that is put together without stdio.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdarg>
#include <source_location>
#include <string_view>

namespace ashlar::libc {

/// Panics with `format`, in which %s %d %i %u %ld %lu %zu %p %x %c and %% are expanded as printf
/// does, without widths; what is longer than some 500 bytes is cut. Any context.
[[noreturn]] void PanicFormat(const char* format, std::va_list arguments,
                              std::source_location where = std::source_location::current());
[[noreturn, gnu::format(printf, 1, 2)]] void PanicFormat(const char* format, ...);

}  // namespace ashlar::libc
