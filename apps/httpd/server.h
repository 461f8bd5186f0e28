// The server: connections, on non-blocking sockets and epoll, in one thread.
//
// A connection is a small object from a pool and holds no buffer while it waits: whatever arrives
// is read into one buffer that all share, and only a head that comes in pieces, or an answer that
// the network won't take at once, makes it keep bytes of its own. The way of an ordinary request is
// recv, a look-up, sendmsg; it allocates nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "libs/rootfs/rootfs.h"

namespace ashlar::httpd {

struct Options {
  std::uint16_t port = 80;  ///< 0: any that is free
  std::size_t connections =
      512;                  ///< at once; one more gets the place of the longest idle one, or 503
  bool access_log = false;  ///< a line for each response, on standard output
  std::chrono::seconds head_timeout{10};  ///< from a head's first byte to its last: 408
  std::chrono::seconds idle_timeout{60};  ///< between requests: the connection ends
  std::chrono::seconds send_timeout{30};  ///< without the client taking a byte: the connection ends
};

/// A server that listens. There is no way to get rid of one: it lives as long as the program.
class Server;

/// Listens, on IPv6 and IPv4 where there are both, and takes the memory for all connections. The
/// error is a sentence.
std::expected<Server*, const char*> Listen(const Options& options, const rootfs::Archive& files);

/// The port that `server` listens on.
std::uint16_t Port(const Server& server);

/// Serves. Returns only if the system refuses to wait, with a sentence.
const char* Serve(Server& server);

}  // namespace ashlar::httpd
