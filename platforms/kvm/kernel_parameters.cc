// Reads `virtio_mmio.device=SIZE@ADDRESS:INTERRUPT`.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/kernel_parameters.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/acpi/aml.h"

namespace ashlar::kvm {
namespace {

// Takes a number, hexadecimal after "0x", off the front of `text`; nothing if there is none or it
// needs more than 32 bits.
std::optional<std::uint32_t> TakeNumber(std::string_view& text) {
  const bool hexadecimal = text.starts_with("0x");
  const unsigned base = hexadecimal ? 16 : 10;
  text.remove_prefix(hexadecimal ? 2 : 0);
  std::uint64_t value = 0;
  bool any = false;
  while (!text.empty()) {
    const char character = text.front();
    unsigned digit = 16;
    if (character >= '0' && character <= '9') {
      digit = static_cast<unsigned>(character - '0');
    } else if (character >= 'a' && character <= 'f') {
      digit = static_cast<unsigned>(character - 'a') + 10;
    }
    if (digit >= base) {
      break;
    }
    value = value * base + digit;
    if (value > 0xffffffff) {
      return std::nullopt;
    }
    any = true;
    text.remove_prefix(1);
  }
  return any ? std::optional(static_cast<std::uint32_t>(value)) : std::nullopt;
}

bool TakeCharacter(std::string_view& text, char character) {
  if (!text.starts_with(character)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<acpi::VirtioMmioDevice> ParseVirtioMmioDevice(std::string_view word) {
  constexpr std::string_view kName = "virtio_mmio.device=";
  if (!word.starts_with(kName)) {
    return std::nullopt;
  }
  word.remove_prefix(kName.size());
  const auto size = TakeNumber(word);
  const std::uint32_t unit = TakeCharacter(word, 'K')   ? 1024
                             : TakeCharacter(word, 'M') ? 1024 * 1024
                                                        : 1;
  if (!size || *size == 0 || *size > 0xffffffff / unit || !TakeCharacter(word, '@')) {
    return std::nullopt;
  }
  const auto address = TakeNumber(word);
  if (!address || !TakeCharacter(word, ':')) {
    return std::nullopt;
  }
  const auto interrupt = TakeNumber(word);
  if (!interrupt || (!word.empty() && word.front() != ':')) {
    return std::nullopt;
  }
  return acpi::VirtioMmioDevice{*address, *size * unit, *interrupt};
}

}  // namespace ashlar::kvm
