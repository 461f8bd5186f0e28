// Thread-specific data: pthread_key_create and its kin.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>

#include <array>
#include <cstring>

#include "libs/heap/heap.h"
#include "libs/posix/threads/calls/thread_record.h"

namespace ashlar::posix {
namespace {

struct Key {
  void (*destructor)(void*) = nullptr;
  std::uint32_t generation = 0;  // odd: in use. Values of an older generation count as null
};

/// What one thread keeps for one key.
struct Value {
  void* value = nullptr;
  std::uint32_t generation = 0;
};

constexpr std::size_t kFirst = 4;  // as many are in thread-local storage; more on the heap

constinit std::array<Key, PTHREAD_KEYS_MAX> keys = {};
constinit thread_local std::array<Value, kFirst> first_values = {};
constinit thread_local Value* more_values = nullptr;

Value* Find(pthread_key_t key) {
  if (key < kFirst) {
    return &first_values[key];
  }
  return more_values == nullptr ? nullptr : &more_values[key - kFirst];
}

bool InUse(pthread_key_t key) { return key < keys.size() && keys[key].generation % 2 == 1; }

}  // namespace

void RunKeyDestructors() {
  bool again = true;
  for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS && again; ++round) {
    again = false;
    for (pthread_key_t key = 0; key < keys.size(); ++key) {
      Value* const entry = Find(key);
      if (entry == nullptr) {
        break;
      }
      if (entry->value == nullptr || !InUse(key) || entry->generation != keys[key].generation ||
          keys[key].destructor == nullptr) {
        continue;
      }
      void* const value = entry->value;
      entry->value = nullptr;
      keys[key].destructor(value);
      again = true;
    }
  }
  heap::Free(more_values);
  more_values = nullptr;
}

}  // namespace ashlar::posix

using namespace ashlar;
using namespace ashlar::posix;

extern "C" int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) {
  for (pthread_key_t candidate = 0; candidate < keys.size(); ++candidate) {
    if (!InUse(candidate)) {
      keys[candidate].destructor = destructor;
      ++keys[candidate].generation;
      *key = candidate;
      return 0;
    }
  }
  return EAGAIN;
}

extern "C" int pthread_key_delete(pthread_key_t key) {
  if (!InUse(key)) {
    return EINVAL;
  }
  ++keys[key].generation;
  return 0;
}

extern "C" void* pthread_getspecific(pthread_key_t key) {
  if (!InUse(key)) {
    return nullptr;
  }
  const Value* const entry = posix::Find(key);
  return entry == nullptr || entry->generation != keys[key].generation ? nullptr : entry->value;
}

extern "C" int pthread_setspecific(pthread_key_t key, const void* value) {
  if (!InUse(key)) {
    return EINVAL;
  }
  if (key >= kFirst && more_values == nullptr) {
    constexpr std::size_t kSize = (PTHREAD_KEYS_MAX - kFirst) * sizeof(Value);
    more_values = static_cast<Value*>(heap::Allocate(kSize));
    if (more_values == nullptr) {
      return ENOMEM;
    }
    std::memset(static_cast<void*>(more_values), 0, kSize);
  }
  *posix::Find(key) = {const_cast<void*>(value), keys[key].generation};
  return 0;
}
