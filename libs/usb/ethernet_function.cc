// Looks for the Ethernet card.
// SPDX-License-Identifier: Apache-2.0
#include "libs/usb/ethernet_function.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include "libs/netdev/netdev.h"
#include "libs/usb/descriptors.h"
#include "libs/usb/host_controller.h"

namespace ashlar::usb {
namespace {

// The control interface: who it is, and what its class says of it [CDC §5.2.3] [ECM §5.4].
std::optional<EthernetFunction> FindControl(std::span<const std::byte> configuration) {
  constexpr std::uint8_t kCommunications = 2;
  constexpr std::uint8_t kEthernetModel = 6;
  constexpr std::uint8_t kUnion = 6;
  constexpr std::uint8_t kEthernet = 15;
  constexpr std::size_t kUnionBytes = 5;
  constexpr std::size_t kEthernetBytes = 13;
  EthernetFunction function;
  bool ours = false;
  bool has_union = false;
  bool has_ethernet = false;
  Descriptors all(configuration);
  while (const auto descriptor = all.Next()) {
    if (const auto interface = AsInterface(*descriptor)) {
      if (has_union && has_ethernet) {
        break;
      }
      ours = interface->interface_class == kCommunications && interface->subclass == kEthernetModel;
      has_union = false;
      has_ethernet = false;
      function.control_interface = interface->number;
    } else if (ours && descriptor->type == DescriptorType::kClassInterface) {
      const std::uint8_t subtype = descriptor->At8(2);
      if (subtype == kUnion && descriptor->bytes.size() >= kUnionBytes) {
        has_union = true;
        function.data_interface = descriptor->At8(4);
      } else if (subtype == kEthernet && descriptor->bytes.size() >= kEthernetBytes) {
        has_ethernet = true;
        function.address_string = descriptor->At8(3);
        function.max_segment = descriptor->At16(8);
      }
    }
  }
  return has_union && has_ethernet ? std::optional(function) : std::nullopt;
}

// The first setting of the data interface that has an endpoint each way.
bool FindEndpoints(std::span<const std::byte> configuration, EthernetFunction& function) {
  constexpr std::uint8_t kData = 10;
  bool ours = false;
  Descriptors all(configuration);
  while (const auto descriptor = all.Next()) {
    if (const auto interface = AsInterface(*descriptor)) {
      ours = interface->number == function.data_interface && interface->interface_class == kData;
      function.alternate = interface->alternate;
      function.in = {};
      function.out = {};
    } else if (const auto endpoint = AsBulkEndpoint(*descriptor); ours && endpoint) {
      (endpoint->in() ? function.in : function.out) = *endpoint;
      if (function.in.max_packet != 0 && function.out.max_packet != 0) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::optional<EthernetFunction> FindEthernetFunction(std::span<const std::byte> configuration) {
  std::optional<EthernetFunction> function = FindControl(configuration);
  if (!function || !FindEndpoints(configuration, *function)) {
    return std::nullopt;
  }
  return function;
}

std::optional<netdev::MacAddress> ReadMacAddress(std::string_view digits) {
  netdev::MacAddress address = {};
  if (digits.size() != 2 * address.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < address.size(); ++i) {
    const char* const first = digits.data() + 2 * i;
    const auto [end, error] = std::from_chars(first, first + 2, address[i], 16);
    if (error != std::errc() || end != first + 2) {
      return std::nullopt;
    }
  }
  const bool multicast = (address[0] & 1) != 0;
  if (multicast || address == netdev::MacAddress{}) {
    return std::nullopt;
  }
  return address;
}

}  // namespace ashlar::usb
