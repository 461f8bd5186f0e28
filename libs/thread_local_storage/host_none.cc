// Thread-local storage of a Linux process that has a C library: that library's business.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <span>

#include "libs/thread_local_storage/thread_local_storage.h"

namespace ashlar::thread_local_storage {

std::size_t BlockSize() { return 0; }
void* Initialise(std::span<std::byte>) { return nullptr; }
void StartBootThread() {}
void* BootThreadPointer() { return nullptr; }

}  // namespace ashlar::thread_local_storage
