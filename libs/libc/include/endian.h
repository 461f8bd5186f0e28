// Byte order: glibc's name of newlib's <sys/endian.h>.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <machine/endian.h>
#include <sys/endian.h>

#define __BYTE_ORDER _BYTE_ORDER
#define __LITTLE_ENDIAN _LITTLE_ENDIAN
#define __BIG_ENDIAN _BIG_ENDIAN
