// Fuzzes the reading of boot information: the input is physical memory, the structure at its start.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/bare_metal/boot_information.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "platforms/pc/memory_ranges.h"

namespace {

constexpr std::uint64_t kBase = 0x1000;

// No larger than the input, so that a sanitizer sees what reaches out of it.
std::vector<std::byte> memory;

std::span<const std::byte> Map(std::uint64_t address, std::size_t size) {
  if (address < kBase || address - kBase > memory.size() ||
      size > memory.size() - (address - kBase)) {
    return {};
  }
  return std::span(memory).subspan(address - kBase, size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar;
  memory.resize(size);
  std::ranges::copy(std::as_bytes(std::span(data, size)), memory.begin());
  const auto information = bare_metal::BootInformation::FromMultiboot2(kBase, Map);
  if (!information) {
    return 0;
  }
  std::uint64_t sum = information->acpi_root_pointer();
  const pc::MemoryRanges ranges = information->memory_ranges();
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    sum += ranges[i].base + ranges[i].size;
  }
  for (const char character : information->command_line()) {
    sum += static_cast<unsigned char>(character);
  }
  for (const pc::MemoryRange& range : information->occupied()) {
    sum += range.size;
  }
  if (const auto screen = information->screen(); screen && !screen->layout.valid()) {
    __builtin_trap();
  }
  return sum == 1 ? -1 : 0;
}
