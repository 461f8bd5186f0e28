// The console of a Linux process without a C library: its standard output.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string_view>

#include "libs/console/console.h"
#include "libs/linux/abi.h"
#include "libs/linux/system_call.h"

namespace ashlar::console {

void Write(std::string_view text) {
  while (!text.empty()) {
    const long written =
        linux::SystemCall(linux::Number::kWrite, linux::kStandardOutput, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == -linux::kEagain) {
      // Someone made the terminal or pipe non-blocking: wait until it takes more.
      linux::PollFd fd = {.fd = linux::kStandardOutput, .events = linux::kPollOut, .revents = 0};
      linux::SystemCall(linux::Number::kPpoll, &fd, 1, nullptr, nullptr, 8);
    } else if (written != -linux::kEintr) {
      return;  // No standard output: a machine without a console.
    }
  }
}

}  // namespace ashlar::console
