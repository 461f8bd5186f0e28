// The descriptor table as an image starts with it, and looking up in it.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/table.h"

#include "libs/posix/descriptors/console_file.h"

namespace ashlar::posix {
namespace {

constinit ConsoleFile console;
constinit File* first_files[kFirstCapacity] = {&console, &console, &console};
constinit std::uint64_t first_used = 0b111;
constinit std::uint64_t first_close_on_exec = 0;

}  // namespace

constinit Table table = {first_files, &first_used, &first_close_on_exec, kFirstCapacity};

File* Find(int number) {
  if (static_cast<unsigned>(number) >= static_cast<unsigned>(table.capacity)) [[unlikely]] {
    return nullptr;
  }
  return table.files[number];
}

bool close_on_exec(int number) { return (table.close_on_exec[number / 64] & Bit(number)) != 0; }

void set_close_on_exec(int number, bool on) {
  std::uint64_t& word = table.close_on_exec[number / 64];
  word = on ? word | Bit(number) : word & ~Bit(number);
}

}  // namespace ashlar::posix
