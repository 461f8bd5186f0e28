// sysconf and getpagesize.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "libs/base/units.h"
#include "libs/posix/descriptors/descriptors.h"

extern "C" long sysconf(int name) {
  switch (name) {
    case _SC_PAGESIZE:
      return ashlar::kPageSize;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
      return 1;
    case _SC_CLK_TCK:
      return CLOCKS_PER_SEC;  // times()
    case _SC_OPEN_MAX:
      return ashlar::posix::kMaxDescriptors;
    case _SC_IOV_MAX:
      return IOV_MAX;
    case _SC_THREAD_KEYS_MAX:
      return PTHREAD_KEYS_MAX;
    case _SC_THREAD_STACK_MIN:
      return PTHREAD_STACK_MIN;
    case _SC_THREAD_DESTRUCTOR_ITERATIONS:
      return PTHREAD_DESTRUCTOR_ITERATIONS;
    case _SC_HOST_NAME_MAX:
      return 64;
    case _SC_VERSION:
      return _POSIX_VERSION;
    case _SC_THREADS:
    case _SC_TIMERS:
    case _SC_MONOTONIC_CLOCK:
    case _SC_BARRIERS:
    case _SC_SPIN_LOCKS:
    case _SC_READER_WRITER_LOCKS:
    case _SC_CLOCK_SELECTION:
    case _SC_TIMEOUTS:
    case _SC_SEMAPHORES:
    case _SC_MAPPED_FILES:
    case _SC_FSYNC:
    case _SC_THREAD_ATTR_STACKSIZE:
      return 200809L;
    case _SC_ARG_MAX:
    case _SC_CHILD_MAX:
    case _SC_STREAM_MAX:
    case _SC_THREAD_THREADS_MAX:
    case _SC_SEM_VALUE_MAX:
    case _SC_ATEXIT_MAX:
    case _SC_LEVEL1_DCACHE_SIZE:
    case _SC_LEVEL1_DCACHE_LINESIZE:
    case _SC_LEVEL2_CACHE_SIZE:
    case _SC_LEVEL3_CACHE_SIZE:
      return -1;  // no limit, or not known
    default:
      errno = EINVAL;
      return -1;
  }
}

extern "C" int getpagesize() { return ashlar::kPageSize; }
extern "C" int getdtablesize() { return ashlar::posix::kMaxDescriptors; }
