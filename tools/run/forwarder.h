// The forwarder: connections to a listening socket, handed on byte by byte to another address.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <poll.h>

#include <cstddef>
#include <list>
#include <string>
#include <vector>

#include "tools/run/host_network.h"

namespace ashlar::run {

/// Joins each connection accepted from a listener with one of its own to the target. One thread, no
/// blocking call: the owner polls.
class Forwarder {
 public:
  /// Raises the process's limit of open files, as far as it may.
  Forwarder(File listener, const sockaddr_in& target);

  /// Adds the descriptors to wait for.
  void AddTo(std::vector<pollfd>& fds) const;
  /// Moves what can be moved now.
  void Run();

 private:
  // One direction: what was read from one side and not yet written to the other.
  struct Stream {
    std::string bytes;
    bool ended = false;  // the reading side has sent its last byte
    bool shut = false;   // and the writing side was told
  };
  struct Connection {
    File outside;
    File inside;
    bool connected = false;
    bool broken = false;
    Stream inward;
    Stream outward;
  };

  void Accept();
  static void Move(Connection& connection, const File& from, const File& to, Stream& stream);
  static bool Finished(const Connection& connection);

  File listener_;
  sockaddr_in target_;
  std::size_t max_connections_;  // More wait in the listener's queue.
  std::list<Connection> connections_;
};

}  // namespace ashlar::run
