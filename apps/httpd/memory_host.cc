// Memory on a host: the process is one of many, so there is nothing to tell.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/memory.h"

namespace ashlar::httpd {

Memory MeasureMemory() { return {}; }

}  // namespace ashlar::httpd
