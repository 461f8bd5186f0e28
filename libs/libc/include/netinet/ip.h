// Values of IPv4's type of service.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>

#define IPTOS_LOWDELAY 0x10
#define IPTOS_THROUGHPUT 0x08
#define IPTOS_RELIABILITY 0x04
#define IPTOS_LOWCOST 0x02
#define IPVERSION 4
#define MAXTTL 255
#define IPDEFTTL 64
