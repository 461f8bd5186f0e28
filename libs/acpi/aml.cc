// Finds names in byte code and reads the constants behind them.
// SPDX-License-Identifier: Apache-2.0
#include "libs/acpi/aml.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "libs/acpi/acpi.h"
#include "libs/base/foreign_bytes.h"

namespace ashlar::acpi {
namespace {

using Bytes = std::span<const std::byte>;

// Opcodes [ACPI §20.2].
constexpr std::uint8_t kZero = 0x00;
constexpr std::uint8_t kOne = 0x01;
constexpr std::uint8_t kName = 0x08;
constexpr std::uint8_t kBytePrefix = 0x0a;
constexpr std::uint8_t kWordPrefix = 0x0b;
constexpr std::uint8_t kDwordPrefix = 0x0c;
constexpr std::uint8_t kBuffer = 0x11;
constexpr std::uint8_t kPackage = 0x12;
constexpr std::uint8_t kRootPrefix = '\\';

// Reads byte code from front to back; reading past the end fails once and for all.
class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}

  bool failed() const { return failed_; }
  Bytes rest() const { return bytes_; }

  std::uint8_t Byte() {
    if (bytes_.empty()) {
      failed_ = true;
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_ = bytes_.subspan(1);
    return value;
  }

  template <typename T>
  T Number() {
    const T value = Load<T>(bytes_, 0);
    if (bytes_.size() < sizeof(T)) {
      failed_ = true;
      bytes_ = {};
    } else {
      bytes_ = bytes_.subspan(sizeof(T));
    }
    return value;
  }

  // A package length [ACPI §20.2.4]; it counts itself, and what follows it is returned: the bytes
  // it still spans.
  Bytes Package() {
    const std::size_t before = bytes_.size();
    const std::uint8_t lead = Byte();
    const unsigned more = lead >> 6;
    std::size_t length = more == 0 ? lead & 0x3f : lead & 0x0f;
    for (unsigned i = 0; i < more; ++i) {
      length |= static_cast<std::size_t>(Byte()) << (4 + 8 * i);
    }
    const std::size_t used = before - bytes_.size();
    if (failed_ || length < used || length - used > bytes_.size()) {
      failed_ = true;
      return {};
    }
    return bytes_.first(length - used);
  }

  // A constant of at most 32 bits.
  std::uint32_t Integer() {
    switch (Byte()) {
      case kZero:
        return 0;
      case kOne:
        return 1;
      case kBytePrefix:
        return Byte();
      case kWordPrefix:
        return Number<std::uint16_t>();
      case kDwordPrefix:
        return Number<std::uint32_t>();
      default:
        failed_ = true;
        return 0;
    }
  }

 private:
  Bytes bytes_;
  bool failed_ = false;
};

// Where `text` begins in `bytes` from `position` on; bytes.size() if it doesn't.
std::size_t Find(Bytes bytes, std::string_view text, std::size_t position) {
  const auto matches = [](std::byte byte, char character) {
    return byte == static_cast<std::byte>(character);
  };
  const auto found = std::search(bytes.begin() + static_cast<std::ptrdiff_t>(position), bytes.end(),
                                 text.begin(), text.end(), matches);
  return static_cast<std::size_t>(found - bytes.begin());
}

// Whether the name at `position` is being defined by a Name operator, with or without the root's
// backslash.
bool IsDefinition(Bytes bytes, std::size_t position) {
  if (position > 0 && static_cast<std::uint8_t>(bytes[position - 1]) == kRootPrefix) {
    --position;
  }
  return position > 0 && static_cast<std::uint8_t>(bytes[position - 1]) == kName;
}

// Small and large resource items [ACPI §6.4].
constexpr std::uint8_t kLargeItem = 0x80;
constexpr std::uint8_t kEndTag = 0x79;
constexpr std::uint8_t kFixedMemory32 = 0x86;
constexpr std::uint8_t kExtendedInterrupt = 0x89;

// A device's memory range and interrupt out of its resource template; nothing if either is missing.
std::optional<VirtioMmioDevice> ReadResources(Bytes resources) {
  VirtioMmioDevice device{};
  bool has_memory = false;
  bool has_interrupt = false;
  Reader reader(resources);
  while (!reader.failed() && !reader.rest().empty()) {
    const std::uint8_t tag = reader.Byte();
    if (tag == kEndTag) {
      break;
    }
    const std::size_t length = (tag & kLargeItem) != 0 ? reader.Number<std::uint16_t>() : tag & 7U;
    if (reader.failed() || length > reader.rest().size()) {
      break;
    }
    const Bytes item = reader.rest().first(length);
    if (tag == kFixedMemory32 && length >= 9) {
      device.address = Load<std::uint32_t>(item, 1);
      device.size = Load<std::uint32_t>(item, 5);
      has_memory = true;
    } else if (tag == kExtendedInterrupt && length >= 6 && Load<std::uint8_t>(item, 1) >= 1) {
      device.interrupt = Load<std::uint32_t>(item, 2);
      has_interrupt = true;
    }
    reader = Reader(reader.rest().subspan(length));
  }
  return has_memory && has_interrupt ? std::optional(device) : std::nullopt;
}

}  // namespace

std::optional<SleepType> FindSoftOff(Table dsdt) {
  constexpr std::string_view kSoftOff = "_S5_";
  for (std::size_t at = Find(dsdt, kSoftOff, 0); at < dsdt.size();
       at = Find(dsdt, kSoftOff, at + 1)) {
    if (!IsDefinition(dsdt, at)) {
      continue;
    }
    Reader definition(dsdt.subspan(at + kSoftOff.size()));
    if (definition.Byte() != kPackage) {
      continue;
    }
    Reader package(definition.Package());
    package.Byte();  // The number of elements.
    const std::uint32_t a = package.Integer();
    const std::uint32_t b = package.Integer();
    constexpr std::uint32_t kMaxSleepType = 7;
    if (!definition.failed() && !package.failed() && a <= kMaxSleepType && b <= kMaxSleepType) {
      return SleepType{static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)};
    }
  }
  return std::nullopt;
}

std::optional<VirtioMmioDevice> VirtioMmioDevices::Next() {
  constexpr std::string_view kIdentity = "LNRO0005";
  constexpr std::string_view kResources = "_CRS";
  while (position_ < dsdt_.size()) {
    const std::size_t identity = Find(dsdt_, kIdentity, position_);
    const std::size_t next =
        identity == dsdt_.size() ? identity : Find(dsdt_, kIdentity, identity + 1);
    position_ = next;
    // The device ends before the next one begins.
    const Bytes device = dsdt_.subspan(identity, next - identity);
    const std::size_t resources = Find(device, kResources, 0);
    if (resources == device.size() || !IsDefinition(device, resources)) {
      continue;
    }
    Reader definition(device.subspan(resources + kResources.size()));
    if (definition.Byte() != kBuffer) {
      continue;
    }
    Reader buffer(definition.Package());
    buffer.Integer();  // The buffer's size; the package's end bounds it.
    if (definition.failed() || buffer.failed()) {
      continue;
    }
    if (const auto found = ReadResources(buffer.rest())) {
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace ashlar::acpi
