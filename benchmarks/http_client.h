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

/// Where a server is.
struct Server {
  std::uint32_t address = 0x7f00'0001;  ///< in the CPU's byte order; this machine's own
  std::uint16_t port = 80;
};

/// A TCP connection.
class Connection {
 public:
  static std::optional<Connection> Open(const Server& server);
  ~Connection();
  Connection(Connection&& other) noexcept : socket_(other.socket_) { other.socket_ = -1; }
  Connection& operator=(Connection&&) = delete;

  /// Sends a GET and reads the whole answer. The body's size, or nothing if it is not a 200 with
  /// its whole body.
  std::optional<std::size_t> Get(std::string_view path, bool keep_alive);

  /// The last answer, head and body.
  std::string_view answer() const { return buffer_; }

 private:
  explicit Connection(int socket) : socket_(socket) {}
  int socket_;
  std::string buffer_;
};

/// A port of 127.0.0.1 that was free a moment ago; 0 if there is none.
std::uint16_t FreePort();

}  // namespace benchmarks
