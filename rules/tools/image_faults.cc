// Looks for segments that are writable and executable, undefined symbols, and sizes over the limit.
// SPDX-License-Identifier: Apache-2.0
#include "rules/tools/image_faults.h"

#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <format>
#include <span>
#include <string>
#include <utility>

#include "tools/elf/elf.h"

namespace ashlar::check_image {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

// Where linuxu's images begin: Linux places a process anywhere, so only its extent counts. A
// machine's memory begins at zero, or at 1 GiB on AArch64's virt board, and must reach the image's
// end.
constexpr std::uint64_t kProcessStart = 0x400000;
constexpr std::uint64_t kVirtMemory = 0x4000'0000;

}  // namespace

Findings CheckImage(std::span<const std::byte> linked, std::uint64_t image_bytes,
                    const Limits& limits) {
  Findings findings;
  const auto refuse = [&](std::string fault) { findings.faults.push_back(std::move(fault)); };
  const auto file = elf::File::Parse(linked);
  if (!file.has_value() || file->header().e_type != ET_EXEC) {
    refuse("the linker's output is no static ELF program: look at the machine's linker script");
    return findings;
  }
  const auto segments = file->Segments();
  const auto symbols = file->Symbols();
  if (!segments.has_value() || !symbols.has_value()) {
    refuse("the linker's output is cut short: build it again");
    return findings;
  }

  std::uint64_t lowest = UINT64_MAX;
  std::uint64_t highest = 0;
  for (const Elf64_Phdr& segment : *segments) {
    if (segment.p_type != PT_LOAD || segment.p_memsz == 0) {
      continue;
    }
    findings.report +=
        std::format("segment {:#x}..{:#x} {}{}{}\n", segment.p_vaddr,
                    segment.p_vaddr + segment.p_memsz, segment.p_flags & PF_R ? "r" : "-",
                    segment.p_flags & PF_W ? "w" : "-", segment.p_flags & PF_X ? "x" : "-");
    if ((segment.p_flags & PF_W) != 0 && (segment.p_flags & PF_X) != 0) {
      refuse(std::format(
          "the segment at {:#x} is both writable and executable: some section has the wrong flags",
          segment.p_vaddr));
    }
    lowest = std::min(lowest, segment.p_vaddr);
    highest = std::max(highest, segment.p_vaddr + segment.p_memsz);
  }
  if (highest <= lowest) {
    refuse("the image has nothing to load: look at the machine's linker script");
    return findings;
  }

  const bool is_virt = file->header().e_machine == EM_AARCH64 && lowest >= kVirtMemory;
  const std::uint64_t needed = lowest == kProcessStart ? highest - lowest
                               : is_virt               ? highest - kVirtMemory
                                                       : highest;
  findings.report += std::format("memory {} of {} bytes\nfile {} bytes\n", needed,
                                 limits.memory_mib * kMiB, image_bytes);
  if (needed > limits.memory_mib * kMiB) {
    refuse(std::format("it needs {} KiB but memory_mib = {}: raise memory_mib to at least {}",
                       (needed + 1023) / 1024, limits.memory_mib, (needed + kMiB - 1) / kMiB));
  }
  if (limits.max_bytes != 0 && image_bytes > limits.max_bytes) {
    refuse(
        std::format("it has {} bytes but max_bytes = {}: see what grew in the `map` output "
                    "group, or raise the limit",
                    image_bytes, limits.max_bytes));
  }
  for (const elf::Symbol& symbol : *symbols) {
    if (symbol.entry.st_shndx == SHN_UNDEF) {
      refuse(std::format("{} is undefined{}: depend on the library that defines it", symbol.name,
                         ELF64_ST_BIND(symbol.entry.st_info) == STB_WEAK
                             ? " (weakly, so it would be called as address zero)"
                             : ""));
    }
  }
  return findings;
}

}  // namespace ashlar::check_image
