// pipe and pipe2.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/pipe.h"

#include <fcntl.h>
#include <unistd.h>

using namespace ashlar::posix;

namespace {

Outcome<void> Open(int* descriptors, int flags) {
  if ((flags & ~(O_NONBLOCK | O_CLOEXEC)) != 0) {
    return Failure(EINVAL);
  }
  const bool close_on_exec = (flags & O_CLOEXEC) != 0;
  const PipeEnds pipe = ASHLAR_TRY(CreatePipe(flags & O_NONBLOCK));
  pipe.reader.Retain();
  pipe.writer.Retain();
  const Outcome<int> reader = Install(pipe.reader, close_on_exec);
  const Outcome<int> writer = reader ? Install(pipe.writer, close_on_exec) : reader;
  pipe.writer.Release();
  pipe.reader.Release();
  if (!writer) {
    if (reader) {
      (void)Close(*reader);
    }
    return Failure(writer.error());
  }
  descriptors[0] = *reader;
  descriptors[1] = *writer;
  return {};
}

}  // namespace

extern "C" int pipe(int* descriptors) { return static_cast<int>(Return(Open(descriptors, 0))); }
extern "C" int pipe2(int* descriptors, int flags) {
  return static_cast<int>(Return(Open(descriptors, flags)));
}
