// The types of <pthread.h>. Objects are storage, all zero at first, that //libs/posix/threads interprets.
// SPDX-License-Identifier: Apache-2.0
#ifndef _SYS__PTHREADTYPES_H_
#define _SYS__PTHREADTYPES_H_

#include <sys/sched.h>

typedef unsigned long pthread_t;
typedef unsigned int pthread_key_t;

#define PTHREAD_STACK_MIN 16384
#define PTHREAD_KEYS_MAX 128
#define PTHREAD_DESTRUCTOR_ITERATIONS 4

#define PTHREAD_SCOPE_SYSTEM 0
#define PTHREAD_SCOPE_PROCESS 1
#define PTHREAD_INHERIT_SCHED 0
#define PTHREAD_EXPLICIT_SCHED 1
#define PTHREAD_CREATE_JOINABLE 0
#define PTHREAD_CREATE_DETACHED 1
#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED 1
#define PTHREAD_PRIO_NONE 0
#define PTHREAD_PRIO_INHERIT 1
#define PTHREAD_PRIO_PROTECT 2
#define PTHREAD_MUTEX_NORMAL 0
#define PTHREAD_MUTEX_RECURSIVE 1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT PTHREAD_MUTEX_NORMAL

typedef struct {
  void* __stack_address;
  unsigned long __stack_size;
  unsigned long __guard_size;
  int __detach_state;
  int __scope;
  int __inherit_sched;
  int __policy;
  struct sched_param __parameter;
} pthread_attr_t;

typedef struct {
  int __type;
  int __process_shared;
  int __protocol;
  int __priority_ceiling;
} pthread_mutexattr_t;

typedef struct {
  unsigned long __storage[4];
  int __type;
  int __reserved;
} pthread_mutex_t;
#define _PTHREAD_MUTEX_INITIALIZER {{0, 0, 0, 0}, PTHREAD_MUTEX_NORMAL, 0}
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP {{0, 0, 0, 0}, PTHREAD_MUTEX_RECURSIVE, 0}
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP {{0, 0, 0, 0}, PTHREAD_MUTEX_ERRORCHECK, 0}

typedef struct {
  unsigned long __clock;  // a clockid_t
  int __process_shared;
  int __reserved;
} pthread_condattr_t;

typedef struct {
  unsigned long __storage[4];
  unsigned long __clock;  // a clockid_t; zero means CLOCK_REALTIME
} pthread_cond_t;
#define _PTHREAD_COND_INITIALIZER {{0, 0, 0, 0}, 0}

typedef struct {
  unsigned long __storage[2];
} pthread_once_t;
#define _PTHREAD_ONCE_INIT {{0, 0}}

typedef struct {
  int __process_shared;
} pthread_rwlockattr_t;

typedef struct {
  unsigned long __storage[8];
} pthread_rwlock_t;
#define _PTHREAD_RWLOCK_INITIALIZER {{0, 0, 0, 0, 0, 0, 0, 0}}

typedef struct {
  int __process_shared;
} pthread_barrierattr_t;

typedef struct {
  unsigned long __storage[6];
} pthread_barrier_t;

typedef struct {
  unsigned long __storage[1];
} pthread_spinlock_t;

#endif  // _SYS__PTHREADTYPES_H_
