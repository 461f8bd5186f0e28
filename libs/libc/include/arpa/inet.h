// Internet addresses as text.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>

#ifdef __cplusplus
extern "C" {
#endif

in_addr_t inet_addr(const char* text);
int inet_aton(const char* text, struct in_addr* address);
char* inet_ntoa(struct in_addr address);
const char* inet_ntop(int family, const void* __restrict address, char* __restrict text,
                      socklen_t size);
int inet_pton(int family, const char* __restrict text, void* __restrict address);

#ifdef __cplusplus
}
#endif
