// The raw client.
// SPDX-License-Identifier: Apache-2.0
#include "tests/http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "tests/http/server_process.h"

namespace ashlar::http_test {
namespace {

constexpr int kPatienceMs = 30'000;

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

Client::Client(const ServerProcess& server, std::uint16_t source_port) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  bool good = true;
  if (source_port != 0) {
    setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    address.sin_port = htons(source_port);
    good = bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  address.sin_port = htons(server.port());
  inet_pton(AF_INET, server.address().c_str(), &address.sin_addr);
  if (!good || connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(fd_);
    fd_ = -1;
  }
}

Client::Client(Client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}

Client::~Client() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

bool Client::Send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Client::ShutDown() { shutdown(fd_, SHUT_WR); }

bool Client::Fill() {
  pollfd event{.fd = fd_, .events = POLLIN, .revents = 0};
  if (fd_ < 0 || poll(&event, 1, kPatienceMs) <= 0) {
    return false;
  }
  char buffer[65536];
  const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
  if (size <= 0) {
    return false;
  }
  received_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

std::optional<Reply> Client::Receive(std::string_view method) {
  std::size_t end;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) {
      return std::nullopt;
    }
  }
  Reply reply;
  if (!received_.starts_with("HTTP/1.1 ")) {
    return std::nullopt;
  }
  reply.status = std::stoi(received_.substr(9, 3));
  for (std::size_t line = received_.find("\r\n") + 2; line < end + 2;) {
    const std::size_t line_end = received_.find("\r\n", line);
    const std::size_t colon = received_.find(": ", line);
    reply.fields[Lower(received_.substr(line, colon - line))] =
        received_.substr(colon + 2, line_end - colon - 2);
    line = line_end + 2;
  }
  std::size_t size = 0;
  if (method != "HEAD" && reply.fields.contains("content-length")) {
    size = std::stoul(reply.fields["content-length"]);
  }
  while (received_.size() < end + 4 + size) {
    if (!Fill()) {
      return std::nullopt;
    }
  }
  reply.body = received_.substr(end + 4, size);
  received_.erase(0, end + 4 + size);
  return reply;
}

std::string Client::ReceiveAll() {
  while (Fill()) {
  }
  return std::exchange(received_, {});
}

bool Client::EndsWithin(std::chrono::milliseconds time) {
  pollfd event{.fd = fd_, .events = POLLIN, .revents = 0};
  if (!received_.empty() || poll(&event, 1, static_cast<int>(time.count())) <= 0) {
    return false;
  }
  char byte;
  return recv(fd_, &byte, 1, 0) <= 0;
}

std::optional<Reply> Get(const ServerProcess& server, std::string_view path,
                         std::string_view fields) {
  Client client(server);
  client.Send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
              std::string(fields) + "\r\n");
  return client.Receive();
}

std::optional<double> Metric(const ServerProcess& server, const std::string& name) {
  // Asked twice over one connection: what the server remembers of a connection depends on whether
  // its first request was there when it was accepted, and not on that of a second one.
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\n";
  Client client(server);
  client.Send(request + "\r\n");
  if (!client.Receive().has_value()) {
    return std::nullopt;
  }
  client.Send(request + "Connection: close\r\n\r\n");
  const auto page = client.Receive();
  if (!page.has_value()) {
    return std::nullopt;
  }
  const std::size_t place = page->body.find("\n" + name + " ");
  return place == std::string::npos
             ? std::nullopt
             : std::optional(std::stod(page->body.substr(place + name.size() + 2)));
}

}  // namespace ashlar::http_test
