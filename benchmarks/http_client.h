// A small HTTP client for counting what a request costs: one connection at a time, every answer
// checked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace benchmarks {

/// A TCP connection to 127.0.0.1.
class Connection {
 public:
  static std::optional<Connection> Open(std::uint16_t port);
  ~Connection();
  Connection(Connection&& other) noexcept : socket_(other.socket_) { other.socket_ = -1; }
  Connection& operator=(Connection&&) = delete;

  /// Sends a GET and reads the whole answer. The body's size, or nothing if it is not a 200 with
  /// its whole body.
  std::optional<std::size_t> Get(std::string_view path, bool keep_alive);

 private:
  explicit Connection(int socket) : socket_(socket) {}
  int socket_;
  std::string buffer_;
};

/// A port of 127.0.0.1 that was free a moment ago.
std::uint16_t FreePort();

}  // namespace benchmarks
