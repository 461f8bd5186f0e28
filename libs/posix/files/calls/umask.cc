// umask.
// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include "libs/posix/files/calls/mode_mask.h"

namespace {

constinit mode_t mask = 022;

}  // namespace

std::uint16_t ashlar::posix::Masked(mode_t mode) {
  return static_cast<std::uint16_t>(mode & 0777 & ~mask);
}

extern "C" mode_t umask(mode_t new_mask) {
  const mode_t previous = mask;
  mask = new_mask & 0777;
  return previous;
}
