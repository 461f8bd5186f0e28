// Checks a linked image before anyone boots it: what its segments allow, that nothing is left
// undefined, its limits.
//
// check_image --elf=FILE --image=FILE --label=LABEL --memory_mib=N --max_bytes=N --report=FILE
// Writes a short report; on a fault says what is wrong and what to do, and exits with 1.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "rules/tools/image_faults.h"

namespace {

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

std::uint64_t Number(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 10); }

}  // namespace

int main(int argc, char** argv) {
  auto flags = ParseFlags(std::span(argv + 1, argc - 1));
  std::ifstream file(flags["elf"], std::ios::binary);
  const std::string linked{std::istreambuf_iterator<char>(file), {}};
  std::ofstream report(flags["report"]);
  std::error_code error;
  const std::uint64_t image_bytes = std::filesystem::file_size(flags["image"], error);
  if (!file || !report || error) {
    std::cerr << "check_image: cannot read " << flags["elf"] << " or " << flags["image"]
              << ", or write the report\n";
    return 1;
  }
  const auto findings = ashlar::check_image::CheckImage(
      std::as_bytes(std::span(linked)), image_bytes,
      {.memory_mib = Number(flags["memory_mib"]), .max_bytes = Number(flags["max_bytes"])});
  report << findings.report;
  for (const std::string& fault : findings.faults) {
    std::cerr << flags["label"] << ": " << fault << "\n";
  }
  return findings.faults.empty() ? 0 : 1;
}
