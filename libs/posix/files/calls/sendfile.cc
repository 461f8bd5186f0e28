// sendfile: packed files by reference, others through a buffer.
// SPDX-License-Identifier: Apache-2.0
#include <sys/sendfile.h>

#include "libs/posix/files/transfer_file.h"

using namespace ashlar::posix;

extern "C" ssize_t sendfile(int to, int from, off_t* offset, size_t count) {
  File* const target = Find(to);
  File* const source = Find(from);
  if (target == nullptr || source == nullptr) {
    return Fail(EBADF);
  }
  if (offset == nullptr) {
    return Return(TransferFile(*target, *source, {}, count));
  }
  const auto sent = TransferFile(*target, *source, *offset, count);
  if (sent) {
    *offset += static_cast<off_t>(*sent);
  }
  return Return(sent);
}
