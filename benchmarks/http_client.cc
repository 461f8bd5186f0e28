// Blocking sockets, one at a time; an answer counts only if its status and its length are right.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <format>

namespace benchmarks {
namespace {

sockaddr_in AddressOf(const Server& server) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  address.sin_addr.s_addr = htonl(server.address);
  return address;
}

}  // namespace

std::uint16_t FreePort() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = AddressOf({.port = 0});
  socklen_t size = sizeof address;
  const bool bound = bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(probe);
  return bound ? ntohs(address.sin_port) : 0;
}

std::optional<Connection> Connection::Open(const Server& server) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int on = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = AddressOf(server);
  if (connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(connection);
    return std::nullopt;
  }
  return Connection(connection);
}

Connection::~Connection() {
  if (socket_ >= 0) {
    close(socket_);
  }
}

std::optional<std::size_t> Connection::Get(std::string_view path, bool keep_alive) {
  const std::string request = std::format("GET {} HTTP/1.1\r\nHost: benchmark\r\n{}\r\n", path,
                                          keep_alive ? "" : "Connection: close\r\n");
  if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return std::nullopt;
  }
  buffer_.clear();
  std::size_t whole = buffer_.npos;
  std::size_t head = 0;
  while (buffer_.size() < whole) {
    const std::size_t before = buffer_.size();
    buffer_.resize(before + 65536);
    const ssize_t size = recv(socket_, buffer_.data() + before, 65536, 0);
    buffer_.resize(before + static_cast<std::size_t>(size > 0 ? size : 0));
    if (size <= 0) {
      return std::nullopt;
    }
    if (whole == buffer_.npos) {
      const std::size_t end = buffer_.find("\r\n\r\n");
      if (end == buffer_.npos) {
        continue;
      }
      head = end + 4;
      constexpr std::string_view kLength = "Content-Length: ";
      const std::size_t length = buffer_.find(kLength);
      std::size_t body = 0;
      if (!buffer_.starts_with("HTTP/1.1 200 ") || length >= end) {
        return std::nullopt;
      }
      std::from_chars(buffer_.data() + length + kLength.size(), buffer_.data() + end, body);
      whole = head + body;
    }
  }
  return buffer_.size() == whole ? std::optional(whole - head) : std::nullopt;
}

}  // namespace benchmarks
