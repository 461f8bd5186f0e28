// Attributes of threads. Stacks are always the scheduler's own, with a guard page.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>

extern "C" int pthread_attr_init(pthread_attr_t* attributes) {
  *attributes = {};
  attributes->__guard_size = 4096;
  return 0;
}

extern "C" int pthread_attr_destroy(pthread_attr_t*) { return 0; }

extern "C" int pthread_attr_setdetachstate(pthread_attr_t* attributes, int state) {
  if (state != PTHREAD_CREATE_JOINABLE && state != PTHREAD_CREATE_DETACHED) {
    return EINVAL;
  }
  attributes->__detach_state = state;
  return 0;
}

extern "C" int pthread_attr_getdetachstate(const pthread_attr_t* attributes, int* state) {
  *state = attributes->__detach_state;
  return 0;
}

extern "C" int pthread_attr_setstacksize(pthread_attr_t* attributes, size_t size) {
  if (size < PTHREAD_STACK_MIN) {
    return EINVAL;
  }
  attributes->__stack_size = size;
  return 0;
}

extern "C" int pthread_attr_getstacksize(const pthread_attr_t* attributes, size_t* size) {
  *size = attributes->__stack_size != 0 ? attributes->__stack_size : 128 * 1024;
  return 0;
}

extern "C" int pthread_attr_setguardsize(pthread_attr_t* attributes, size_t size) {
  attributes->__guard_size = size;
  return 0;
}

extern "C" int pthread_attr_getguardsize(const pthread_attr_t* attributes, size_t* size) {
  *size = attributes->__guard_size;
  return 0;
}

extern "C" int pthread_attr_setschedparam(pthread_attr_t* attributes,
                                          const sched_param* parameter) {
  attributes->__parameter = *parameter;
  return 0;
}

extern "C" int pthread_attr_getschedparam(const pthread_attr_t* attributes,
                                          sched_param* parameter) {
  *parameter = attributes->__parameter;
  return 0;
}
