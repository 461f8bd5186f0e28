// A boot loader that lies: an image that loads a bare-metal image and enters it by multiboot2, with
// as much boot information as its argument says.
//
//     loader good | no_memory_map | broken | no_information
//
// The second image's exit status is this one's.
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

constexpr std::uint32_t kMagic = 0x36d76289;
constexpr std::size_t kMemoryBytes = 64 * kMiB;  // that the machine has

template <typename T>
T Load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Builds what the loader passes [MB2 §3.6]: size, a reserved word, tags.
class BootInformation {
 public:
  explicit BootInformation(std::byte* bytes) : bytes_(bytes) { std::memset(bytes, 0, kPageSize); }

  void Add32(std::uint32_t value) { Add(value); }
  void Add64(std::uint64_t value) { Add(value); }
  void Range(std::uint64_t base, std::uint64_t size) {
    constexpr std::uint32_t kAvailable = 1;
    Add64(base);
    Add64(size);
    Add32(kAvailable);
    Add32(0);
  }
  void Finish() {
    constexpr std::uint32_t kEnd = 0;
    Add32(kEnd);
    Add32(8);
    const auto size = static_cast<std::uint32_t>(used_);
    std::memcpy(bytes_, &size, sizeof size);
  }

 private:
  template <typename T>
  void Add(T value) {
    std::memcpy(bytes_ + used_, &value, sizeof value);
    used_ += sizeof value;
  }

  std::byte* bytes_;
  std::size_t used_ = 8;
};

void MakeBootInformation(std::byte* bytes, std::string_view what) {
  constexpr std::uint32_t kCommandLine = 1;
  constexpr std::uint32_t kMemoryMap = 6;
  constexpr std::uint32_t kTwoRanges = 16 + 2 * 24;
  BootInformation information(bytes);
  information.Add32(kCommandLine);
  information.Add32(10);
  information.Add64('5');
  if (what != "no_memory_map") {
    information.Add32(kMemoryMap);
    information.Add32(kTwoRanges);
    information.Add32(24);
    information.Add32(0);
    information.Range(0, 0x9f000);
    information.Range(kMiB, kMemoryBytes - kMiB);
  }
  information.Finish();
  if (what == "broken") {
    constexpr std::uint32_t kTooLarge = 0x7fff'ffff;
    std::memcpy(bytes, &kTooLarge, sizeof kTooLarge);
  }
}

// Copies the program headers' segments to where they say [ELF], and zeros behind each.
void LoadSegments(std::span<std::byte> in_use) {
  const std::byte* header = image + Load<std::uint64_t>(image + 32);
  for (unsigned i = 0; i < Load<std::uint16_t>(image + 56); ++i, header += 56) {
    constexpr std::uint32_t kLoad = 1;
    if (Load<std::uint32_t>(header) != kLoad) {
      continue;
    }
    const auto offset = Load<std::uint64_t>(header + 8);
    const auto address = Load<std::uint64_t>(header + 24);
    const auto file_size = Load<std::uint64_t>(header + 32);
    const auto memory_size = Load<std::uint64_t>(header + 40);
    auto* const to = reinterpret_cast<std::byte*>(address);
    ASHLAR_CHECK(to >= in_use.data() + in_use.size() && address + memory_size <= kMemoryBytes);
    std::memcpy(to, image + offset, file_size);
    std::memset(to + file_size, 0, memory_size - file_size);
  }
}

}  // namespace

int main(int argc, char** argv) {
  ASHLAR_CHECK(argc == 2);
  const std::string_view what = argv[1];
  const auto memory = page_allocator::Allocate(2 * kPageSize);
  ASHLAR_CHECK(memory.has_value());
  std::byte* const code = memory->data();
  std::byte* const information = code + kPageSize;
  std::memcpy(code, enter_image, static_cast<std::size_t>(enter_image_end - enter_image));
  MakeBootInformation(information, what);
  LoadSegments(*memory);
  ASHLAR_CHECK(page_map::Protect({code, kPageSize}, page_map::Access::kReadExecute).has_value());
  const auto entry = Load<std::uint64_t>(image + 24);
  const std::uint32_t magic = what == "no_information" ? 0 : kMagic;
  reinterpret_cast<void (*)(std::uint64_t, std::byte*, std::uint32_t)>(
      reinterpret_cast<std::uintptr_t>(code))(entry, information, magic);
  return 1;
}
