// Message catalogues.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

typedef void* nl_catd;
typedef int nl_item;

#define NL_SETD 1
#define NL_CAT_LOCALE 1

#ifdef __cplusplus
extern "C" {
#endif

nl_catd catopen(const char* name, int flag);
char* catgets(nl_catd catalogue, int set, int message, const char* fallback);
int catclose(nl_catd catalogue);

#ifdef __cplusplus
}
#endif
