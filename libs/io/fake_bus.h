// A bus for tests: answers reads from a script and records every access.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "libs/io/io.h"

namespace ashlar::io {

/// One write that a driver made.
struct Write {
  std::size_t offset;
  std::uint64_t value;
  unsigned bytes = 1;  ///< the access's width

  bool operator==(const Write&) const = default;
};

/// One read that a driver made.
struct Read {
  std::size_t offset;
  unsigned bytes = 1;

  bool operator==(const Read&) const = default;
};

/// Copies share one Record, which must outlive them.
class FakeBus {
 public:
  struct Record {
    std::vector<std::uint64_t>
        reads{};  ///< what reads answer, in order; after that, all ones, as an absent device
    std::vector<Write> writes{};        ///< what was written, in order
    std::vector<Read> read_accesses{};  ///< what was read, in order
    std::size_t reads_answered = 0;     ///< how many of `reads` were used
  };

  explicit FakeBus(Record& record) : record_(&record) {}

  std::uint8_t Read8(std::size_t offset) { return static_cast<std::uint8_t>(Answer(offset, 1)); }
  std::uint16_t Read16(std::size_t offset) { return static_cast<std::uint16_t>(Answer(offset, 2)); }
  std::uint32_t Read32(std::size_t offset) { return static_cast<std::uint32_t>(Answer(offset, 4)); }
  void Write8(std::size_t offset, std::uint8_t value) {
    record_->writes.push_back({offset, value, 1});
  }
  void Write16(std::size_t offset, std::uint16_t value) {
    record_->writes.push_back({offset, value, 2});
  }
  void Write32(std::size_t offset, std::uint32_t value) {
    record_->writes.push_back({offset, value, 4});
  }

 private:
  std::uint64_t Answer(std::size_t offset, unsigned bytes) {
    record_->read_accesses.push_back({offset, bytes});
    if (record_->reads_answered == record_->reads.size()) {
      return ~std::uint64_t{0};
    }
    return record_->reads[record_->reads_answered++];
  }

  Record* record_;
};

static_assert(Bus<FakeBus>);

}  // namespace ashlar::io
