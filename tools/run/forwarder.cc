// Copies between pairs of non-blocking sockets, with a buffer each way.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/forwarder.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <list>
#include <utility>
#include <vector>

namespace ashlar::run {
namespace {

constexpr std::size_t kMaxBuffered = 256 << 10;

// Two descriptors each, and some for everything else.
constexpr std::size_t kMaxConnections = 2000;
constexpr std::size_t kOtherFiles = 64;

std::size_t AffordableConnections() {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 2 * kMaxConnections + kOtherFiles);
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur > kOtherFiles + 2
             ? std::min<std::size_t>((limit.rlim_cur - kOtherFiles) / 2, kMaxConnections)
             : 1;
}

bool TryLater() {
  return errno == EAGAIN || errno == EINTR || errno == ENOTCONN || errno == EINPROGRESS;
}

}  // namespace

Forwarder::Forwarder(File listener, const sockaddr_in& target)
    : listener_(std::move(listener)), target_(target), max_connections_(AffordableConnections()) {}

void Forwarder::AddTo(std::vector<pollfd>& fds) const {
  if (connections_.size() < max_connections_) {
    fds.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
  }
  for (const Connection& connection : connections_) {
    const auto wanted = [&](const Stream& out, const Stream& in) {
      short events = 0;
      if (!out.ended && out.bytes.size() < kMaxBuffered) {
        events |= POLLIN;
      }
      if (!in.bytes.empty()) {
        events |= POLLOUT;
      }
      return events;
    };
    fds.push_back({.fd = connection.outside.get(),
                   .events = wanted(connection.inward, connection.outward),
                   .revents = 0});
    const short inside = wanted(connection.outward, connection.inward);
    fds.push_back({.fd = connection.inside.get(),
                   .events = static_cast<short>(connection.connected ? inside : POLLOUT),
                   .revents = 0});
  }
}

void Forwarder::Accept() {
  while (connections_.size() < max_connections_) {
    File outside(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!outside.valid()) {
      return;
    }
    File inside(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    constexpr int kOn = 1;
    setsockopt(outside.get(), IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof(kOn));
    setsockopt(inside.get(), IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof(kOn));
    if (connect(inside.get(), reinterpret_cast<const sockaddr*>(&target_), sizeof(target_)) != 0 &&
        errno != EINPROGRESS) {
      continue;  // Both close: the client sees a reset, as from a machine without the service.
    }
    connections_.push_back(
        {.outside = std::move(outside), .inside = std::move(inside), .inward = {}, .outward = {}});
  }
}

void Forwarder::Move(Connection& connection, const File& from, const File& to, Stream& stream) {
  char buffer[16384];
  while (!stream.ended && stream.bytes.size() < kMaxBuffered) {
    const ssize_t count = recv(from.get(), buffer, sizeof(buffer), 0);
    if (count > 0) {
      stream.bytes.append(buffer, static_cast<std::size_t>(count));
    } else if (count == 0) {
      stream.ended = true;
    } else {
      connection.broken = connection.broken || !TryLater();
      break;
    }
  }
  while (!stream.bytes.empty()) {
    const ssize_t count = send(to.get(), stream.bytes.data(), stream.bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      stream.bytes.erase(0, static_cast<std::size_t>(count));
    } else {
      connection.broken = connection.broken || !TryLater();
      break;
    }
  }
  if (stream.ended && stream.bytes.empty() && !stream.shut) {
    stream.shut = true;
    shutdown(to.get(), SHUT_WR);
  }
}

bool Forwarder::Finished(const Connection& connection) {
  return connection.broken || (connection.inward.shut && connection.outward.shut);
}

void Forwarder::Run() {
  Accept();
  for (auto connection = connections_.begin(); connection != connections_.end();) {
    if (!connection->connected) {
      pollfd fd = {.fd = connection->inside.get(), .events = POLLOUT, .revents = 0};
      int error = 0;
      socklen_t size = sizeof(error);
      if (poll(&fd, 1, 0) == 1) {
        getsockopt(connection->inside.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        connection->connected = error == 0;
        connection->broken = error != 0;
      }
    }
    if (connection->connected) {
      Move(*connection, connection->outside, connection->inside, connection->inward);
      Move(*connection, connection->inside, connection->outside, connection->outward);
    }
    if (Finished(*connection)) {
      connection = connections_.erase(connection);
    } else {
      ++connection;
    }
  }
}

}  // namespace ashlar::run
