// Makes device trees, for tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "libfdt.h"

namespace ashlar::device_tree {

/// A tree in the making. Calls are in the order of the tree; Finish() comes last.
class TreeWriter {
 public:
  TreeWriter() {
    fdt_create(bytes_.data(), kBytes);
    fdt_finish_reservemap(bytes_.data());
    Begin("");
  }

  TreeWriter& Begin(const char* name) {
    fdt_begin_node(bytes_.data(), name);
    return *this;
  }
  TreeWriter& End() {
    fdt_end_node(bytes_.data());
    return *this;
  }
  TreeWriter& Cells(const char* name, std::initializer_list<std::uint32_t> cells) {
    std::vector<fdt32_t> value;
    value.reserve(1);  // libfdt copies from it, though it be nothing
    for (const std::uint32_t cell : cells) {
      value.push_back(cpu_to_fdt32(cell));
    }
    fdt_property(bytes_.data(), name, value.data(), static_cast<int>(value.size() * 4));
    return *this;
  }
  TreeWriter& Text(const char* name, const char* value) {
    fdt_property_string(bytes_.data(), name, value);
    return *this;
  }

  std::span<const std::byte> Finish() {
    End();
    fdt_finish(bytes_.data());
    return std::span(bytes_).first(fdt_totalsize(bytes_.data()));
  }

 private:
  static constexpr std::size_t kBytes = 4096;

  alignas(8) std::array<std::byte, kBytes> bytes_ = {};
};

}  // namespace ashlar::device_tree
