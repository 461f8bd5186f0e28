// The host's side of an image's network: ports, tap devices, and a network namespace for processes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/run/options.h"

namespace ashlar::run {

/// A descriptor that is closed with its owner.
class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(other.Release()) {}
  File& operator=(File&& other) noexcept;
  ~File();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release();

 private:
  int fd_ = -1;
};

/// A TCP port of 127.0.0.1 with a socket that is bound to it.
struct Port {
  File socket;
  std::uint16_t number;
};

/// Keeps a port for a program started from now on: `wanted`, or any that is free. As long as the
/// socket lives the kernel gives the port to nobody who asks for any; who asks for this one and
/// says SO_REUSEADDR, as QEMU does, gets it.
std::expected<Port, Complaint> HoldPort(std::optional<std::uint16_t> wanted);

/// Listens on `wanted`, or on any free port.
std::expected<Port, Complaint> Listen(std::optional<std::uint16_t> wanted);

/// An open tap device, and the words that tell the image its address where we gave it one.
struct Network {
  File tap;
  std::string image_address;            ///< dotted; empty: the image finds one for itself
  std::vector<std::string> parameters;  ///< net.address=... net.gateway=...
};

/// Opens the tap `name`; makes it, with addresses 10.x.y.1 and .2, if there is none and this
/// process may.
std::expected<Network, Complaint> OpenTap(const std::string& name);

/// Moves this process into a network namespace of its own (and, without root, a user namespace) and
/// makes a tap there, host 10.0.2.2, image 10.0.2.15, as QEMU's user network has them. Sockets made
/// before stay outside.
std::expected<Network, Complaint> EnterNetworkNamespace();

}  // namespace ashlar::run
