// newlib's version, and, because <sys/features.h> includes it before anything else, which options of POSIX
// this system has.
// SPDX-License-Identifier: Apache-2.0
#ifndef _NEWLIB_VERSION_H__
#define _NEWLIB_VERSION_H__ 1

#define _NEWLIB_VERSION "4.5.0"
#define __NEWLIB__ 4
#define __NEWLIB_MINOR__ 5
#define __NEWLIB_PATCHLEVEL__ 0

// libc++ needs the GNU extensions (newlocale, vasprintf, ...), as on every other system.
#if defined(__cplusplus) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE 1
#endif

#define _POSIX_BARRIERS 200809L
#define _POSIX_CLOCK_SELECTION 200809L
#define _POSIX_CPUTIME 200809L
#define _POSIX_FSYNC 200809L
#define _POSIX_IPV6 200809L
#define _POSIX_MAPPED_FILES 200809L
#define _POSIX_MONOTONIC_CLOCK 200809L
#define _POSIX_NO_TRUNC 1
#define _POSIX_READER_WRITER_LOCKS 200809L
#define _POSIX_REGEXP 1
#define _POSIX_SEMAPHORES 200809L
#define _POSIX_SPIN_LOCKS 200809L
#define _POSIX_THREADS 200809L
#define _POSIX_THREAD_ATTR_STACKSIZE 200809L
#define _POSIX_THREAD_CPUTIME 200809L
#define _POSIX_THREAD_SAFE_FUNCTIONS 200809L
#define _POSIX_TIMEOUTS 200809L
#define _POSIX_TIMERS 200809L
#define _POSIX_VERSION 200809L
#define _UNIX98_THREAD_MUTEX_ATTRIBUTES 1

// Linux's further error numbers.
#define __LINUX_ERRNO_EXTENSIONS__ 1

// select()'s sets hold this many descriptors (newlib's own default is 64).
#ifndef FD_SETSIZE
#define FD_SETSIZE 1024
#endif

#endif  // _NEWLIB_VERSION_H__
