// Thread-local storage in x86-64 ELF images: variables right below the thread pointer, a control
// block above it.
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
#define ASHLAR_SYMBOL_VALUE(name)                   \
  ({                                                \
    std::uint32_t ashlar_value;                     \
    asm("movl $" name ", %0" : "=r"(ashlar_value)); \
    static_cast<std::size_t>(ashlar_value);         \
  })

namespace ashlar::thread_local_storage {
namespace {

// Where the thread pointer points [ELF-TLS §3.4.6].
struct ControlBlock {
  void* self;  // code that takes a variable's address loads this
};

constexpr std::size_t kControlBlockSize = 64;
static_assert(sizeof(ControlBlock) <= kControlBlockSize);

struct Layout {
  std::size_t image_size;   // bytes of variables with a first value (.tdata)
  std::size_t memory_size;  // of all variables (.tdata and .tbss)
  std::size_t alignment;    // of the most aligned variable

  std::size_t pointer_alignment() const { return std::max(alignment, kControlBlockSize); }

  // From the first variable to the thread pointer: as the linker counts, which keeps each
  // variable's address modulo the alignment what it is among the first values, wherever those lie.
  std::size_t offset() const {
    const auto image = reinterpret_cast<std::uintptr_t>(__tls_image_start);
    return memory_size + ((0 - image - memory_size) & (alignment - 1));
  }
};

Layout ReadLayout() {
  return {.image_size = ASHLAR_SYMBOL_VALUE("__tls_image_size"),
          .memory_size = ASHLAR_SYMBOL_VALUE("__tls_memory_size"),
          .alignment = ASHLAR_SYMBOL_VALUE("__tls_alignment")};
}

void* PointerFor(std::span<std::byte> block, const Layout& layout) {
  const auto end = reinterpret_cast<std::uintptr_t>(block.data() + block.size());
  return reinterpret_cast<void*>(AlignDown(end - kControlBlockSize, layout.pointer_alignment()));
}

std::byte* FirstVariable(void* pointer, const Layout& layout) {
  return static_cast<std::byte*>(pointer) - layout.offset();
}

}  // namespace

std::size_t BlockSize() {
  const Layout layout = ReadLayout();
  return layout.memory_size == 0 ? 0
                                 : layout.offset() + kControlBlockSize + layout.pointer_alignment();
}

void* Initialise(std::span<std::byte> block) {
  const Layout layout = ReadLayout();
  if (layout.memory_size == 0) {
    return nullptr;
  }
  void* pointer = PointerFor(block, layout);
  std::byte* variables = FirstVariable(pointer, layout);
  std::memcpy(variables, __tls_image_start, layout.image_size);
  std::memset(variables + layout.image_size, 0, layout.memory_size - layout.image_size);
  static_cast<ControlBlock*>(pointer)->self = pointer;
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
  // One instruction, since the C library's memcpy would be a fifth of a small image.
  void* to = FirstVariable(pointer, layout);
  const void* from = __tls_image_start;
  std::size_t count = layout.image_size;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  static_cast<ControlBlock*>(pointer)->self = pointer;
  thread_pointer::Set(pointer);
}

}  // namespace ashlar::thread_local_storage
