// Thread-local storage: where a thread's own variables (C++'s thread_local) lie, and how they
// start.
//
// An image without such variables has no blocks: all sizes are zero then, and nothing is set up.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace ashlar::thread_local_storage {

/// Bytes that a thread's block needs, at any address; zero if the image has no thread-local
/// variables, or, on the host, if they are the C library's.
std::size_t BlockSize();

/// Gives the variables in `block` their first values and returns the thread pointer that finds them
/// there
/// (//libs/thread_pointer), or nullptr if BlockSize() is zero. `block` has at least BlockSize()
/// bytes and must live as long as the thread.
void* Initialise(std::span<std::byte> block);

/// Sets up the boot thread's variables and the CPU's thread pointer: once, at start, before
/// anything that may use such a variable. Costs a few instructions if the image has none.
void StartBootThread();

/// The boot thread's thread pointer, or nullptr if the image has no thread-local variables.
void* BootThreadPointer();

}  // namespace ashlar::thread_local_storage
