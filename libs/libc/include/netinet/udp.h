// The header of a UDP datagram.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

#define SOL_UDP 17

struct udphdr {
  uint16_t uh_sport;
  uint16_t uh_dport;
  uint16_t uh_ulen;
  uint16_t uh_sum;
};
