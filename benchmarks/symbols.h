// Where an ELF's functions are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace benchmarks {

/// The address of the symbol `name` in the ELF at `path`, or of its entry point for an empty name.
std::optional<std::uint64_t> AddressOf(const std::string& path, std::string_view name);

}  // namespace benchmarks
