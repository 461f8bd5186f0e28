// What mallocng names in its calls of mmap(); mallocng.c gives them their meaning.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_PRIVATE 2
#define MAP_FIXED 16
#define MAP_ANON 32
#define MAP_FAILED ((void*)-1)
#define MREMAP_MAYMOVE 1
#define MADV_FREE 8
