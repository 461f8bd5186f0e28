// FileStatus as C's struct stat.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

struct stat ToStat(const FileStatus& status);

}  // namespace ashlar::posix
