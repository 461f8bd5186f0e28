// uname and gethostname. The host's name is the parameter host.name=, or "ashlar".
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "libs/command_line/command_line.h"

namespace {

constexpr std::size_t kMaxName = _UTSNAME_LENGTH - 1;

std::string_view HostName() {
  return ashlar::command_line::Parameter("host.name").value_or("ashlar").substr(0, kMaxName);
}

void Copy(char (&field)[_UTSNAME_LENGTH], std::string_view text) {
  field[text.copy(field, kMaxName)] = '\0';
}

#if defined(__x86_64__)
constexpr std::string_view kMachine = "x86_64";
#elif defined(__aarch64__)
constexpr std::string_view kMachine = "aarch64";
#endif

}  // namespace

extern "C" int uname(utsname* name) {
  Copy(name->sysname, "Ashlar");
  Copy(name->nodename, HostName());
  Copy(name->release, "0");
  Copy(name->version, "0");
  Copy(name->machine, kMachine);
  Copy(name->domainname, "");
  return 0;
}

extern "C" int gethostname(char* name, size_t capacity) {
  const std::string_view text = HostName();
  if (text.size() >= capacity) {
    errno = ENAMETOOLONG;
    return -1;
  }
  name[text.copy(name, text.size())] = '\0';
  return 0;
}
