// isatty: the console is a terminal, so that stdio sends a line when it is complete.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "libs/posix/descriptors/descriptors.h"

using namespace ashlar::posix;

extern "C" int isatty(int descriptor) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    Fail(EBADF);
    return 0;
  }
  if (file->kind() != FileKind::kConsole) {
    Fail(ENOTTY);
    return 0;
  }
  return 1;
}
