// Connection: what the server remembers of a client between two events.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/intrusive_list.h"

namespace ashlar::httpd {

/// What a connection waits for. Each has one time limit for all, so the connections that wait for
/// the same thing stand in one list in the order in which their time is up: setting and clearing a
/// timer is O(1).
enum class Waiting : std::uint8_t {
  kIdle,    ///< for the next request to begin
  kHead,    ///< for the rest of a head, or of a body that is thrown away
  kSend,    ///< for the client to take more
  kLinger,  ///< for the client to close, after an answer that it might lose otherwise
};
inline constexpr std::size_t kWaitingKinds = 4;

/// Bytes of the heap, counted by the server.
struct OwnBytes {
  char* data = nullptr;
  std::uint32_t size = 0;  ///< in use
  std::uint32_t capacity = 0;
};

struct Connection : IntrusiveListNode<Connection> {
  int descriptor = -1;
  std::uint32_t events = 0;   ///< that epoll watches for; 0: it doesn't know the descriptor yet
  std::int64_t deadline = 0;  ///< nanoseconds of the monotonic clock
  Waiting waiting = Waiting::kIdle;
  bool finishing = false;  ///< nothing follows what is being sent
  bool lingers = false;    ///< then wait for the client to close
  bool is_spare = false;   ///< one of those that only say 503
  std::uint32_t seen = 0;  ///< bytes of `input` that were parsed before
  std::uint64_t skip = 0;  ///< bytes of a body to throw away
  OwnBytes input;          ///< received and not yet dealt with
  OwnBytes output;         ///< to be sent before `body`
  std::uint32_t output_sent = 0;
  std::span<const std::byte> body;  ///< of a file, to be sent
  sockaddr_in6 peer{};              ///< sockaddr_in where the family says so; for the access log
};

}  // namespace ashlar::httpd
