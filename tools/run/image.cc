// SPDX-License-Identifier: Apache-2.0
#include "tools/run/image.h"

#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ashlar::run {
namespace {

constexpr std::uint32_t kPvhEntryNote = 18;  // XEN_ELFNOTE_PHYS32_ENTRY

template <typename T>
std::optional<T> ReadAt(std::span<const std::byte> bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
    return std::nullopt;
  }
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

bool HasPvhNote(std::span<const std::byte> notes) {
  while (const auto header = ReadAt<Elf64_Nhdr>(notes, 0)) {
    const std::uint64_t name_size = (std::uint64_t{header->n_namesz} + 3) & ~3ull;
    const std::uint64_t size =
        sizeof(*header) + name_size + ((std::uint64_t{header->n_descsz} + 3) & ~3ull);
    if (size > notes.size()) {
      return false;
    }
    if (header->n_type == kPvhEntryNote && header->n_namesz == 4 &&
        std::memcmp(notes.data() + sizeof(*header), "Xen", 4) == 0) {
      return true;
    }
    notes = notes.subspan(size);
  }
  return false;
}

}  // namespace

std::expected<ImageFacts, Complaint> ReadImage(std::span<const std::byte> bytes,
                                               const std::string& name) {
  const auto header = ReadAt<Elf64_Ehdr>(bytes, 0);
  if (!header.has_value() || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_X86_64) {
    return std::unexpected(std::format(
        "{} is no image: give the file that bazel build made for an image's target", name));
  }
  ImageFacts facts;
  for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
    const auto segment = ReadAt<Elf64_Phdr>(bytes, header->e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment.has_value() || segment->p_offset > bytes.size() ||
        segment->p_filesz > bytes.size() - segment->p_offset) {
      return std::unexpected(std::format("{} is cut short: build it again", name));
    }
    if (segment->p_type == PT_LOAD) {
      facts.memory_end = std::max(facts.memory_end, segment->p_paddr + segment->p_memsz);
    } else if (segment->p_type == PT_NOTE) {
      facts.pvh = facts.pvh || HasPvhNote(bytes.subspan(segment->p_offset, segment->p_filesz));
    }
  }
  return facts;
}

std::expected<void, Complaint> CheckImage(const ImageFacts& facts, const Options& options) {
  const std::string& name = options.label.empty() ? options.image : options.label;
  if (options.backend == "kvm" && !facts.pvh) {
    return std::unexpected(
        std::format("{} has no PVH entry, so it is an image for another backend: build it for "
                    "//platforms:kvm_x86_64",
                    name));
  }
  if (options.backend == "linuxu" && facts.pvh) {
    return std::unexpected(
        std::format("{} is an image for a virtual machine, not for a process: build it for "
                    "//platforms:linuxu_x86_64",
                    name));
  }
  if (options.backend == "kvm" && facts.memory_end > options.memory_bytes) {
    return std::unexpected(std::format(
        "{} reaches up to {} KiB and the machine has {} KiB: give it --memory={}", name,
        facts.memory_end / 1024, options.memory_bytes / 1024, (facts.memory_end >> 20) + 1));
  }
  return {};
}

}  // namespace ashlar::run
