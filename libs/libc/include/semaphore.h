// Semaphores. A sem_t is storage that //libs/posix/threads interprets.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/_timespec.h>
#include <sys/types.h>

typedef struct {
  unsigned long __storage[4];
} sem_t;

#define SEM_FAILED ((sem_t*)0)
#define SEM_VALUE_MAX 0x7fffffff

#ifdef __cplusplus
extern "C" {
#endif

int sem_init(sem_t* semaphore, int process_shared, unsigned int value);
int sem_destroy(sem_t* semaphore);
int sem_wait(sem_t* semaphore);
int sem_trywait(sem_t* semaphore);
int sem_timedwait(sem_t* __restrict semaphore, const struct timespec* __restrict deadline);
int sem_clockwait(sem_t* __restrict semaphore, clockid_t clock,
                  const struct timespec* __restrict deadline);
int sem_post(sem_t* semaphore);
int sem_getvalue(sem_t* __restrict semaphore, int* __restrict value);
sem_t* sem_open(const char* name, int flags, ...);
int sem_close(sem_t* semaphore);
int sem_unlink(const char* name);

#ifdef __cplusplus
}
#endif
