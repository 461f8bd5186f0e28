// Cancellation: there is none. What code that guards itself against it calls is here, and nothing
// else; pthread_cancel() itself is missing on purpose.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>

namespace {

constinit thread_local int state = PTHREAD_CANCEL_ENABLE;
constinit thread_local int type = PTHREAD_CANCEL_DEFERRED;

}  // namespace

extern "C" int pthread_setcancelstate(int new_state, int* old_state) {
  if (new_state != PTHREAD_CANCEL_ENABLE && new_state != PTHREAD_CANCEL_DISABLE) {
    return EINVAL;
  }
  if (old_state != nullptr) {
    *old_state = state;
  }
  state = new_state;
  return 0;
}

extern "C" int pthread_setcanceltype(int new_type, int* old_type) {
  if (new_type != PTHREAD_CANCEL_DEFERRED && new_type != PTHREAD_CANCEL_ASYNCHRONOUS) {
    return EINVAL;
  }
  if (old_type != nullptr) {
    *old_type = type;
  }
  type = new_type;
  return 0;
}

extern "C" void pthread_testcancel() {}
