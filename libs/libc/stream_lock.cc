// flockfile() and its kin: newlib's own locks of a stream, for programs.
// SPDX-License-Identifier: Apache-2.0
#include <reent.h>
#include <stdio.h>
#include <sys/lock.h>

extern "C" void __sinit(_reent* state);  // newlib's: prepares the three standard streams

namespace {

// stdin, stdout and stderr get their locks at the first use of any stream.
_LOCK_T LockOf(FILE* stream) {
  if (stream->_lock == nullptr) {
    __sinit(_REENT);
  }
  return stream->_lock;
}

}  // namespace

extern "C" {

void flockfile(FILE* stream) { __lock_acquire_recursive(LockOf(stream)); }
int ftrylockfile(FILE* stream) {
  return __lock_try_acquire_recursive(LockOf(stream)) != 0 ? 0 : -1;
}
void funlockfile(FILE* stream) { __lock_release_recursive(LockOf(stream)); }

}  // extern "C"
