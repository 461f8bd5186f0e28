// Entries of NVMe's queues, the commands the driver gives, and what controllers say of themselves.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "libs/base/result.h"

namespace ashlar::nvme {

/// Opcodes of the admin queue [NVMe-1.4 §5].
struct Admin {
  static constexpr std::uint8_t kCreateSubmissionQueue = 0x01;
  static constexpr std::uint8_t kCreateCompletionQueue = 0x05;
  static constexpr std::uint8_t kIdentify = 0x06;
  static constexpr std::uint8_t kSetFeatures = 0x09;
};

/// Opcodes of the NVM command set [NVMe-1.4 §6].
struct Io {
  static constexpr std::uint8_t kFlush = 0x00;
  static constexpr std::uint8_t kWrite = 0x01;
  static constexpr std::uint8_t kRead = 0x02;
  static constexpr std::uint8_t kDatasetManagement = 0x09;
};

/// A submission queue entry [NVMe-1.4 §4.2].
struct Command {
  std::uint32_t opcode_and_id = 0;
  std::uint32_t namespace_id = 0;
  std::uint64_t reserved = 0;
  std::uint64_t metadata = 0;
  std::array<std::uint64_t, 2> data = {};   ///< PRP entries [NVMe-1.4 §4.3]
  std::array<std::uint32_t, 6> words = {};  ///< command dwords 10 to 15

  static constexpr std::uint32_t OpcodeAndId(std::uint8_t opcode, std::uint16_t id) {
    return opcode | std::uint32_t{id} << 16;
  }
};
static_assert(sizeof(Command) == 64 && offsetof(Command, data) == 24 &&
              offsetof(Command, words) == 40);

/// A completion queue entry [NVMe-1.4 §4.6].
struct Completion {
  std::uint32_t result = 0;
  std::uint32_t reserved = 0;
  std::uint32_t queue = 0;          ///< the submission queue's head, and above it its number
  std::uint32_t id_and_status = 0;  ///< the command's ID, the phase, and above it the status
};
static_assert(sizeof(Completion) == 16);

/// What a completion says of its command: status code and its type [NVMe-1.4 §4.6.1].
struct Status {
  std::uint16_t value = 0;  ///< type << 8 | code

  static constexpr Status Of(std::uint32_t id_and_status) {
    return {static_cast<std::uint16_t>(id_and_status >> 17 & 0x7ff)};
  }
  constexpr bool success() const { return value == 0; }
};

/// A status in words, for reports: "unrecovered read error".
std::string_view Describe(Status status);

/// kPermission where the medium or the region is write-protected; else kInputOutput.
Error ErrorOf(Status status);

/// A range of a dataset management command [NVMe-1.4 §6.7].
struct Range {
  std::uint32_t attributes = 0;
  std::uint32_t block_count = 0;
  std::uint64_t first_block = 0;
};
static_assert(sizeof(Range) == 16);

/// Words of commands.
struct Identify {
  static constexpr std::uint32_t kNamespace = 0;
  static constexpr std::uint32_t kController = 1;
  static constexpr std::uint32_t kActiveNamespaces = 2;
  static constexpr std::size_t kSize = 4096;
};
inline constexpr std::uint32_t kNumberOfQueues = 7;  ///< a feature [NVMe-1.4 §5.21.1.7]
inline constexpr std::uint32_t kPhysicallyContiguous = 1 << 0;
inline constexpr std::uint32_t kInterruptsEnabled = 1 << 1;
inline constexpr std::uint32_t kDeallocate = 1 << 2;

/// What the driver wants to know of a controller [NVMe-1.4 §5.15.2.2].
struct ControllerFacts {
  std::size_t max_transfer = 0;  ///< bytes; 0: no limit
  bool write_cache = false;
  bool dataset_management = false;
};
/// kUnsupported: its queue entries are larger than anybody's.
Result<ControllerFacts> ParseController(std::span<const std::byte, Identify::kSize> data);

/// And of a namespace [NVMe-1.4 §5.15.2.1].
struct NamespaceFacts {
  std::uint32_t block_size = 0;
  std::uint64_t block_count = 0;
  bool read_only = false;
};
/// kNotFound: it is not there; kUnsupported: its blocks carry metadata; kBroken: nonsense.
Result<NamespaceFacts> ParseNamespace(std::span<const std::byte, Identify::kSize> data);

}  // namespace ashlar::nvme
