// Giving a descriptor back.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/table.h"

namespace ashlar::posix {

Outcome<void> Close(int number) {
  File* const file = Find(number);
  if (file == nullptr) {
    return Failure(EBADF);
  }
  table.files[number] = nullptr;
  table.used[number / 64] &= ~Bit(number);
  set_close_on_exec(number, false);
  file->Release();
  return {};
}

}  // namespace ashlar::posix
