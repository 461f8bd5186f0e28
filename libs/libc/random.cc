// getentropy() and getrandom(), on the machine's entropy, and the end of arc4random() where there
// is none.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <sys/random.h>

#include <cstddef>
#include <span>

#include "libs/base/check.h"
#include "libs/entropy/entropy.h"

namespace {

bool Fill(void* buffer, std::size_t size) {
  if (!ashlar::entropy::Fill({static_cast<std::byte*>(buffer), size})) {
    errno = ENOSYS;
    return false;
  }
  return true;
}

}  // namespace

extern "C" int getentropy(void* buffer, std::size_t size) {
  if (size > 256) {
    errno = EIO;
    return -1;
  }
  return Fill(buffer, size) ? 0 : -1;
}

extern "C" ssize_t getrandom(void* buffer, std::size_t size, unsigned int flags) {
  if ((flags & ~static_cast<unsigned>(GRND_NONBLOCK | GRND_RANDOM)) != 0) {
    errno = EINVAL;
    return -1;
  }
  return Fill(buffer, size) ? static_cast<ssize_t>(size) : -1;
}

// newlib calls it, by machine/_arc4random.h: arc4random() has no way to fail.
extern "C" [[noreturn]] void __arc4random_without_entropy();

void __arc4random_without_entropy() {
  ashlar::Panic(
      "arc4random(): this machine has no source of entropy: give QEMU -cpu max, or choose "
      "//libs/entropy:virtio_rng");
}
