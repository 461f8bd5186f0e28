// A program that checks, from within, what exit() does and in which order: its status is 0 only if
// all of it is right.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libs/libc/exit.h"

namespace {

char trace[16];

void Note(char event) { trace[strlen(trace)] = event; }

// Who ends the program from outside asks this: it runs, or is in exit().
void NoteWhere() { Note(ashlar::libc::exit_has_begun ? 'x' : 'r'); }

struct Static {
  ~Static() {
    Note('s');
    // Constructed before main() and so destroyed after everything main() registered.
    _exit(strcmp(trace, "rtxbas") == 0 ? 0 : 1);
  }
} static_object;

struct Local {
  ~Local() { Note('t'); }
};
thread_local Local local_object;

}  // namespace

int main() {
  asm volatile("" : : "r"(&local_object));  // registered for destruction at its first use
  atexit([] { Note('a'); });
  atexit([] { Note('b'); });
  atexit(NoteWhere);
  NoteWhere();
  exit(2);
}
