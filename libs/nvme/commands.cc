// What NVMe controllers say: of themselves, and why a command failed.
// SPDX-License-Identifier: Apache-2.0
#include "libs/nvme/commands.h"

#include <algorithm>
#include <cstring>
#include <expected>

namespace ashlar::nvme {
namespace {

// The controller can still write there: each field is copied once.
template <typename T>
T Field(std::span<const std::byte, Identify::kSize> data, std::size_t offset) {
  T value;
  std::memcpy(&value, data.data() + offset, sizeof(T));
  // The copy is the value from here on, whatever the optimiser would rather read again.
  asm volatile("" : "+r"(value));
  return value;
}

constexpr std::uint16_t kNamespaceWriteProtected = 0x020;
constexpr std::uint16_t kAccessDenied = 0x286;
constexpr std::uint16_t kReadOnlyRange = 0x182;

struct Sentence {
  std::uint16_t status;
  std::string_view text;
};

// [NVMe-1.4 figures 126 to 128, 131]
constexpr auto kSentences = std::to_array<Sentence>({
    {0x000, "success"},
    {0x001, "invalid command opcode"},
    {0x002, "invalid field in command"},
    {0x004, "data transfer error"},
    {0x005, "aborted by a loss of power"},
    {0x006, "internal error"},
    {0x007, "aborted on request"},
    {0x008, "aborted as its queue was deleted"},
    {0x00b, "invalid namespace or format"},
    {0x013, "PRP offset invalid"},
    {kNamespaceWriteProtected, "namespace is write-protected"},
    {0x080, "blocks out of range"},
    {0x081, "capacity exceeded"},
    {0x082, "namespace not ready"},
    {0x083, "reservation conflict"},
    {0x084, "format in progress"},
    {0x100, "invalid completion queue"},
    {0x101, "invalid queue identifier"},
    {0x102, "invalid queue size"},
    {0x108, "invalid interrupt vector"},
    {0x180, "conflicting attributes"},
    {kReadOnlyRange, "write to a read-only range"},
    {0x280, "write fault"},
    {0x281, "unrecovered read error"},
    {0x282, "end-to-end guard check error"},
    {0x283, "end-to-end application tag check error"},
    {0x284, "end-to-end reference tag check error"},
    {0x285, "compare failure"},
    {kAccessDenied, "access denied"},
    {0x287, "deallocated or unwritten block"},
});

}  // namespace

std::string_view Describe(Status status) {
  const auto* const found = std::ranges::find(kSentences, status.value, &Sentence::status);
  return found == kSentences.end() ? "a status that has no name here" : found->text;
}

Error ErrorOf(Status status) {
  switch (status.value) {
    case kNamespaceWriteProtected:
    case kReadOnlyRange:
    case kAccessDenied:
      return Error::kPermission;
    default:
      return Error::kInputOutput;
  }
}

Result<ControllerFacts> ParseController(std::span<const std::byte, Identify::kSize> data) {
  constexpr std::size_t kMaxTransfer = 77;
  constexpr std::size_t kSubmissionEntrySize = 512;
  constexpr std::size_t kCompletionEntrySize = 513;
  constexpr std::size_t kOptionalCommands = 520;
  constexpr std::size_t kVolatileWriteCache = 525;
  constexpr unsigned kLargestExponent = 20;  // 4 GiB: as good as none
  if ((Field<std::uint8_t>(data, kSubmissionEntrySize) & 0xf) > 6 ||
      (Field<std::uint8_t>(data, kCompletionEntrySize) & 0xf) > 4) {
    return std::unexpected(Error::kUnsupported);
  }
  const unsigned exponent = Field<std::uint8_t>(data, kMaxTransfer);
  return ControllerFacts{
      .max_transfer =
          exponent == 0 || exponent > kLargestExponent ? 0 : std::size_t{4096} << exponent,
      .write_cache = (Field<std::uint8_t>(data, kVolatileWriteCache) & 1) != 0,
      .dataset_management = (Field<std::uint16_t>(data, kOptionalCommands) & 4) != 0};
}

Result<NamespaceFacts> ParseNamespace(std::span<const std::byte, Identify::kSize> data) {
  constexpr std::size_t kSize = 0;
  constexpr std::size_t kFormat = 26;
  constexpr std::size_t kAttributes = 99;
  constexpr std::size_t kFirstFormat = 128;
  const auto block_count = Field<std::uint64_t>(data, kSize);
  if (block_count == 0) {
    return std::unexpected(Error::kNotFound);
  }
  const std::size_t index = Field<std::uint8_t>(data, kFormat) & 0xf;
  const auto format = Field<std::uint32_t>(data, kFirstFormat + 4 * index);
  const std::uint32_t metadata_bytes = format & 0xffff;
  const std::uint32_t exponent = format >> 16 & 0xff;
  if (metadata_bytes != 0) {
    return std::unexpected(Error::kUnsupported);
  }
  if (exponent < 9 || exponent > 16) {
    return std::unexpected(Error::kBroken);
  }
  return NamespaceFacts{.block_size = std::uint32_t{1} << exponent,
                        .block_count = block_count,
                        .read_only = (Field<std::uint8_t>(data, kAttributes) & 1) != 0};
}

}  // namespace ashlar::nvme
