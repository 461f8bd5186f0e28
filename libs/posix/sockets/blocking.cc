// Sleeping until a socket is ready.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/sockets/blocking.h"

#include <errno.h>
#include <fcntl.h>

#include "libs/net/net.h"

namespace ashlar::posix {

Outcome<Socket*> FindSocket(int descriptor) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Failure(EBADF);
  }
  if (file->kind() != FileKind::kSocket) {
    return Failure(ENOTSOCK);
  }
  return static_cast<Socket*>(file);
}

bool MayBlock(const Socket& socket, int flags) {
  return (socket.flags() & O_NONBLOCK) == 0 && (flags & MSG_DONTWAIT) == 0;
}

Outcome<TcpSocket*> AcceptBlocking(TcpSocket& listener) {
  Outcome<TcpSocket*> connection = listener.Accept();
  if (connection || connection.error() != EAGAIN || !MayBlock(listener, 0)) {
    return connection;
  }
  const Reference reference(listener);
  while (!connection && connection.error() == EAGAIN &&
         listener.Wait(kReadable, listener.read_timeout())) {
    connection = listener.Accept();
  }
  return connection;
}

Outcome<void> ConnectBlocking(Socket& socket, const Endpoint& endpoint) {
  const Outcome<void> started = socket.Connect(endpoint);
  if (started || started.error() != EINPROGRESS || !MayBlock(socket, 0)) {
    return started;
  }
  const Reference reference(socket);
  if (!socket.Wait(kWritable, socket.write_timeout())) {
    return started;
  }
  if (const int error = socket.TakeError(); error != 0) {
    return Failure(error);
  }
  return {};
}

Outcome<std::size_t> SendBlocking(Socket& socket, std::span<const iovec> from, int flags,
                                  const Endpoint* to) {
  Outcome<std::size_t> taken = socket.Send(from, flags, Lifetime::kCall, to);
  if (!MayBlock(socket, flags) || (!taken && taken.error() != EAGAIN)) {
    return taken;
  }
  const std::size_t size = TotalSize(from);
  std::size_t sent = taken.value_or(0);
  if (sent == size) {
    return sent;
  }
  const Reference reference(socket);
  std::size_t skip = sent;  // of the first piece of `from`
  for (;;) {
    while (!from.empty() && skip >= from.front().iov_len) {
      skip -= from.front().iov_len;
      from = from.subspan(1);
    }
    if (sent == size) {
      return sent;
    }
    if (!socket.Wait(kWritable, socket.write_timeout())) {
      return sent > 0 ? Outcome<std::size_t>(sent) : Failure(EAGAIN);
    }
    if (sent > 0 && (socket.readiness() & kError) != 0) {
      return sent;  // the error is told once: to the next call
    }
    const iovec rest = {static_cast<std::byte*>(from.front().iov_base) + skip,
                        from.front().iov_len - skip};
    const bool last = from.size() == 1;
    taken = socket.Send(std::span(&rest, 1), last ? flags : flags | MSG_MORE, Lifetime::kCall, to);
    if (!taken && taken.error() != EAGAIN) {
      return sent > 0 ? Outcome<std::size_t>(sent) : taken;
    }
    sent += taken.value_or(0);
    skip += taken.value_or(0);
  }
}

Outcome<std::size_t> ReceiveBlocking(Socket& socket, std::span<const iovec> into, int& flags,
                                     Endpoint* sender) {
  const int wanted = flags;
  Outcome<std::size_t> got = socket.Receive(into, flags, sender);
  const bool all = (wanted & MSG_WAITALL) != 0 && (wanted & MSG_PEEK) == 0 &&
                   socket.type() == SOCK_STREAM && into.size() == 1 && got && *got > 0 &&
                   *got < into.front().iov_len;
  if (!MayBlock(socket, wanted) || (got && !all) || (!got && got.error() != EAGAIN)) {
    return got;
  }
  const Reference reference(socket);
  std::size_t have = got.value_or(0);
  for (;;) {
    if (!socket.Wait(kReadable | kReadHangUp, socket.read_timeout())) {
      return have > 0 ? Outcome<std::size_t>(have) : Failure(EAGAIN);
    }
    if (have > 0 && (socket.readiness() & kError) != 0) {
      flags = 0;
      return have;  // as above
    }
    flags = wanted;
    if (have > 0) {
      const iovec rest = {static_cast<std::byte*>(into.front().iov_base) + have,
                          into.front().iov_len - have};
      got = socket.Receive(std::span(&rest, 1), flags, sender);
    } else {
      got = socket.Receive(into, flags, sender);
    }
    if (!got && got.error() != EAGAIN) {
      return have > 0 ? Outcome<std::size_t>(have) : got;
    }
    if (!got) {
      continue;
    }
    have += *got;
    if (*got == 0 || (wanted & MSG_WAITALL) == 0 || (wanted & MSG_PEEK) != 0 ||
        socket.type() != SOCK_STREAM || into.size() != 1 || have == into.front().iov_len) {
      return have;
    }
  }
}

}  // namespace ashlar::posix
