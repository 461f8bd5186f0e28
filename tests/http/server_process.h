// ServerProcess: an HTTP server started by a command, for the length of a test.
//
// The command is in the environment, so that one test serves for the host's program and for every
// image:
//   HTTP_SERVER          the program, a path below the test's runfiles or an absolute one
//   HTTP_SERVER_WORDS    words before those that a test adds, split at blanks: "--port=0" or "--"
//   HTTP_SERVER_ADDRESS  where it serves, at port 80, if it can't say so itself
// It says where it serves by a line with "http://ADDRESS:PORT" or "serving on port PORT".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::http_test {

class ServerProcess {
 public:
  /// Starts the server with more words, and waits until it answers. A server that doesn't within
  /// two minutes fails the test program, with what it printed.
  explicit ServerProcess(const std::vector<std::string>& words = {});
  /// Ends it.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:8080"
  std::string url() const { return "http://" + address_ + ":" + std::to_string(port_); }

  /// Whether it still runs.
  bool Runs();
  /// What it printed since it was started.
  std::string Output();

 private:
  bool FindAddress();

  pid_t pid_ = -1;
  int output_fd_ = -1;
  std::string output_;
  std::string address_;
  std::uint16_t port_ = 0;
};

}  // namespace ashlar::http_test
