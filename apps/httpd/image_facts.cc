// image_facts: the libraries of an image and their sizes, from ld.lld's link map.
//
//   image_facts MAP libraries.csv
//
// One line a library: its package, and how many bytes of code, constants, initialised data and
// zeroed data of it the image holds. What the linker merged or made itself stands under "linker";
// the packed files are left out.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace {

enum Column : std::size_t { kCode, kConstants, kData, kZeroed, kColumns };
using Sizes = std::array<std::uint64_t, kColumns>;

/// What an output section's bytes are; kColumns: not in memory.
Column ColumnOf(std::string_view section) {
  constexpr std::pair<std::string_view, Column> kPrefixes[] = {
      {".text", kCode},        {".init", kCode},
      {".fini", kCode},        {".boot", kCode},
      {".rodata", kConstants}, {".eh_frame", kConstants},
      {".note", kConstants},   {".gcc_except_table", kConstants},
      {".data", kData},        {".tdata", kData},
      {".got", kData},         {".init_array", kData},
      {".bss", kZeroed},       {".tbss", kZeroed},
      {".stack", kZeroed},     {".page_tables", kZeroed},
  };
  Column column = kColumns;
  std::size_t longest = 0;
  for (const auto& [prefix, meaning] : kPrefixes) {
    if (section.starts_with(prefix) && prefix.size() > longest) {
      longest = prefix.size();
      column = meaning;
    }
  }
  return column;
}

/// The library that an input file is of: its package, from
/// "bazel-out/CONFIGURATION/bin/PACKAGE/libNAME.a(MEMBER)".
std::string LibraryOf(std::string_view file) {
  const std::size_t bin = file.find("/bin/");
  if (file.starts_with("<internal>") || bin == std::string_view::npos) {
    return "linker";
  }
  file.remove_prefix(bin + 5);
  std::string_view package = file.substr(0, file.find("/_objs/"));
  if (package == file) {
    package = file.substr(0, file.rfind('/', file.find('(')));
  }
  if (package.starts_with("external/")) {
    package.remove_prefix(9);
    // In bzlmod mode repositories have canonical names; the last part is the one people know.
    const std::string_view repository = package.substr(0, package.find('/'));
    return "@" + std::string(repository.substr(repository.find_last_of("~+") + 1)) +
           std::string(package.substr(repository.size()));
  }
  return "//" + std::string(package);
}

/// A line of the map: columns VMA, LMA, size, alignment, then indented by what it is.
struct Line {
  std::uint64_t size = 0;
  std::string_view output;  ///< an output section's name
  std::string_view input;   ///< a file and its section
};

bool Parse(std::string_view text, Line& line) {
  std::array<std::string_view, 4> columns;
  std::size_t place = 0;
  for (std::string_view& column : columns) {
    const std::size_t begin = text.find_first_not_of(' ', place);
    if (begin == std::string_view::npos) {
      return false;
    }
    place = std::min(text.find(' ', begin), text.size());
    column = text.substr(begin, place - begin);
  }
  const auto [end, error] =
      std::from_chars(columns[2].data(), columns[2].data() + columns[2].size(), line.size, 16);
  if (error != std::errc() || end != columns[2].data() + columns[2].size() ||
      place >= text.size()) {
    return false;
  }
  const std::string_view rest = text.substr(place + 1);
  const std::size_t indent = rest.find_first_not_of(' ');
  line.output = indent == 0 ? rest : std::string_view();
  line.input = indent == 8 ? rest.substr(8) : std::string_view();
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: image_facts MAP LIBRARIES.csv\n";
    return 2;
  }
  std::ifstream map(argv[1]);
  std::map<std::string, Sizes> libraries;
  Column column = kColumns;
  for (std::string text; std::getline(map, text);) {
    Line line;
    if (!Parse(text, line)) {
      continue;
    }
    if (!line.output.empty()) {
      column = line.output.starts_with('.') && line.output.find(' ') == std::string_view::npos
                   ? ColumnOf(line.output)
                   : column;
    } else if (const std::size_t section = line.input.rfind(":(");
               section != std::string_view::npos && column != kColumns &&
               !line.input.ends_with(":(.rodata.rootfs)")) {
      libraries[LibraryOf(line.input.substr(0, section))][column] += line.size;
    }
  }
  std::vector<std::pair<std::string, Sizes>> rows(libraries.begin(), libraries.end());
  const auto sum = [](const auto& row) {
    return std::accumulate(row.second.begin(), row.second.end(), std::uint64_t{0});
  };
  std::erase_if(rows, [&](const auto& row) { return sum(row) == 0; });
  std::ranges::stable_sort(rows, std::greater<>(),
                           [&](const auto& row) { return sum(row) - row.second[kZeroed]; });
  if (rows.empty()) {
    std::cerr << "image_facts: " << argv[1] << " is no link map of an image\n";
    return 1;
  }
  std::ofstream table(argv[2]);
  table << "library,code,constants,data,zeroed\n";
  for (const auto& [library, sizes] : rows) {
    table << library;
    for (const std::uint64_t size : sizes) {
      table << ',' << size;
    }
    table << '\n';
  }
  if (!table.flush()) {
    std::cerr << "image_facts: cannot write " << argv[2] << "\n";
    return 1;
  }
}
