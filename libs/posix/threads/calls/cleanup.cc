// pthread_cleanup_push and pthread_cleanup_pop, which newlib's <pthread.h> makes of these.
// pthread_exit() runs what is left.
// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include "libs/posix/threads/calls/thread_record.h"

using namespace ashlar::posix;

extern "C" void _pthread_cleanup_push(_pthread_cleanup_context* context, void (*routine)(void*),
                                      void* argument) {
  ThreadRecord& record = CurrentRecord();
  *context = {._routine = routine, ._arg = argument, ._canceltype = 0, ._previous = record.cleanup};
  record.cleanup = context;
}

extern "C" void _pthread_cleanup_pop(_pthread_cleanup_context* context, int execute) {
  CurrentRecord().cleanup = context->_previous;
  if (execute != 0) {
    context->_routine(context->_arg);
  }
}

extern "C" void _pthread_cleanup_push_defer(_pthread_cleanup_context* context,
                                            void (*routine)(void*), void* argument) {
  _pthread_cleanup_push(context, routine, argument);
}

extern "C" void _pthread_cleanup_pop_restore(_pthread_cleanup_context* context, int execute) {
  _pthread_cleanup_pop(context, execute);
}
