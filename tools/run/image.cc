// Reading an image's ELF file, and holding it against the options.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/image.h"

#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <span>
#include <string>

#include "tools/elf/elf.h"

namespace ashlar::run {
namespace {

constexpr std::uint32_t kPvhEntryNote = 18;  // XEN_ELFNOTE_PHYS32_ENTRY

// Where RAM begins on QEMU's virt board.
constexpr std::uint64_t kVirtRamStart = 0x4000'0000;

bool HasPvhNote(std::span<const std::byte> notes) {
  Elf64_Nhdr header;
  while (notes.size() >= sizeof(header)) {
    std::memcpy(&header, notes.data(), sizeof(header));
    const std::uint64_t name_size = (std::uint64_t{header.n_namesz} + 3) & ~3ull;
    const std::uint64_t size =
        sizeof(header) + name_size + ((std::uint64_t{header.n_descsz} + 3) & ~3ull);
    if (size > notes.size()) {
      return false;
    }
    if (header.n_type == kPvhEntryNote && header.n_namesz == 4 &&
        std::memcmp(notes.data() + sizeof(header), "Xen", 4) == 0) {
      return true;
    }
    notes = notes.subspan(size);
  }
  return false;
}

}  // namespace

std::expected<ImageFacts, Complaint> ReadImage(std::span<const std::byte> bytes,
                                               const std::string& name) {
  const auto file = elf::File::Parse(bytes);
  if (!file.has_value() ||
      (file->header().e_machine != EM_X86_64 && file->header().e_machine != EM_AARCH64)) {
    return std::unexpected(std::format(
        "{} is no image: give the file that bazel build made for an image's target", name));
  }
  const auto segments = file->Segments();
  if (!segments.has_value()) {
    return std::unexpected(std::format("{} is cut short: build it again", name));
  }
  ImageFacts facts;
  facts.aarch64 = file->header().e_machine == EM_AARCH64;
  for (const Elf64_Phdr& segment : *segments) {
    if (segment.p_type == PT_LOAD) {
      facts.memory_end = std::max(facts.memory_end, segment.p_paddr + segment.p_memsz);
    } else if (segment.p_type == PT_NOTE) {
      facts.pvh = facts.pvh || HasPvhNote(file->Contents(segment));
    }
  }
  return facts;
}

std::string ChooseMachine(const ImageFacts& facts) {
  return facts.aarch64 ? "virt,gic-version=3" : "pc";
}

std::expected<void, Complaint> CheckImage(const ImageFacts& facts, const Options& options) {
  const std::string& name = options.label.empty() ? options.image : options.label;
  if (options.backend == "kvm" && facts.aarch64 != options.machine.starts_with("virt")) {
    return std::unexpected(std::format("{} is for {}, which --machine={} does not have", name,
                                       facts.aarch64 ? "AArch64" : "x86-64", options.machine));
  }
  if (facts.aarch64 && options.accelerator == Accelerator::kKvm) {
    return std::unexpected(std::format(
        "--accel=kvm: {} is for AArch64, which this machine interprets: leave it out", name));
  }
  if ((options.backend == "kvm" || options.backend == "xen") && !facts.aarch64 && !facts.pvh) {
    return std::unexpected(
        std::format("{} has no PVH entry, so it is an image for another backend: build it for "
                    "//platforms:{}_x86_64",
                    name, options.backend));
  }
  if (options.backend == "linuxu" && facts.pvh) {
    return std::unexpected(
        std::format("{} is an image for a virtual machine, not for a process: build it for "
                    "//platforms:linuxu_x86_64",
                    name));
  }
  const std::uint64_t ram_start = options.machine.starts_with("virt") ? kVirtRamStart : 0;
  const std::uint64_t needed = facts.memory_end - std::min(facts.memory_end, ram_start);
  if (options.backend != "linuxu" && needed > options.memory_bytes) {
    return std::unexpected(
        std::format("{} reaches up to {} KiB and the machine has {} KiB: give it --memory={}", name,
                    needed / 1024, options.memory_bytes / 1024, (needed >> 20) + 1));
  }
  return {};
}

}  // namespace ashlar::run
