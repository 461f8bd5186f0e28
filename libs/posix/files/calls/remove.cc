// remove: C's, for files and, as POSIX has it, for directories; and the form of it that newlib's
// tmpfile() calls.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <reent.h>
#include <stdio.h>
#include <unistd.h>

extern "C" int remove(const char* path) {
  return unlink(path) == 0 || (errno == EISDIR && rmdir(path) == 0) ? 0 : -1;
}

extern "C" int _remove_r(struct _reent*, const char* path) { return remove(path); }
