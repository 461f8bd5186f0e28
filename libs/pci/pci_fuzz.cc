// Fuzzes what is read from PCI devices: a configuration space whose registers are the input's
// bytes.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/pci/pci.h"
#include "rules/tools/fuzz_input.h"

namespace ashlar::pci {
namespace {

using fuzz::Expect;

// Two devices on each of four buses; each register reads as the next four bytes of the input, or as
// what was written.
class FuzzedConfigSpace final : public ConfigSpace {
 public:
  explicit FuzzedConfigSpace(std::span<const std::uint8_t> input) : input_(input) {}

  std::uint32_t Read(Address address, std::uint8_t offset) override {
    if (address.bus > 3 || address.device > 1) {
      return ~std::uint32_t{0};
    }
    Expect(offset % 4 == 0);
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      value = value << 8 | Next();
    }
    return value;
  }
  void Write(Address, std::uint8_t, std::uint32_t) override {}

 private:
  std::uint8_t Next() {
    if (input_.empty()) {
      return 0xff;
    }
    const std::uint8_t byte = input_.front();
    input_ = input_.subspan(1);
    return byte;
  }

  std::span<const std::uint8_t> input_;
};

void Run(std::span<const std::uint8_t> input) {
  FuzzedConfigSpace config(input);
  Walk walk(config);
  int functions = 0;
  for (;;) {
    const auto function = walk.Next();
    if (!function) {
      if (walk.GoOnElsewhere()) {
        continue;
      }
      break;
    }
    Expect(++functions <= 4 * 2 * 8);
    for (unsigned i = 0; i < 6; ++i) {
      if (const auto bar = ReadBar(config, function->address, i)) {
        Expect(bar->size != 0 && bar->address % bar->size == 0 &&
               bar->address + (bar->size - 1) >= bar->address);
      }
    }
    if (const auto offset = FindCapability(config, function->address, kCapabilityVendor)) {
      Expect(*offset >= 0x40 && *offset % 4 == 0);
    }
    if (const auto msix = FindMsix(config, function->address)) {
      Expect(msix->entries >= 1 && msix->entries <= 2048 && msix->capability <= 256 - 12);
      EnableMsix(config, function->address, *msix);
    }
    (void)InterruptLine(config, function->address);
    DisableMessages(config, function->address);
    KeepLinkAwake(config, function->address);
    (void)WakeUp(config, function->address, [](std::chrono::milliseconds) {});
  }
}

}  // namespace
}  // namespace ashlar::pci

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ashlar::pci::Run({data, size});
  return 0;
}
