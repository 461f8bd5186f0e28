// newlib's <malloc.h>, after <stdlib.h>: the other way round C++ finds their exception specifications at odds.
// SPDX-License-Identifier: Apache-2.0
#ifndef ASHLAR_MALLOC_H_
#define ASHLAR_MALLOC_H_

#include <stdlib.h>

#include_next <malloc.h>

#endif  // ASHLAR_MALLOC_H_
