// Thread-local storage in AArch64 ELF images: a control block of two words at the thread pointer,
// variables above it.
//
// The machine's linker script gives the sizes and the boot thread's block.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "libs/base/units.h"
#include "libs/thread_local_storage/thread_local_storage.h"
#include "libs/thread_pointer/thread_pointer.h"

extern "C" {
extern const std::byte __tls_image_start[];
extern std::byte __boot_tls_start[];
extern std::byte __boot_tls_end[];
}

// The value of a symbol that is a number, not an address. Through assembly, since compilers take it
// for granted that no address is zero.
#define ASHLAR_SYMBOL_VALUE(name)           \
  ({                                        \
    std::uint32_t ashlar_value;             \
    asm("movz %w0, #:abs_g1:" name          \
        "\n\t"                              \
        "movk %w0, #:abs_g0_nc:" name       \
        : "=r"(ashlar_value));              \
    static_cast<std::size_t>(ashlar_value); \
  })

namespace ashlar::thread_local_storage {
namespace {

// What lies at the thread pointer [ELF-TLS §3.1, variant I]. A dynamic linker would use it; here
// nobody does.
constexpr std::size_t kControlBlockSize = 16;

struct Layout {
  std::size_t image_size;   // bytes of variables with a first value (.tdata)
  std::size_t memory_size;  // of all variables (.tdata and .tbss)
  std::size_t alignment;    // of the most aligned variable

  std::size_t pointer_alignment() const { return std::max(alignment, kControlBlockSize); }

  // From the thread pointer to the first variable: as the linker counts, which keeps each
  // variable's address modulo the alignment what it is among the first values, wherever those lie.
  std::size_t offset() const {
    const auto image = reinterpret_cast<std::uintptr_t>(__tls_image_start);
    return kControlBlockSize + ((image - kControlBlockSize) & (alignment - 1));
  }
};

Layout ReadLayout() {
  return {.image_size = ASHLAR_SYMBOL_VALUE("__tls_image_size"),
          .memory_size = ASHLAR_SYMBOL_VALUE("__tls_memory_size"),
          .alignment = ASHLAR_SYMBOL_VALUE("__tls_alignment")};
}

void* PointerFor(std::span<std::byte> block, const Layout& layout) {
  return reinterpret_cast<void*>(
      AlignUp(reinterpret_cast<std::uintptr_t>(block.data()), layout.pointer_alignment()));
}

std::byte* FirstVariable(void* pointer, const Layout& layout) {
  return static_cast<std::byte*>(pointer) + layout.offset();
}

}  // namespace

std::size_t BlockSize() {
  const Layout layout = ReadLayout();
  return layout.memory_size == 0
             ? 0
             : layout.pointer_alignment() + layout.offset() + layout.memory_size;
}

void* Initialise(std::span<std::byte> block) {
  const Layout layout = ReadLayout();
  if (layout.memory_size == 0) {
    return nullptr;
  }
  void* pointer = PointerFor(block, layout);
  std::byte* variables = FirstVariable(pointer, layout);
  std::memset(pointer, 0, kControlBlockSize);
  std::memcpy(variables, __tls_image_start, layout.image_size);
  std::memset(variables + layout.image_size, 0, layout.memory_size - layout.image_size);
  return pointer;
}

void* BootThreadPointer() {
  const Layout layout = ReadLayout();
  return layout.memory_size == 0 ? nullptr : PointerFor({__boot_tls_start, __boot_tls_end}, layout);
}

void StartBootThread() {
  const Layout layout = ReadLayout();
  if (layout.memory_size == 0) {
    return;
  }
  // The block lies in memory that the loader cleared.
  void* pointer = PointerFor({__boot_tls_start, __boot_tls_end}, layout);
  std::byte* to = FirstVariable(pointer, layout);
  for (std::size_t i = 0; i < layout.image_size; ++i) {
    to[i] = __tls_image_start[i];
    // So that the compiler makes no call of the C library's memcpy of this, which would be a fifth
    // of a small image.
    asm volatile("" : : : "memory");
  }
  thread_pointer::Set(pointer);
}

}  // namespace ashlar::thread_local_storage
