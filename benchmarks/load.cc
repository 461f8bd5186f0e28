// The load, from one thread by epoll.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <format>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace benchmarks {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience(10);

enum class State { kWaiting, kAnswered, kFailed };

// One place for a connection: a request on its way, or none.
class Client {
 public:
  Client(const Load& load, int events)
      : load_(load),
        events_(events),
        request_(std::format("GET {} HTTP/1.1\r\nHost: benchmark\r\n{}\r\n", load.path,
                             load.keep_alive ? "" : "Connection: close\r\n")) {}
  ~Client() { Close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool busy() const { return busy_; }
  Clock::time_point started() const { return started_; }

  void Start() {
    busy_ = true;
    started_ = Clock::now();
    received_.clear();
    if (socket_ < 0) {
      Connect();
    } else {
      Send();
    }
  }

  // Does what the socket is ready for.
  State Continue() {
    if (!sent_) {
      Send();
    }
    std::array<char, 65536> buffer;
    ssize_t size = 0;
    while ((size = recv(socket_, buffer.data(), buffer.size(), 0)) > 0) {
      received_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    const bool ended = size == 0;
    if (!ended && errno != EAGAIN) {
      return Finish(State::kFailed);
    }
    // A connection of its own is used up when the server has closed it, too.
    if (load_.keep_alive ? Complete() : ended && Complete()) {
      return Finish(State::kAnswered);
    }
    return ended ? Finish(State::kFailed) : State::kWaiting;
  }

  void GiveUp() { Finish(State::kFailed); }

 private:
  void Close() {
    if (socket_ >= 0) {
      close(socket_);
    }
    socket_ = -1;
  }

  void Connect() {
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(load_.server.port);
    address.sin_addr.s_addr = htonl(load_.server.address);
    // What fails here is seen when the socket is read.
    (void)connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    sent_ = false;
    Watch(EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
  }

  void Watch(int operation, std::uint32_t what) {
    epoll_event event{.events = what, .data = {.ptr = this}};
    epoll_ctl(events_, operation, socket_, &event);
  }

  void Send() {
    sent_ = send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request_.size());
    if (sent_ && received_.empty() && !only_reads_) {
      Watch(EPOLL_CTL_MOD, EPOLLIN);
      only_reads_ = true;
    }
  }

  bool Complete() const {
    const std::size_t head = received_.find("\r\n\r\n");
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t length = received_.find(kLength);
    if (!received_.starts_with("HTTP/1.1 200 ") || head == received_.npos || length > head) {
      return false;
    }
    std::size_t body = 0;
    std::from_chars(received_.data() + length + kLength.size(), received_.data() + head, body);
    return received_.size() == head + 4 + body;
  }

  State Finish(State state) {
    busy_ = false;
    if (!load_.keep_alive || state == State::kFailed) {
      Close();
      only_reads_ = false;
    }
    return state;
  }

  const Load& load_;
  const int events_;
  const std::string request_;
  int socket_ = -1;
  bool busy_ = false;
  bool sent_ = false;
  bool only_reads_ = false;
  Clock::time_point started_;
  std::string received_;
};

}  // namespace

LoadResult Run(const Load& load) {
  LoadResult result;
  const int events = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < load.at_once; ++i) {
    clients.push_back(std::make_unique<Client>(load, events));
  }
  std::uint64_t begun = 0;
  const Clock::time_point start = Clock::now();
  const auto begin_next = [&](Client& client) {
    if (begun < load.requests) {
      ++begun;
      client.Start();
    }
  };
  for (const auto& client : clients) {
    begin_next(*client);
  }
  Clock::time_point looked = start;
  while (result.answered + result.failed < load.requests) {
    std::array<epoll_event, 64> ready;
    const int count = epoll_wait(events, ready.data(), static_cast<int>(ready.size()), 1000);
    const Clock::time_point now = Clock::now();
    for (int i = 0; i < count; ++i) {
      auto& client = *static_cast<Client*>(ready[static_cast<std::size_t>(i)].data.ptr);
      if (!client.busy()) {
        continue;
      }
      const State state = client.Continue();
      if (state != State::kWaiting) {
        ++(state == State::kAnswered ? result.answered : result.failed);
        result.longest =
            std::max<std::chrono::nanoseconds>(result.longest, Clock::now() - client.started());
        begin_next(client);
      }
    }
    if (now - looked > std::chrono::seconds(1)) {
      looked = now;
      for (const auto& client : clients) {
        if (client->busy() && now - client->started() > kPatience) {
          client->GiveUp();
          ++result.failed;
          result.longest = std::max<std::chrono::nanoseconds>(result.longest, kPatience);
          begin_next(*client);
        }
      }
    }
  }
  result.elapsed = Clock::now() - start;
  clients.clear();
  close(events);
  return result;
}

}  // namespace benchmarks
