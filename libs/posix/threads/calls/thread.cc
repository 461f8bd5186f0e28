// pthread_create, its kin, and the end of a thread.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/threads/calls/thread_record.h"

#include <errno.h>
#include <stdlib.h>

#include "libs/libc/exit.h"
#include "libs/libc/threads.h"
#include "libs/posix/descriptors/allocation.h"

namespace ashlar::posix {

extern constinit thread_local ThreadRecord* current_record;  // current_record.cc

namespace {

/// For threads whose creator does not say: enough for iostreams and std::format.
constexpr std::size_t kDefaultStackSize = 128 * kKiB;

constinit unsigned running = 0;  // threads that pthread_create() made and that have not ended
constinit scheduler::Thread* waiting_main = nullptr;  // main()'s, after pthread_exit()

void Start(void* argument) {
  auto& record = *static_cast<ThreadRecord*>(argument);
  current_record = &record;
  EndThread(record.entry(record.argument));
}

}  // namespace

void EndThread(void* result) {
  ThreadRecord& record = CurrentRecord();
  libc::RunExitStage(libc::ExitStage::kThreadLocals);
  RunKeyDestructors();
  if (record.entry == nullptr) {
    waiting_main = record.thread;
    while (running != 0) {
      scheduler::Block();
    }
    exit(0);
  }
  if (--running == 0 && waiting_main != nullptr) {
    scheduler::Wake(*waiting_main);
  }
  record.result = result;
  record.finished = true;
  if (record.detached) {
    current_record = nullptr;
    Delete(&record);
  }
  scheduler::Exit();
}

}  // namespace ashlar::posix

using namespace ashlar;
using namespace ashlar::posix;

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*entry)(void*), void* argument) {
  ThreadRecord* const record = New<ThreadRecord>();
  if (record == nullptr) {
    return EAGAIN;
  }
  record->entry = entry;
  record->argument = argument;
  scheduler::Options options = {.name = "pthread", .stack_size = kDefaultStackSize};
  if (attributes != nullptr) {
    record->detached = attributes->__detach_state == PTHREAD_CREATE_DETACHED;
    if (attributes->__stack_size != 0) {
      options.stack_size = attributes->__stack_size;
    }
  }
  libc::AdoptThreads();
  const auto started = scheduler::Spawn(&Start, record, options);
  if (!started) {
    Delete(record);
    return EAGAIN;
  }
  record->thread = *started;
  ++running;
  *thread = reinterpret_cast<pthread_t>(record);
  if (record->detached) {
    scheduler::Detach(**started);
  }
  return 0;
}

extern "C" int pthread_join(pthread_t thread, void** result) {
  ThreadRecord& record = ToRecord(thread);
  if (record.detached) {
    return EINVAL;
  }
  if (&record == &CurrentRecord()) {
    return EDEADLK;
  }
  scheduler::Join(*record.thread);
  if (result != nullptr) {
    *result = record.result;
  }
  Delete(&record);
  return 0;
}

extern "C" int pthread_detach(pthread_t thread) {
  ThreadRecord& record = ToRecord(thread);
  if (record.detached) {
    return EINVAL;
  }
  record.detached = true;
  scheduler::Detach(*record.thread);
  if (record.finished) {
    Delete(&record);
  }
  return 0;
}

extern "C" void pthread_exit(void* result) {
  ThreadRecord& record = CurrentRecord();
  while (record.cleanup != nullptr) {
    _pthread_cleanup_context* const handler = record.cleanup;
    record.cleanup = handler->_previous;
    handler->_routine(handler->_arg);
  }
  EndThread(result);
}
