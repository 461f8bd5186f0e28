// Gathers coverage reports for `bazel coverage`: of one test's runs, or of all tests.
//
// gather --coverage_dir=DIRECTORY --output_file=FILE     the .dat files below the directory
// gather --reports_file=LIST --output_file=FILE          the files that LIST names, one a line
// What Bazel passes besides does not matter here. The reports are lcov tracefiles, whose readers
// add up the records of one source; those of sources outside this repository are left out.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::vector<std::filesystem::path> FilesBelow(const std::string& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.path().extension() == ".dat") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::vector<std::filesystem::path> FilesOn(const std::string& list) {
  std::vector<std::filesystem::path> files;
  std::ifstream lines(list);
  for (std::string line; std::getline(lines, line);) {
    files.emplace_back(line);
  }
  if (!lines.eof()) {
    std::cerr << "gather: cannot read " << list << "\n";
    std::exit(1);
  }
  return files;
}

// A record is the lines from SF:, the source's path, to end_of_record [geninfo(1)].
void CopyRecords(std::istream& report, std::ostream& output) {
  bool ours = false;
  for (std::string line; std::getline(report, line);) {
    if (line.starts_with("SF:")) {
      const std::string_view source = std::string_view(line).substr(3);
      ours = !source.starts_with("/") && !source.starts_with("external/");
    }
    if (ours) {
      output << line << "\n";
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> reports;
  std::string output_file;
  for (const std::string_view word : std::span(argv + 1, static_cast<std::size_t>(argc - 1))) {
    const std::string value(word.substr(std::min(word.find('=') + 1, word.size())));
    if (word.starts_with("--coverage_dir=")) {
      reports = FilesBelow(value);
    } else if (word.starts_with("--reports_file=")) {
      reports = FilesOn(value);
    } else if (word.starts_with("--output_file=")) {
      output_file = value;
    }
  }
  std::ofstream output(output_file);
  for (const std::filesystem::path& report : reports) {
    std::ifstream file(report);
    if (!file) {
      std::cerr << "gather: cannot read " << report.string() << "\n";
      return 1;
    }
    CopyRecords(file, output);
  }
  if (!output.flush()) {
    std::cerr << "gather: cannot write " << output_file << "\n";
    return 1;
  }
}
