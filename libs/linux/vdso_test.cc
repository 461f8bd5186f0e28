// Looking up functions in a vDSO made by hand, with either kind of hash table.
// SPDX-License-Identifier: Apache-2.0
#include "libs/linux/vdso.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace ashlar::linux::vdso {
namespace {

// A library with one function, `now` at 0x1234, found by the table that `hash_tag` names.
struct Image {
  explicit Image(std::int64_t hash_tag) {
    Put(32, std::uint64_t{64});  // program headers
    Put(54, std::uint16_t{56});
    Put(56, std::uint16_t{2});
    Put(64, std::uint32_t{1});       // PT_LOAD
    Put(64 + 56, std::uint32_t{2});  // PT_DYNAMIC
    Put(64 + 56 + 8, std::uint64_t{256});
    const std::int64_t dynamic[] = {5, 400, 6, 416, hash_tag, 480, 0, 0};
    std::memcpy(bytes.data() + 256, dynamic, sizeof(dynamic));
    std::memcpy(bytes.data() + 401, "now", 4);
    Put(416 + 24, std::uint32_t{1});  // name
    Put(416 + 24 + 6, std::uint16_t{1});
    Put(416 + 24 + 8, std::uint64_t{0x1234});
    if (hash_tag == 4) {
      Put(484, std::uint32_t{2});  // symbols
    } else {
      std::uint32_t hash = 5381;
      for (const char c : {'n', 'o', 'w'}) {
        hash = hash * 33 + static_cast<std::uint8_t>(c);
      }
      const std::uint32_t table[] = {1, 1, 1, 0,
                                     0, 0, 1, hash | 1};  // one bucket, one chain of one
      std::memcpy(bytes.data() + 480, table, sizeof(table));
    }
  }

  template <typename T>
  void Put(std::size_t offset, T value) {
    std::memcpy(bytes.data() + offset, &value, sizeof(value));
  }

  alignas(16) std::array<std::byte, 1024> bytes = {};
};

TEST(VdsoTest, FindsAFunctionByEitherHashTable) {
  for (const std::int64_t tag : {std::int64_t{4}, std::int64_t{0x6ffffef5}}) {
    const Image image(tag);
    EXPECT_EQ(Find(image.bytes.data(), "now"),
              reinterpret_cast<std::uintptr_t>(image.bytes.data()) + 0x1234)
        << tag;
    EXPECT_EQ(Find(image.bytes.data(), "never"), 0u) << tag;
    EXPECT_EQ(Find(image.bytes.data(), "no"), 0u) << tag;
  }
}

TEST(VdsoTest, WithoutAnImageThereIsNothing) { EXPECT_EQ(Find(nullptr, "now"), 0u); }

}  // namespace
}  // namespace ashlar::linux::vdso
