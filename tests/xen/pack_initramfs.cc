// pack_initramfs --output=FILE PATH=FILE...: writes a Linux initramfs of these files, every one of
// them executable, and the folders they lie in.
//
// The same files give the same bytes: no times, no owners. In the "newc" form [Linux
// Documentation/driver-api/early-userspace/buffer-format.rst].
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <format>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr unsigned kFolder = 040755;
constexpr unsigned kFile = 0100755;

class Archive {
 public:
  void Add(std::string_view name, unsigned mode, std::string_view contents) {
    bytes_ += std::format(
        "070701{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}",
        ++number_, mode, 0, 0, 1, 0, contents.size(), 0, 0, 0, 0, name.size() + 1, 0);
    bytes_ += name;
    bytes_ += '\0';
    Pad();
    bytes_ += contents;
    Pad();
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void Pad() { bytes_.resize((bytes_.size() + 3) & ~std::size_t{3}); }

  std::string bytes_;
  unsigned number_ = 0;
};

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

int Fail(std::string_view what) {
  std::fputs(std::format("pack_initramfs: {}\n", what).c_str(), stderr);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && arguments[0].starts_with('@')) {
    std::ifstream list(arguments[0].substr(1));
    arguments.clear();
    for (std::string line; std::getline(list, line);) {
      arguments.push_back(line);
    }
  }
  std::string output;
  // What each path holds; a folder holds nothing. Sorted, so that folders come before their files.
  std::map<std::string, std::string> sources;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos) {
      return Fail(argument + ": give PATH=FILE");
    }
    const std::string path = argument.substr(0, equals);
    const std::string file = argument.substr(equals + 1);
    if (path == "--output") {
      output = file;
      continue;
    }
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      sources.try_emplace(path.substr(0, slash));
    }
    if (!sources.try_emplace(path, file).second) {
      return Fail(path + " is named twice");
    }
  }
  Archive archive;
  for (const auto& [path, file] : sources) {
    if (file.empty()) {
      archive.Add(path, kFolder, "");
    } else if (const auto contents = ReadFile(file)) {
      archive.Add(path, kFile, *contents);
    } else {
      return Fail(file + ": cannot be read");
    }
  }
  archive.Add("TRAILER!!!", 0, "");
  std::ofstream file(output, std::ios::binary);
  file.write(archive.bytes().data(), static_cast<std::streamsize>(archive.bytes().size()));
  return file.flush() ? 0 : Fail(output + ": cannot be written");
}
