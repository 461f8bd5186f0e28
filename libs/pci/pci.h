// PCI: which devices are on the bus, where their registers lie, how they interrupt.
//
// Firmware or the VMM has numbered the buses and assigned the addresses; this library finds out,
// changes nothing but what a driver asks for, and believes nothing: every value read from a device
// is validated.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/base/result.h"

namespace ashlar::pci {

/// Where a function sits [PCI-3.0 §3.2.2.3].
struct Address {
  std::uint8_t bus = 0;
  std::uint8_t device = 0;    ///< 0..31
  std::uint8_t function = 0;  ///< 0..7

  bool operator==(const Address&) const = default;
};

/// A way to the configuration registers: mechanism1.h, ecam.h, or a test's.
class ConfigSpace {
 public:
  /// The 32 bits at `offset`, a multiple of 4 below 256; all ones where there is no function.
  virtual std::uint32_t Read(Address address, std::uint8_t offset) = 0;
  virtual void Write(Address address, std::uint8_t offset, std::uint32_t value) = 0;

 protected:
  ~ConfigSpace() = default;
};

/// A function, and what it says it is.
struct Function {
  Address address;
  std::uint16_t vendor_id = 0;
  std::uint16_t device_id = 0;
  std::uint8_t class_code = 0;
  std::uint8_t subclass = 0;
  std::uint8_t programming_interface = 0;
  std::uint8_t header_type = 0;  ///< 0: a device, 1: a bridge; without the multi-function bit
};

/// Walks all functions of the buses that can be reached from bus 0, in ascending order of bus,
/// device, function. A bridge that leads back to a bus already seen is not followed: each function
/// comes once.
class Walk {
 public:
  explicit Walk(ConfigSpace& config) : config_(config) { pending_[0] = 1; }

  /// The next function, or nothing after the last.
  std::optional<Function> Next();

  /// Has Next(), which said that there is nothing more, go on with the buses that it has not been
  /// to: those behind other root buses, which only the firmware's tables name. Thousands of
  /// registers are read on the way. False if it did that already.
  bool GoOnElsewhere();

 private:
  // What is at `address`, whose first register is `ids`.
  Function Look(Address address, std::uint32_t ids, bool& multi_function);
  void FindNextBus();

  ConfigSpace& config_;
  std::array<std::uint64_t, 4> pending_ = {};  // buses to walk, and those walked
  bool elsewhere_ = false;                     // all that is left: no bridge needs to be followed
  unsigned bus_ = 0;
  unsigned slot_ = 0;  // device and function to look at next
};

/// What a function does with a base address register [PCI-3.0 §6.2.5].
struct Bar {
  std::uint64_t address = 0;  ///< of the first byte; a physical address, or a port
  std::uint64_t size = 0;     ///< bytes, a power of two
  bool io = false;            ///< ports instead of memory
  bool prefetchable = false;
};

/// Reads register `index` (0..5) and, by writing to it for a moment, its size; decoding is off
/// meanwhile. kNotFound: not implemented; kUnsupported: nobody assigned an address; kBroken:
/// nonsense.
Result<Bar> ReadBar(ConfigSpace& config, Address address, unsigned index);

/// Capability IDs [PCI-3.0 appendix H].
inline constexpr std::uint8_t kCapabilityPower = 0x01;
inline constexpr std::uint8_t kCapabilityMsi = 0x05;
inline constexpr std::uint8_t kCapabilityVendor = 0x09;
inline constexpr std::uint8_t kCapabilityExpress = 0x10;
inline constexpr std::uint8_t kCapabilityMsix = 0x11;

/// The offset of the first capability with `id` in the list; the first after the one at offset
/// `after` if that is not zero. kNotFound: there is none; kBroken: the list leads nowhere or into a
/// circle. Who goes from one to the next counts them: in a circle that has one there is no last.
Result<std::uint8_t> FindCapability(ConfigSpace& config, Address address, std::uint8_t id,
                                    std::uint8_t after = 0);

/// Bits of the command register [PCI-3.0 §6.2.2].
inline constexpr std::uint16_t kCommandIo = 1 << 0;
inline constexpr std::uint16_t kCommandMemory = 1 << 1;
inline constexpr std::uint16_t kCommandBusMaster = 1 << 2;
inline constexpr std::uint16_t kCommandInterruptDisable = 1 << 10;

/// Sets and clears bits of the command register; the status register next to it stays as it is.
void ChangeCommand(ConfigSpace& config, Address address, std::uint16_t set,
                   std::uint16_t clear = 0);

/// Has the function work at full power (D0), with the addresses that it had, if firmware left it
/// asleep [PCI-PM-1.2 §3.2.4, §5.4]: `sleep` passes the time that it takes then. kBroken: it does
/// not wake up.
Result<void> WakeUp(ConfigSpace& config, Address address,
                    void (*sleep)(std::chrono::milliseconds duration));

/// Has the function, and the bridge that leads to it, leave their link awake (no L0s, no L1)
/// [PCIe-5.0 §7.5.3.7]; on a bus of PCI there is none.
void KeepLinkAwake(ConfigSpace& config, Address address);

/// The interrupt line that firmware noted down [PCI-3.0 §6.2.4]. kNotFound: the function uses none,
/// or nobody did.
Result<std::uint8_t> InterruptLine(ConfigSpace& config, Address address);

/// Has the function send no messages, whatever was set up before: by EnableMsi() or EnableMsix(),
/// or by firmware.
void DisableMessages(ConfigSpace& config, Address address);

/// Has the function send one message for all it has to say, and no more line interrupts [PCI-3.0
/// §6.8.1]. kNotFound: it has no MSI; kUnsupported: it cannot reach the address; kBroken: nonsense.
Result<void> EnableMsi(ConfigSpace& config, Address address, std::uint64_t message_address,
                       std::uint32_t data);

/// A function's table of interrupt messages [PCI-3.0 §6.8.2].
struct Msix {
  std::uint8_t capability = 0;      ///< offset in the configuration
  std::uint16_t entries = 0;        ///< 1..2048
  std::uint64_t table_address = 0;  ///< physical; kMsixEntrySize bytes an entry
};
inline constexpr std::size_t kMsixEntrySize = 16;

/// Finds the table. kNotFound: the function has no MSI-X; errors of ReadBar(); kBroken: the table
/// lies outside its register range.
Result<Msix> FindMsix(ConfigSpace& config, Address address);

/// Has the function send messages from now on, and no more line interrupts. Entries that nobody
/// has written since its reset are masked [PCI-3.0 §6.8.2.9].
void EnableMsix(ConfigSpace& config, Address address, const Msix& msix);

/// Writes and unmasks entry `index` of the table behind `bus` (an io::Bus at its table_address).
template <typename Bus>
void WriteMsixEntry(Bus bus, std::uint16_t index, std::uint64_t message_address,
                    std::uint32_t data) {
  const std::size_t entry = index * kMsixEntrySize;
  constexpr std::uint32_t kMasked = 1;
  bus.Write32(entry + 12, kMasked);
  bus.Write32(entry + 0, static_cast<std::uint32_t>(message_address));
  bus.Write32(entry + 4, static_cast<std::uint32_t>(message_address >> 32));
  bus.Write32(entry + 8, data);
  bus.Write32(entry + 12, 0);
}

}  // namespace ashlar::pci
