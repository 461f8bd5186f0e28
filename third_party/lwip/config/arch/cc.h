/* What lwIP asks of the compiler and the platform.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#ifndef SSIZE_MAX
#define SSIZE_MAX LONG_MAX /* there is a ssize_t: lwIP shall not define one */
#endif

#ifndef BYTE_ORDER
#define BYTE_ORDER __BYTE_ORDER__
#endif
#ifndef LITTLE_ENDIAN
#define LITTLE_ENDIAN __ORDER_LITTLE_ENDIAN__
#endif
#ifndef BIG_ENDIAN
#define BIG_ENDIAN __ORDER_BIG_ENDIAN__
#endif

/* One instruction each, where lwIP would call a function. */
#if BYTE_ORDER == __ORDER_LITTLE_ENDIAN__
#define lwip_htons(x) __builtin_bswap16((uint16_t)(x))
#define lwip_htonl(x) __builtin_bswap32((uint32_t)(x))
#endif

#define LWIP_NO_INTTYPES_H 1 /* formats are for debug output, of which there is none */
#define X8_F "x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "zu"

#ifdef __cplusplus
extern "C" {
#endif

/* libs/net: stops with a report. */
void ashlar_net_assertion_failed(const char* message, const char* file, int line) __attribute__((noreturn));
/* libs/net: 32 unpredictable bits. */
uint32_t ashlar_net_random(void);

#ifdef __cplusplus
}
#endif

#define LWIP_PLATFORM_DIAG(x) ((void)0)
#define LWIP_PLATFORM_ASSERT(message) ashlar_net_assertion_failed(message, __FILE__, __LINE__)
/* Programming errors of lwIP itself. An optimised build trusts it, as the host tests and fuzzers check it. */
#ifdef NDEBUG
#define LWIP_NOASSERT 1
#endif

#define LWIP_RAND() ashlar_net_random()
