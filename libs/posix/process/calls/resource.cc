// getrusage, getrlimit, setrlimit, getpriority, setpriority.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/resource.h>

#include "libs/base/units.h"
#include "libs/clock/clock.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/posix/descriptors/descriptors.h"

using namespace ashlar;

extern "C" int getrusage(int who, rusage* usage) {
  if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD) {
    return posix::Fail(EINVAL);
  }
  *usage = {};
  if (who != RUSAGE_CHILDREN) {
    // All time since boot counts as the program's.
    const auto since_boot = std::chrono::duration_cast<std::chrono::microseconds>(
                                clock::Monotonic::now().time_since_epoch())
                                .count();
    usage->ru_utime.tv_sec = since_boot / 1'000'000;
    usage->ru_utime.tv_usec = since_boot % 1'000'000;
    const page_allocator::Statistics memory = page_allocator::Measure();
    usage->ru_maxrss = static_cast<long>((memory.total_bytes - memory.free_bytes) / kKiB);
  }
  return 0;
}

extern "C" int getrlimit(int resource, rlimit* limit) {
  switch (resource) {
    case RLIMIT_NOFILE:
      *limit = {.rlim_cur = posix::kMaxDescriptors, .rlim_max = posix::kMaxDescriptors};
      return 0;
    case RLIMIT_CORE:
      *limit = {};
      return 0;
    case RLIMIT_CPU:
    case RLIMIT_FSIZE:
    case RLIMIT_DATA:
    case RLIMIT_STACK:
    case RLIMIT_NPROC:
    case RLIMIT_MEMLOCK:
    case RLIMIT_AS:
      *limit = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
      return 0;
    default:
      return posix::Fail(EINVAL);
  }
}

// Limits stay as they are; asking for less than there is changes nothing that a program could tell.
extern "C" int setrlimit(int resource, const rlimit* wanted) {
  rlimit limit = {};
  if (getrlimit(resource, &limit) != 0) {
    return -1;
  }
  return wanted->rlim_cur > limit.rlim_max || wanted->rlim_max > limit.rlim_max ? posix::Fail(EPERM)
                                                                                : 0;
}

extern "C" int getpriority(int, id_t) { return 0; }
extern "C" int setpriority(int, id_t, int) { return 0; }
