// Boots another image by Linux's 64-bit boot protocol, as Firecracker does: an image that loads an
// image.
//
// What the second image is given lies in a block of its own above 2 MiB, out of the way of both.
// Its exit status is this one's.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/page_map/page_map.h"

extern "C" {
extern const std::byte enter_image[];
extern const std::byte enter_image_end[];
extern const std::byte image[];
extern const std::byte image_end[];
}

namespace {

using namespace ashlar;

// Has the second image exit with this status.
constexpr std::string_view kCommandLine = "7";

// What enter.S copies.
struct Segment {
  std::uintptr_t from;
  std::uintptr_t to;
  std::size_t size;
};

template <typename T>
T Load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename T>
void Store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// Gives out the block from front to back, zeroed.
class Block {
 public:
  explicit Block(std::span<std::byte> bytes) : bytes_(bytes) {
    std::memset(bytes_.data(), 0, bytes_.size());
  }

  std::byte* Take(std::size_t size) {
    ASHLAR_CHECK(AlignUp(size, kPageSize) <= bytes_.size());
    std::byte* const taken = bytes_.data();
    bytes_ = bytes_.subspan(AlignUp(size, kPageSize));
    return taken;
  }

 private:
  std::span<std::byte> bytes_;
};

// Page tables that map the first GiB to itself [x86-boot "64-bit boot protocol"].
std::uintptr_t MakePageTables(Block& block) {
  constexpr std::uint64_t kTable = 0x3;
  constexpr std::uint64_t kLargePage = 0x83;
  std::byte* const level4 = block.Take(kPageSize);
  std::byte* const level3 = block.Take(kPageSize);
  std::byte* const level2 = block.Take(kPageSize);
  Store(level4, reinterpret_cast<std::uintptr_t>(level3) | kTable);
  Store(level3, reinterpret_cast<std::uintptr_t>(level2) | kTable);
  for (std::uint64_t i = 0; i < 512; ++i) {
    Store(level2 + 8 * i, i * 2 * kMiB | kLargePage);
  }
  return reinterpret_cast<std::uintptr_t>(level4);
}

// [x86-boot zero-page.rst]
std::byte* MakeBootParams(Block& block) {
  std::byte* const params = block.Take(kPageSize);
  std::byte* const command_line = block.Take(kPageSize);
  std::memcpy(command_line, kCommandLine.data(), kCommandLine.size());
  Store<std::uint16_t>(params + 0x1fe, 0xaa55);
  Store<std::uint32_t>(params + 0x202, 0x53726448);
  Store<std::uint32_t>(params + 0x228,
                       static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(command_line)));
  Store<std::uint8_t>(params + 0x1e8, 2);
  std::byte* const table = params + 0x2d0;
  Store<std::uint64_t>(table + 8, 0x9fc00);
  Store<std::uint32_t>(table + 16, 1);
  Store<std::uint64_t>(table + 20, kMiB);
  Store<std::uint64_t>(table + 28, 7 * kMiB);
  Store<std::uint32_t>(table + 36, 1);
  return params;
}

// The program headers' segments [ELF], and zeros behind each.
Segment* MakeSegments(Block& block) {
  std::byte* const file = block.Take(static_cast<std::size_t>(image_end - image));
  std::memcpy(file, image, static_cast<std::size_t>(image_end - image));
  constexpr std::size_t kZeros = 512 * kKiB;
  const auto zeros = reinterpret_cast<std::uintptr_t>(block.Take(kZeros));
  auto* const segments = reinterpret_cast<Segment*>(block.Take(kPageSize));
  std::size_t count = 0;
  const std::byte* header = file + Load<std::uint64_t>(file + 32);
  for (unsigned i = 0; i < Load<std::uint16_t>(file + 56); ++i, header += 56) {
    constexpr std::uint32_t kLoad = 1;
    if (Load<std::uint32_t>(header) != kLoad) {
      continue;
    }
    const auto offset = Load<std::uint64_t>(header + 8);
    const auto address = Load<std::uint64_t>(header + 24);
    const auto file_size = Load<std::uint64_t>(header + 32);
    const auto memory_size = Load<std::uint64_t>(header + 40);
    ASHLAR_CHECK(memory_size - file_size <= kZeros && address + memory_size <= 2 * kMiB);
    if (file_size != 0) {
      segments[count++] = {reinterpret_cast<std::uintptr_t>(file) + offset, address, file_size};
    }
    if (memory_size != file_size) {
      segments[count++] = {zeros, address + file_size, memory_size - file_size};
    }
  }
  return segments;
}

}  // namespace

int main() {
  const auto memory = page_allocator::Allocate(2 * kMiB, 2 * kMiB);
  ASHLAR_CHECK(memory.has_value());
  Block block(*memory);
  std::byte* const code = block.Take(kPageSize);
  std::memcpy(code, enter_image, static_cast<std::size_t>(enter_image_end - enter_image));
  const std::uintptr_t page_tables = MakePageTables(block);
  std::byte* const boot_params = MakeBootParams(block);
  Segment* const segments = MakeSegments(block);
  const auto entry = Load<std::uint64_t>(image + 24);
  ASHLAR_CHECK(page_map::Protect({code, kPageSize}, page_map::Access::kReadExecute).has_value());
  reinterpret_cast<void (*)(Segment*, std::byte*, std::uint64_t, std::uintptr_t)>(
      reinterpret_cast<std::uintptr_t>(code))(segments, boot_params, entry, page_tables);
  return 1;
}
