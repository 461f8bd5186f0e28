// pack: makes an archive of files.
//
//   pack --output=ARCHIVE [--modified=SECONDS] [@ARGUMENTS] PATH=FILE...
//
// PATH is the file's path in the archive, FILE where its contents are; @ARGUMENTS names a file with
// one argument a line. The same files give the same bytes, whatever their order, age or place.
// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <format>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rootfs/pack_archive.h"

namespace {

int Fail(const std::string& sentence) {
  std::cerr << "pack: " << sentence << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] != '@') {
      arguments.emplace_back(argv[i]);
      continue;
    }
    std::ifstream list(argv[i] + 1);
    if (!list) {
      return Fail("can't read the list of arguments " + std::string(argv[i] + 1));
    }
    for (std::string line; std::getline(list, line);) {
      arguments.push_back(line);
    }
  }

  std::string output;
  ashlar::rootfs::PackOptions options;
  std::vector<ashlar::rootfs::PackedFile> files;
  for (const std::string_view argument : arguments) {
    if (argument.starts_with("--output=")) {
      output = argument.substr(9);
    } else if (argument.starts_with("--modified=")) {
      const std::string_view number = argument.substr(11);
      const auto [end, error] =
          std::from_chars(number.data(), number.data() + number.size(), options.modified);
      if (error != std::errc() || end != number.data() + number.size()) {
        return Fail("--modified wants seconds since 1970, not '" + std::string(number) + "'");
      }
    } else if (const std::size_t equals = argument.find('=');
               !argument.starts_with("--") && equals != std::string_view::npos) {
      const std::string name(argument.substr(equals + 1));
      if (std::filesystem::is_directory(name)) {
        return Fail(std::format("{} is a folder: name its files, as glob([\"{}/**\"])", name,
                                std::filesystem::path(name).filename().string()));
      }
      std::ifstream file(name, std::ios::binary);
      if (!file) {
        return Fail("can't read " + name);
      }
      files.push_back({.path = std::string(argument.substr(0, equals)),
                       .contents = std::string(std::istreambuf_iterator<char>(file), {})});
    } else {
      return Fail("don't understand '" + std::string(argument) +
                  "': PATH=FILE or an option is wanted");
    }
  }
  if (output.empty()) {
    return Fail("--output=ARCHIVE is missing");
  }

  const auto archive = ashlar::rootfs::PackArchive(files, options);
  if (!archive.has_value()) {
    return Fail(archive.error());
  }
  std::ofstream file(output, std::ios::binary);
  file.write(archive->data(), static_cast<std::streamsize>(archive->size()));
  file.close();
  return file ? 0 : Fail("can't write " + output);
}
