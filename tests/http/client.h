// Client: a TCP connection for tests that want to see every byte.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::http_test {

class ServerProcess;

/// A response, read whole.
struct Reply {
  int status = 0;
  std::map<std::string, std::string> fields;  ///< names in lower case
  std::string body;

  /// The field's value, empty if there is none.
  std::string Field(const std::string& name) const {
    const auto field = fields.find(name);
    return field == fields.end() ? "" : field->second;
  }
};

class Client {
 public:
  /// Connects; with a source port, from that one. connected() tells whether it worked.
  explicit Client(const ServerProcess& server, std::uint16_t source_port = 0);
  ~Client();
  Client(Client&& other) noexcept;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  /// Sends everything; false if the connection broke. Never raises a signal.
  bool Send(std::string_view text);
  /// Tells the server that nothing more comes.
  void ShutDown();

  /// The next response, to a request of this method. Nothing if the connection ended before or in
  /// it, or nothing came for 30 seconds.
  std::optional<Reply> Receive(std::string_view method = "GET");
  /// Everything up to the connection's end (or 30 silent seconds).
  std::string ReceiveAll();
  /// Whether the server ends the connection within `time`, sending nothing more.
  bool EndsWithin(std::chrono::milliseconds time);

 private:
  bool Fill();

  int fd_ = -1;
  std::string received_;
};

/// GET on a connection of its own.
std::optional<Reply> Get(const ServerProcess& server, std::string_view path,
                         std::string_view fields = "");

/// The value of one metric on /metrics; nothing if there is none.
std::optional<double> Metric(const ServerProcess& server, const std::string& name);

}  // namespace ashlar::http_test
