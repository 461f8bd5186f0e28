// getsockopt and setsockopt.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <chrono>

#include "libs/posix/sockets/blocking.h"
#include "lwip/tcp.h"

using namespace ashlar::posix;

namespace {

using ashlar::clock::Duration;

timeval ToTimeval(Duration timeout) {
  if (timeout == kForever) {
    return {};
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  return {.tv_sec = static_cast<time_t>(seconds.count()),
          .tv_usec = static_cast<suseconds_t>(
              std::chrono::duration_cast<std::chrono::microseconds>(timeout - seconds).count())};
}

// Zero is for ever. EDOM: not a time.
Outcome<Duration> FromTimeval(const timeval& value) {
  if (value.tv_usec < 0 || value.tv_usec >= 1'000'000) {
    return Failure(EDOM);
  }
  if (value.tv_sec < 0) {
    return Duration::zero();
  }
  constexpr time_t kYears = 100 * 365 * 86'400LL;
  if ((value.tv_sec == 0 && value.tv_usec == 0) || value.tv_sec > kYears) {
    return kForever;
  }
  return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
}

Outcome<int> GetFlag(Socket& socket, unsigned flag) {
  const ip_pcb* options = socket.options();
  return options != nullptr && ip_get_option(options, flag) ? 1 : 0;
}

Outcome<int> GetSocketLevel(Socket& socket, int option) {
  switch (option) {
    case SO_ERROR:
      return socket.TakeError();
    case SO_TYPE:
      return socket.type();
    case SO_DOMAIN:
      return socket.domain();
    case SO_PROTOCOL:
      return socket.type() == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
    case SO_ACCEPTCONN:
      return socket.type() == SOCK_STREAM && static_cast<TcpSocket&>(socket).listening() ? 1 : 0;
    case SO_REUSEADDR:
    case SO_REUSEPORT:
      return GetFlag(socket, SOF_REUSEADDR);
    case SO_KEEPALIVE:
      return GetFlag(socket, SOF_KEEPALIVE);
    case SO_BROADCAST:
      return GetFlag(socket, SOF_BROADCAST);
    case SO_SNDBUF:
      return socket.type() == SOCK_STREAM
                 ? static_cast<int>(static_cast<TcpSocket&>(socket).send_buffer())
                 : 0xffff;
    case SO_RCVBUF:
      return socket.type() == SOCK_STREAM ? static_cast<int>(TCP_WND) : 0xffff;
    case SO_RCVLOWAT:
    case SO_SNDLOWAT:
      return 1;
    default:
      return Failure(ENOPROTOOPT);
  }
}

Outcome<int> GetTcpLevel(Socket& socket, int option) {
  if (socket.type() != SOCK_STREAM) {
    return Failure(ENOPROTOOPT);
  }
  auto& tcp = static_cast<TcpSocket&>(socket);
  switch (option) {
    case TCP_NODELAY:
      return tcp.no_delay() ? 1 : 0;
    case TCP_MAXSEG:
      return tcp.connection() != nullptr ? tcp.connection()->mss : TCP_MSS;
    case TCP_KEEPIDLE:
      return tcp.keep_alive().idle_seconds;
    case TCP_KEEPINTVL:
      return tcp.keep_alive().interval_seconds;
    case TCP_KEEPCNT:
      return tcp.keep_alive().count;
    default:
      return Failure(ENOPROTOOPT);
  }
}

Outcome<int> GetIpLevel(Socket& socket, int level, int option) {
  const ip_pcb* options = socket.options();
  if ((level == IPPROTO_IP && option == IP_TTL) ||
      (level == IPPROTO_IPV6 && option == IPV6_UNICAST_HOPS)) {
    return options != nullptr ? options->ttl : 0;
  }
  if ((level == IPPROTO_IP && option == IP_TOS) ||
      (level == IPPROTO_IPV6 && option == IPV6_TCLASS)) {
    return options != nullptr ? options->tos : 0;
  }
  if (level == IPPROTO_IPV6 && option == IPV6_V6ONLY) {
    return socket.ipv6_only() ? 1 : 0;
  }
  return Failure(ENOPROTOOPT);
}

Outcome<void> SetFlag(Socket& socket, u8_t flag, int value) {
  if (ip_pcb* options = socket.options(); options != nullptr) {
    if (value != 0) {
      ip_set_option(options, flag);
    } else {
      ip_reset_option(options, flag);
    }
  }
  return {};
}

Outcome<void> SetSocketLevel(Socket& socket, int option, int value) {
  switch (option) {
    case SO_REUSEADDR:
    case SO_REUSEPORT:
      return SetFlag(socket, SOF_REUSEADDR, value);
    case SO_KEEPALIVE:
      return SetFlag(socket, SOF_KEEPALIVE, value);
    case SO_BROADCAST:
      return SetFlag(socket, SOF_BROADCAST, value);
    case SO_SNDBUF:
      if (socket.type() == SOCK_STREAM) {
        static_cast<TcpSocket&>(socket).set_send_buffer(
            static_cast<std::size_t>(std::clamp<int>(value, 2048, TCP_SND_BUF)));
      }
      return {};
    case SO_RCVBUF:  // the window is the machine's to decide
    case SO_RCVLOWAT:
    case SO_PRIORITY:
      return {};
    default:
      return Failure(ENOPROTOOPT);
  }
}

Outcome<void> SetKeepAlive(TcpSocket& socket, int option, int value) {
  if (value < 1 || value > 32'767) {
    return Failure(EINVAL);
  }
  TcpSocket::KeepAlive wanted = socket.keep_alive();
  (option == TCP_KEEPIDLE    ? wanted.idle_seconds
   : option == TCP_KEEPINTVL ? wanted.interval_seconds
                             : wanted.count) = static_cast<std::uint16_t>(value);
  socket.set_keep_alive(wanted);
  return {};
}

Outcome<void> SetTcpLevel(Socket& socket, int option, int value) {
  if (socket.type() != SOCK_STREAM) {
    return Failure(ENOPROTOOPT);
  }
  auto& tcp = static_cast<TcpSocket&>(socket);
  switch (option) {
    case TCP_NODELAY:
      tcp.set_no_delay(value != 0);
      return {};
    case TCP_KEEPIDLE:
    case TCP_KEEPINTVL:
    case TCP_KEEPCNT:
      return SetKeepAlive(tcp, option, value);
    case TCP_QUICKACK:
    case TCP_DEFER_ACCEPT:
    case TCP_USER_TIMEOUT:
      return {};
    default:
      return Failure(ENOPROTOOPT);
  }
}

Outcome<void> SetIpLevel(Socket& socket, int level, int option, int value) {
  ip_pcb* options = socket.options();
  if ((level == IPPROTO_IP && option == IP_TTL) ||
      (level == IPPROTO_IPV6 && option == IPV6_UNICAST_HOPS)) {
    if (value < 1 || value > 255) {
      return Failure(EINVAL);
    }
    if (options != nullptr) {
      options->ttl = static_cast<u8_t>(value);
    }
    return {};
  }
  if ((level == IPPROTO_IP && option == IP_TOS) ||
      (level == IPPROTO_IPV6 && option == IPV6_TCLASS)) {
    if (options != nullptr) {
      options->tos = static_cast<u8_t>(value);
    }
    return {};
  }
  if (level == IPPROTO_IPV6 && option == IPV6_V6ONLY) {
    socket.set_ipv6_only(value != 0);
    return {};
  }
  return Failure(ENOPROTOOPT);
}

template <typename T>
int Give(const T& value, void* to, socklen_t* length) {
  const socklen_t size = std::min<socklen_t>(*length, sizeof(value));
  memcpy(to, &value, size);
  *length = size;
  return 0;
}

}  // namespace

extern "C" int getsockopt(int descriptor, int level, int option, void* value, socklen_t* length) {
  const auto found = FindSocket(descriptor);
  if (!found) {
    return Fail(found.error());
  }
  Socket& socket = **found;
  if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO)) {
    return Give(ToTimeval(option == SO_RCVTIMEO ? socket.read_timeout() : socket.write_timeout()),
                value, length);
  }
  if (level == SOL_SOCKET && option == SO_LINGER) {
    const bool reset =
        socket.type() == SOCK_STREAM && static_cast<TcpSocket&>(socket).reset_on_close();
    return Give(linger{.l_onoff = reset ? 1 : 0, .l_linger = 0}, value, length);
  }
  Outcome<int> got = Failure(ENOPROTOOPT);
  switch (level) {
    case SOL_SOCKET:
      got = GetSocketLevel(socket, option);
      break;
    case IPPROTO_TCP:
      got = GetTcpLevel(socket, option);
      break;
    case IPPROTO_IP:
    case IPPROTO_IPV6:
      got = GetIpLevel(socket, level, option);
      break;
  }
  return got ? Give(*got, value, length) : Fail(got.error());
}

extern "C" int setsockopt(int descriptor, int level, int option, const void* value,
                          socklen_t length) {
  const auto found = FindSocket(descriptor);
  if (!found) {
    return Fail(found.error());
  }
  Socket& socket = **found;
  if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO)) {
    timeval time;
    if (length < sizeof(time)) {
      return Fail(EINVAL);
    }
    memcpy(&time, value, sizeof(time));
    const auto timeout = FromTimeval(time);
    if (!timeout) {
      return Fail(timeout.error());
    }
    option == SO_RCVTIMEO ? socket.set_read_timeout(*timeout) : socket.set_write_timeout(*timeout);
    return 0;
  }
  if (level == SOL_SOCKET && option == SO_LINGER) {
    linger wanted;
    if (length < sizeof(wanted)) {
      return Fail(EINVAL);
    }
    memcpy(&wanted, value, sizeof(wanted));
    // close() never waits: lwIP goes on sending by itself. A time of zero means a reset.
    if (socket.type() == SOCK_STREAM) {
      static_cast<TcpSocket&>(socket).set_reset_on_close(wanted.l_onoff != 0 &&
                                                         wanted.l_linger == 0);
    }
    return 0;
  }
  int number;
  if (length < sizeof(number)) {
    return Fail(EINVAL);
  }
  memcpy(&number, value, sizeof(number));
  switch (level) {
    case SOL_SOCKET:
      return static_cast<int>(Return(SetSocketLevel(socket, option, number)));
    case IPPROTO_TCP:
      return static_cast<int>(Return(SetTcpLevel(socket, option, number)));
    case IPPROTO_IP:
    case IPPROTO_IPV6:
      return static_cast<int>(Return(SetIpLevel(socket, level, option, number)));
    default:
      return Fail(ENOPROTOOPT);
  }
}
