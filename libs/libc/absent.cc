// What a unikernel cannot have: other programs and dynamic libraries. These functions say so.
// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <errno.h>
#include <nl_types.h>
#include <stdlib.h>

extern "C" {

int system(const char* command) {
  // No command: is there a shell?
  if (command == nullptr) {
    return 0;
  }
  errno = ENOSYS;
  return -1;
}

void* dlopen(const char*, int) { return nullptr; }
void* dlsym(void*, const char*) { return nullptr; }
int dlclose(void*) { return -1; }
char* dlerror() {
  static char text[] = "there are no dynamic libraries in a unikernel";
  return text;
}
int dladdr(const void*, Dl_info*) { return 0; }

nl_catd catopen(const char*, int) {
  errno = ENOENT;
  return reinterpret_cast<nl_catd>(-1);
}
char* catgets(nl_catd, int, int, const char* fallback) { return const_cast<char*>(fallback); }
int catclose(nl_catd) {
  errno = EBADF;
  return -1;
}

}  // extern "C"
