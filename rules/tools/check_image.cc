// Checks a linked image before anyone boots it: what its segments allow, that nothing is left
// undefined, its limits.
//
// check_image --elf=FILE --image=FILE --label=LABEL --memory_mib=N --max_bytes=N --report=FILE
// Writes a short report; on a fault says what is wrong and what to do, and exits with 1.
// SPDX-License-Identifier: Apache-2.0
#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <format>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

/// A file's bytes, read as structures that may lie anywhere in it.
class Elf {
 public:
  explicit Elf(std::vector<char> bytes) : bytes_(std::move(bytes)) {}

  template <typename T>
  std::optional<T> At(std::uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) {
      return std::nullopt;
    }
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  std::string_view StringAt(std::uint64_t offset) const {
    if (offset >= bytes_.size()) {
      return "?";
    }
    return std::string_view(bytes_.data() + offset,
                            strnlen(bytes_.data() + offset, bytes_.size() - offset));
  }

  template <typename T>
  std::vector<T> Table(std::uint64_t offset, std::uint64_t count) const {
    std::vector<T> table;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::optional<T> entry = At<T>(offset + i * sizeof(T));
      if (!entry) {
        break;
      }
      table.push_back(*entry);
    }
    return table;
  }

 private:
  std::vector<char> bytes_;
};

std::vector<std::string> FindFaults(const Elf& elf, std::uint64_t image_bytes,
                                    std::uint64_t memory_mib, std::uint64_t max_bytes,
                                    std::ostream& report) {
  std::vector<std::string> faults;
  const auto header = elf.At<Elf64_Ehdr>(0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_type != ET_EXEC) {
    return {"the linker's output is no static ELF program: look at the machine's linker script"};
  }
  std::uint64_t lowest = UINT64_MAX;
  std::uint64_t highest = 0;
  for (const Elf64_Phdr& segment : elf.Table<Elf64_Phdr>(header->e_phoff, header->e_phnum)) {
    if (segment.p_type != PT_LOAD || segment.p_memsz == 0) {
      continue;
    }
    report << std::format("segment {:#x}..{:#x} {}{}{}\n", segment.p_vaddr,
                          segment.p_vaddr + segment.p_memsz, segment.p_flags & PF_R ? "r" : "-",
                          segment.p_flags & PF_W ? "w" : "-", segment.p_flags & PF_X ? "x" : "-");
    if ((segment.p_flags & PF_W) && (segment.p_flags & PF_X)) {
      faults.push_back(std::format(
          "the segment at {:#x} is both writable and executable: some section has the wrong flags",
          segment.p_vaddr));
    }
    lowest = std::min(lowest, segment.p_vaddr);
    highest = std::max(highest, segment.p_vaddr + segment.p_memsz);
  }
  if (highest <= lowest) {
    return {"the image has nothing to load"};
  }
  // Linux places a process anywhere; a machine's memory begins at zero and must reach the image's
  // end.
  const bool starts_low = lowest < 64 * kMiB && lowest != 0x400000;
  const std::uint64_t needed = starts_low ? highest : highest - lowest;
  report << std::format("memory {} of {} bytes\nfile {} bytes\n", needed, memory_mib * kMiB,
                        image_bytes);
  if (needed > memory_mib * kMiB) {
    faults.push_back(
        std::format("it needs {} KiB but memory_mib = {}: raise memory_mib to at least {}",
                    (needed + 1023) / 1024, memory_mib, (needed + kMiB - 1) / kMiB));
  }
  if (max_bytes != 0 && image_bytes > max_bytes) {
    faults.push_back(
        std::format("it has {} bytes but max_bytes = {}: see what grew in the `map` output group, "
                    "or raise the limit",
                    image_bytes, max_bytes));
  }
  for (const Elf64_Shdr& section : elf.Table<Elf64_Shdr>(header->e_shoff, header->e_shnum)) {
    if (section.sh_type != SHT_SYMTAB) {
      continue;
    }
    const auto strings = elf.At<Elf64_Shdr>(header->e_shoff + section.sh_link * sizeof(Elf64_Shdr));
    const auto symbols =
        elf.Table<Elf64_Sym>(section.sh_offset, section.sh_size / sizeof(Elf64_Sym));
    for (const Elf64_Sym& symbol : std::span(symbols).subspan(symbols.empty() ? 0 : 1)) {
      if (symbol.st_shndx == SHN_UNDEF && strings) {
        faults.push_back(std::format("{} is undefined{}: depend on the library that defines it",
                                     elf.StringAt(strings->sh_offset + symbol.st_name),
                                     ELF64_ST_BIND(symbol.st_info) == STB_WEAK
                                         ? " (weakly, so it would be called as address zero)"
                                         : ""));
      }
    }
  }
  return faults;
}

std::map<std::string, std::string, std::less<>> ParseFlags(std::span<char*> words) {
  std::map<std::string, std::string, std::less<>> flags;
  for (std::string_view word : words) {
    const std::size_t equals = word.find('=');
    if (word.starts_with("--") && equals != std::string_view::npos) {
      flags[std::string(word.substr(2, equals - 2))] = word.substr(equals + 1);
    }
  }
  return flags;
}

}  // namespace

int main(int argc, char** argv) {
  auto flags = ParseFlags(std::span(argv + 1, argc - 1));
  std::ifstream file(flags["elf"], std::ios::binary);
  const Elf elf(std::vector<char>(std::istreambuf_iterator<char>(file), {}));
  std::ofstream report(flags["report"]);
  std::error_code error;
  const std::uint64_t image_bytes = std::filesystem::file_size(flags["image"], error);
  if (!file || !report || error) {
    std::cerr << "check_image: cannot read " << flags["elf"] << " or " << flags["image"]
              << ", or write the report\n";
    return 1;
  }
  const auto faults =
      FindFaults(elf, image_bytes, std::strtoull(flags["memory_mib"].c_str(), nullptr, 10),
                 std::strtoull(flags["max_bytes"].c_str(), nullptr, 10), report);
  for (const std::string& fault : faults) {
    std::cerr << flags["label"] << ": " << fault << "\n";
  }
  return faults.empty() ? 0 : 1;
}
