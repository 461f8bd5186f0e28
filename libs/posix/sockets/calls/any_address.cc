// in6addr_any and in6addr_loopback.
// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>

extern "C" {
extern const in6_addr in6addr_any = IN6ADDR_ANY_INIT;
extern const in6_addr in6addr_loopback = IN6ADDR_LOOPBACK_INIT;
}
