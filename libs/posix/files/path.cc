// Paths made absolute, and freed of dots, by their text alone: there are no links.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/files.h"

namespace ashlar::posix {

Outcome<Path> Path::Resolve(std::string_view base, std::string_view text) {
  constexpr std::size_t kMaxName = 255;
  if (text.empty()) {
    return Failure(ENOENT);
  }
  Path path;
  std::string_view parts[] = {text.front() == '/' ? std::string_view() : base, text};
  for (std::string_view part : parts) {
    while (!part.empty()) {
      const std::size_t end = std::min(part.find('/'), part.size());
      const std::string_view name = part.substr(0, end);
      part.remove_prefix(std::min(end + 1, part.size()));
      if (name.empty() || name == ".") {
        continue;
      }
      if (name == "..") {
        while (path.size_ != 0 && path.text_[--path.size_] != '/') {
        }
        continue;
      }
      if (name.size() > kMaxName || path.size_ + 1 + name.size() >= kCapacity) {
        return Failure(ENAMETOOLONG);
      }
      path.text_[path.size_++] = '/';
      path.size_ += name.copy(&path.text_[path.size_], name.size());
    }
  }
  const std::string_view last = text.substr(text.rfind('/') + 1);
  path.must_be_directory_ = last.empty() || last == "." || last == "..";
  if (path.size_ == 0) {
    path.text_[path.size_++] = '/';
  }
  path.text_[path.size_] = '\0';
  return path;
}

}  // namespace ashlar::posix
