// In guests: the boot thread's variables, a fresh block, and threads (libs/scheduler has those).
// SPDX-License-Identifier: Apache-2.0
#include "libs/thread_local_storage/thread_local_storage.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace ashlar::thread_local_storage {
namespace {

constinit thread_local int first_value = 42;
constinit thread_local int zero = 0;
alignas(64) constinit thread_local char aligned[3] = {'a', 'b', 'c'};

// Where the same variable lies for a thread whose pointer is `other`.
template <typename T>
T& In(void* other, T& mine) {
  const auto distance =
      reinterpret_cast<std::byte*>(&mine) - static_cast<std::byte*>(BootThreadPointer());
  return *reinterpret_cast<T*>(static_cast<std::byte*>(other) + distance);
}

TEST(ThreadLocalStorageTest, TheBootThreadsVariablesHaveTheirFirstValues) {
  EXPECT_EQ(first_value, 42);
  EXPECT_EQ(zero, 0);
  EXPECT_EQ(aligned[2], 'c');
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned) % 64, 0u);
}

TEST(ThreadLocalStorageTest, ANewBlockHasTheFirstValuesWhereverItLies) {
  if (BlockSize() == 0) {
    GTEST_SKIP() << "the C library keeps the thread-local variables here";
  }
  first_value = 1;
  zero = 1;
  for (const std::size_t shift : {0, 8, 24, 56}) {
    std::vector<std::byte> memory(BlockSize() + shift, std::byte{0xff});
    void* pointer = Initialise(std::span(memory).subspan(shift));
    ASSERT_NE(pointer, nullptr);
#if defined(__x86_64__)
    // Variables are found through the pointer's copy of itself there [ELF-TLS §3.4.6].
    EXPECT_EQ(*static_cast<void**>(pointer), pointer);
#endif
    EXPECT_EQ(In(pointer, first_value), 42);
    EXPECT_EQ(In(pointer, zero), 0);
    EXPECT_EQ(In(pointer, aligned)[1], 'b');
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&In(pointer, aligned)) % 64, 0u);
  }
  EXPECT_EQ(first_value, 1);
  first_value = 42;
  zero = 0;
}

}  // namespace
}  // namespace ashlar::thread_local_storage
