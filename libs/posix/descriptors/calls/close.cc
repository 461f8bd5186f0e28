// close.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "libs/posix/descriptors/descriptors.h"

using namespace ashlar::posix;

extern "C" int close(int descriptor) { return static_cast<int>(Return(Close(descriptor))); }
