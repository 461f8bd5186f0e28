// fstat.
// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include "libs/posix/descriptors/stat_buffer.h"

using namespace ashlar::posix;

extern "C" int fstat(int descriptor, struct stat* buffer) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  const auto status = file->Status();
  if (!status) {
    return Fail(status.error());
  }
  *buffer = ToStat(*status);
  return 0;
}
