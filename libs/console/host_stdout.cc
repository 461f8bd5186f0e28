// The console of a Linux process that has a C library: tools and unit tests.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>
#include <cerrno>
#include <cstddef>
#include <string_view>

#include "libs/console/console.h"

namespace ashlar::console {

void Write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      return;  // No standard output: a machine without a console.
    }
  }
}

}  // namespace ashlar::console
