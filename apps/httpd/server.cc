// The server.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include "apps/httpd/connection.h"
#include "apps/httpd/counters.h"
#include "apps/httpd/head_cache.h"
#include "apps/httpd/http_date.h"
#include "apps/httpd/memory.h"
#include "apps/httpd/pages.h"
#include "apps/httpd/request.h"
#include "apps/httpd/request_memo.h"
#include "apps/httpd/response.h"
#include "apps/httpd/send_constant.h"
#include "apps/httpd/text_writer.h"
#include "libs/base/intrusive_list.h"
#include "libs/rootfs/rootfs.h"

namespace ashlar::httpd {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// What is read at once, all connections sharing the buffer. Larger than any head.
constexpr std::size_t kInputSize = 16 * 1024;
static_assert(kInputSize > kMaxHeadSize);

/// Responses to pipelined requests that are sent together, and the bytes of their heads.
constexpr std::size_t kBatchSize = 16;
constexpr std::size_t kHeadsSize = 8 * 1024;
static_assert(kHeadsSize > kMaxResponseHeadSize);

/// From here on a body goes out by reference where that can be: it saves more than a call of its
/// own costs.
constexpr std::size_t kLargeBody = 1024;

/// Connections beyond Options::connections that are only there to say 503.
constexpr std::size_t kSpareConnections = 8;

constexpr int kListenBacklog = 1024;
constexpr int kEventsAtOnce = 64;
constexpr int kAcceptsAtOnce = 64;

/// How long to wait for a client to close after an answer that it might lose otherwise.
constexpr std::int64_t kLingerTime = 2 * kSecond;

/// How long to leave new clients waiting when the system has no descriptor or memory for them.
constexpr std::int64_t kPauseTime = kSecond / 10;

std::string_view View(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

/// Whether the last call failed only for now.
bool IsTemporary() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

iovec Piece(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

iovec Piece(std::span<const std::byte> bytes) {
  return {const_cast<std::byte*>(bytes.data()), bytes.size()};  // sendmsg() only reads
}

}  // namespace

class Server {
 public:
  Server(const Options& options, const rootfs::Archive& files, int listener, int epoll)
      : options_(options),
        files_(files),
        listener_(listener),
        epoll_(epoll),
        time_limits_{options.idle_timeout.count() * kSecond, options.head_timeout.count() * kSecond,
                     options.send_timeout.count() * kSecond, kLingerTime},
        // Slow clients make the server keep what they sent so far; together no more than this.
        own_bytes_limit_(options.connections * 2048 + 64 * 1024) {}

  void Start(std::span<Connection> pool) {
    for (Connection& connection : pool.first(options_.connections)) {
      free_.PushBack(connection);
    }
    for (Connection& connection : pool.subspan(options_.connections)) {
      connection.is_spare = true;
      spare_.PushBack(connection);
    }
    UpdateTime();
    started_ = now_;
  }

  std::uint16_t port() const;
  const char* Run();

 private:
  struct BatchItem {
    const Response* response;  ///< `own`, or a remembered one: until the next is remembered
    StatusCode status;         ///< of the response, and so is the next
    bool keep_alive;
    std::string_view head;  ///< with the body, where that stands right behind it
    std::span<const std::byte> body;
    std::size_t page_size;      ///< of a page made on request, which is not in head and body
    std::size_t request_start;  ///< in the input
    std::size_t request_end;
    bool has_body;  ///< the request; the rest of this is set only then
    std::uint64_t content_length;
    Response own;

    std::size_t size() const { return head.size() + body.size() + page_size; }
  };
  enum class SendResult : std::uint8_t { kAll, kSome, kFailed };
  enum class Collected : std::uint8_t { kMore, kIncomplete, kEnd };

  // Time.
  void UpdateTime();
  int TimeToNextDeadline() const;
  void Expire();
  void StartTimer(Connection& connection, Waiting what);

  // Connections.
  void Accept();
  Connection& TakeConnection();
  void Wait(Connection& connection, Waiting what, std::uint32_t events);
  void Close(Connection& connection);
  void Finish(Connection& connection);
  void RefuseListening(bool refuse);
  void AnswerAndFinish(Connection& connection, StatusCode code);

  // Bytes of a connection's own.
  bool Reserve(OwnBytes& bytes, std::size_t capacity);
  bool Keep(OwnBytes& bytes, std::string_view text);
  void Release(OwnBytes& bytes);

  ssize_t Transmit(const Connection& connection, std::span<iovec> pieces, std::size_t size,
                   std::span<const std::byte> constant);

  // Requests.
  void Readable(Connection& connection);
  void Writable(Connection& connection);
  void Process(Connection& connection, std::span<char> input);
  bool AnswerAtOnce(Connection& connection, std::string_view input);
  Collected Collect(Connection& connection, std::string_view input, std::size_t& position);
  bool Add(BatchItem& item);
  SendResult SendBatch(Connection& connection, std::string_view input, std::size_t& position);
  bool KeepUnsent(Connection& connection, std::string_view head, std::span<const std::byte> body,
                  std::size_t sent);
  bool ReservePage(Connection& connection, const BatchItem& item, const PageFacts& facts);
  SendResult SendPage(Connection& connection, BatchItem& item, const PageFacts& facts);
  void Log(const Connection& connection, std::string_view request, StatusCode status,
           std::size_t size);
  void FlushLog();

  PageFacts Facts() const {
    return {counters_,
            files_,
            MeasureMemory(),
            open_,
            options_.connections,
            std::chrono::nanoseconds(now_ - started_)};
  }

  const Options options_;
  const rootfs::Archive files_;
  const int listener_;
  const int epoll_;
  bool listening_ = true;  ///< epoll watches the listener

  std::int64_t now_ = 0;  ///< monotonic, nanoseconds; renewed once a turn
  std::int64_t started_ = 0;
  std::int64_t next_expiry_ = INT64_MAX;  ///< nobody's time is up before
  std::int64_t next_date_ = 0;            ///< when the date text is no longer right
  DateText date_;

  std::array<IntrusiveList<Connection>, kWaitingKinds> waiting_;
  const std::array<std::int64_t, kWaitingKinds> time_limits_;
  IntrusiveList<Connection> free_;
  IntrusiveList<Connection> spare_;
  std::size_t open_ = 0;

  std::size_t own_bytes_ = 0;
  const std::size_t own_bytes_limit_;
  Counters counters_;

  std::array<BatchItem, kBatchSize> batch_;
  std::size_t batch_count_ = 0;
  std::uint32_t batch_number_ = 1;
  std::size_t heads_used_ = 0;
  std::array<char, kHeadsSize> heads_;
  std::array<char, kInputSize> input_;
  std::array<char, 4096> log_;
  std::size_t log_size_ = 0;
  HeadCache cache_;
  RequestMemo memo_;
};

// ---- Time

void Server::UpdateTime() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  now_ = std::int64_t{time.tv_sec} * kSecond + time.tv_nsec;
  if (now_ < next_date_) {
    return;
  }
  clock_gettime(CLOCK_REALTIME, &time);
  next_date_ = now_ + kSecond - time.tv_nsec;
  date_.known = time.tv_sec > 1'000'000'000;  // a clock that says 2001 or less was never set
  date_.text = FormatHttpDate(std::chrono::sys_seconds(std::chrono::seconds(time.tv_sec)));
  ++date_.stamp;
}

/// Milliseconds until somebody's time may be up, for epoll_wait.
int Server::TimeToNextDeadline() const {
  const std::int64_t next = listening_ ? next_expiry_ : std::min(next_expiry_, now_ + kPauseTime);
  if (next == INT64_MAX) {
    return -1;
  }
  return static_cast<int>(
      static_cast<std::uint64_t>(std::max<std::int64_t>(next - now_, 0) + 999'999) / 1'000'000);
}

/// Ends those whose time is up, and finds out when to look again.
void Server::Expire() {
  next_expiry_ = INT64_MAX;
  for (IntrusiveList<Connection>& list : waiting_) {
    while (!list.empty() && list.front().deadline <= now_) {
      Connection& connection = list.front();
      if (connection.waiting != Waiting::kLinger) {
        ++counters_.connections_timed_out;
      }
      if (connection.waiting == Waiting::kHead && connection.input.size != 0) {
        AnswerAndFinish(connection, StatusCode::kRequestTimeout);
        continue;
      }
      if (connection.waiting == Waiting::kSend) {
        // A reset: else the network would keep what was not taken for as long as the client likes.
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      }
      Close(connection);
    }
  }
  for (IntrusiveList<Connection>& list : waiting_) {
    if (!list.empty()) {
      next_expiry_ = std::min(next_expiry_, list.front().deadline);
    }
  }
}

void Server::StartTimer(Connection& connection, Waiting what) {
  connection.waiting = what;
  connection.deadline = now_ + time_limits_[static_cast<std::size_t>(what)];
  next_expiry_ = std::min(next_expiry_, connection.deadline);
  waiting_[static_cast<std::size_t>(what)].PushBack(connection);
}

// ---- Connections

void Server::RefuseListening(bool refuse) {
  if (listening_ == refuse) {
    epoll_event event{.events = refuse ? 0u : std::uint32_t{EPOLLIN}, .data = {.ptr = nullptr}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, listener_, &event);
    listening_ = !refuse;
  }
}

/// A connection for a new client: a free one, the longest idle one's, or a spare one, whose client
/// hears 503. There must be one.
Connection& Server::TakeConnection() {
  IntrusiveList<Connection>& idle = waiting_[static_cast<std::size_t>(Waiting::kIdle)];
  if (free_.empty() && !idle.empty()) {
    ++counters_.connections_evicted;
    Close(idle.front());
  }
  return free_.empty() ? spare_.PopFront() : free_.PopFront();
}

void Server::Accept() {
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    const IntrusiveList<Connection>& idle = waiting_[static_cast<std::size_t>(Waiting::kIdle)];
    if (free_.empty() && idle.empty() && spare_.empty()) {
      RefuseListening(true);  // until one is free: clients wait in the backlog
      return;
    }
    sockaddr_in6 peer;
    socklen_t size = sizeof peer;
    const int descriptor =
        accept4(listener_, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (errno == EINTR || errno == ECONNABORTED) {
        continue;
      }
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        RefuseListening(true);  // no descriptor or no memory: wait a little
      }
      return;
    }
    Connection& connection = TakeConnection();
    connection.descriptor = descriptor;
    connection.peer = peer;
    ++counters_.connections_accepted;
    ++open_;
    StartTimer(connection, Waiting::kIdle);
    if (connection.is_spare) {
      ++counters_.connections_refused;
      AnswerAndFinish(connection, StatusCode::kServiceUnavailable);
    } else {
      Readable(connection);  // often the request is there already
    }
  }
}

/// Starts waiting, with a new time limit.
void Server::Wait(Connection& connection, Waiting what, std::uint32_t events) {
  if (connection.events != events) {
    epoll_event event{.events = events, .data = {.ptr = &connection}};
    const int operation = connection.events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(epoll_, operation, connection.descriptor, &event) != 0) {
      Close(connection);
      return;
    }
    connection.events = events;
  }
  IntrusiveList<Connection>::Remove(connection);
  StartTimer(connection, what);
}

void Server::Close(Connection& connection) {
  close(connection.descriptor);
  Release(connection.input);
  Release(connection.output);
  IntrusiveList<Connection>::Remove(connection);
  --open_;
  const bool is_spare = connection.is_spare;
  connection = Connection();
  connection.is_spare = is_spare;
  (is_spare ? spare_ : free_).PushFront(connection);
  RefuseListening(false);
}

/// Everything was sent: the connection ends. A client that may still be sending would answer
/// close() with a reset and lose what it has not read [RFC9112 §9.6], so it is told first, and
/// listened to for a moment.
void Server::Finish(Connection& connection) {
  if (!connection.lingers || shutdown(connection.descriptor, SHUT_WR) != 0) {
    Close(connection);
    return;
  }
  Release(connection.input);
  Release(connection.output);
  Wait(connection, Waiting::kLinger, EPOLLIN);
}

/// Says a few words and finishes: for when there is no request to answer. What the network won't
/// take at once is lost.
void Server::AnswerAndFinish(Connection& connection, StatusCode code) {
  heads_used_ = 0;
  TextWriter head(heads_);
  const Response response = Refusal(code);
  WriteHead(response, ContentLength(response), date_, head);
  const ssize_t sent = send(connection.descriptor, head.text().data(), head.size(), MSG_NOSIGNAL);
  if (sent > 0) {
    counters_.bytes_sent += static_cast<std::uint64_t>(sent);
  }
  counters_.CountResponse(code);
  if (options_.access_log) {
    Log(connection, View({connection.input.data, connection.input.size}), code, head.size());
  }
  connection.lingers = true;
  Finish(connection);
}

// ---- Bytes of a connection's own

bool Server::Reserve(OwnBytes& bytes, std::size_t capacity) {
  if (capacity <= bytes.capacity) {
    return true;
  }
  if (own_bytes_ - bytes.capacity + capacity > own_bytes_limit_) {
    return false;
  }
  void* data = std::realloc(bytes.data, capacity);
  if (data == nullptr) {
    return false;
  }
  own_bytes_ += capacity - bytes.capacity;
  bytes.data = static_cast<char*>(data);
  bytes.capacity = static_cast<std::uint32_t>(capacity);
  return true;
}

/// Makes `bytes` a copy of `text`, which may be part of them.
bool Server::Keep(OwnBytes& bytes, std::string_view text) {
  if (text.empty()) {
    Release(bytes);
    return true;
  }
  if (bytes.data == nullptr && !Reserve(bytes, std::max<std::size_t>(text.size(), 1024))) {
    return false;
  }
  std::memmove(bytes.data, text.data(), text.size());
  bytes.size = static_cast<std::uint32_t>(text.size());
  return true;
}

void Server::Release(OwnBytes& bytes) {
  if (bytes.data != nullptr) {
    std::free(bytes.data);
    own_bytes_ -= bytes.capacity;
    bytes = OwnBytes();
  }
}

/// Sends the pieces, `size` bytes together, and behind them `constant`, which stays as it is for
/// good. Returns how many bytes the network took, or -1 if the connection is broken.
ssize_t Server::Transmit(const Connection& connection, std::span<iovec> pieces, std::size_t size,
                         std::span<const std::byte> constant) {
  ssize_t sent = 0;
  if (size != 0) {
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    sent =
        sendmsg(connection.descriptor, &message, MSG_NOSIGNAL | (constant.empty() ? 0 : MSG_MORE));
  }
  if (sent == static_cast<ssize_t>(size) && !constant.empty()) {
    const ssize_t more = SendConstant(connection.descriptor, constant);
    sent = more >= 0 ? sent + more : IsTemporary() ? sent : -1;
  } else if (sent < 0) {
    sent = IsTemporary() ? 0 : -1;
  }
  if (sent > 0) {
    counters_.bytes_sent += static_cast<std::uint64_t>(sent);
  }
  return sent;
}

// ---- Requests

void Server::Readable(Connection& connection) {
  std::span<char> space = input_;
  OwnBytes& kept = connection.input;
  if (kept.data != nullptr) {  // the bytes continue a head: behind its beginning
    if (kept.size == kept.capacity && !Reserve(kept, 2 * std::size_t{kept.capacity})) {
      AnswerAndFinish(connection, StatusCode::kServiceUnavailable);
      return;
    }
    space = std::span(kept.data, kept.capacity).subspan(kept.size);
  }
  const ssize_t received = recv(connection.descriptor, space.data(), space.size(), 0);
  if (received <= 0) {
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      if (connection.events == 0) {
        Wait(connection, Waiting::kIdle, EPOLLIN);
      }
      return;
    }
    counters_.connections_broken += received < 0 || connection.waiting == Waiting::kHead;
    Close(connection);
    return;
  }
  if (connection.waiting == Waiting::kLinger) {
    return;  // unread
  }
  const auto size = static_cast<std::size_t>(received);
  if (kept.data == nullptr) {
    if (connection.skip != 0 || !AnswerAtOnce(connection, View(space.first(size)))) {
      Process(connection, space.first(size));
    }
  } else {
    kept.size += static_cast<std::uint32_t>(size);
    Process(connection, {kept.data, kept.size});
  }
}

/// The short way for the ordinary case, which leaves everything as Process would: one request that
/// came before and nothing behind it. False: it is another case, and nothing was done.
bool Server::AnswerAtOnce(Connection& connection, std::string_view input) {
  const RequestMemo::Entry* known = memo_.Find(input);
  if (known == nullptr || known->head_size != input.size() || known->response.head_only ||
      options_.access_log) {
    return false;
  }
  const HeadCache::Entry* entry = cache_.Find(known->response, date_, ++batch_number_);
  if (entry == nullptr) {
    return false;
  }
  const std::span<const std::byte> body =
      entry->holds_body() ? std::span<const std::byte>() : known->response.bytes;
  const std::string_view head = entry->whole();
  ssize_t sent;
  if (body.empty()) {
    sent = send(connection.descriptor, head.data(), head.size(), MSG_NOSIGNAL);
    if (sent >= 0) [[likely]] {
      counters_.bytes_sent += static_cast<std::uint64_t>(sent);
    } else {
      sent = IsTemporary() ? 0 : -1;
    }
  } else {
    iovec piece = Piece(head);
    sent = Transmit(connection, {&piece, 1}, head.size(), body);
  }
  static_assert(kFinalStatusCodes[0] == StatusCode::kOk);
  ++counters_.responses[0];
  connection.finishing = !known->response.keep_alive;
  if (sent == static_cast<ssize_t>(head.size() + body.size())) [[likely]] {
    if (connection.finishing) {
      Close(connection);
    } else {
      Wait(connection, Waiting::kIdle, EPOLLIN);
    }
  } else if (sent >= 0 && KeepUnsent(connection, head, body, static_cast<std::size_t>(sent))) {
    Wait(connection, Waiting::kSend, EPOLLOUT);
  } else {
    ++counters_.connections_broken;
    Close(connection);
  }
  return true;
}

/// Answers all requests in `input`, which lies in input_ or connection.input, and waits for what
/// comes next.
void Server::Process(Connection& connection, std::span<char> input) {
  std::size_t position = 0;
  bool answered = false;
  while (true) {
    if (connection.skip != 0) {  // the body of the last request is thrown away
      const std::size_t size = std::min<std::uint64_t>(connection.skip, input.size() - position);
      connection.skip -= size;
      position += size;
    }
    if (connection.skip != 0) {
      connection.seen = 0;
      Release(connection.input);
      if (answered ||
          connection.waiting != Waiting::kHead) {  // a body's time runs from its first byte
        Wait(connection, Waiting::kHead, EPOLLIN);
      }
      return;
    }
    const Collected collected = Collect(connection, View(input), position);
    if (batch_count_ == 0 && collected == Collected::kIncomplete) {
      break;
    }
    answered = true;
    const SendResult sent = SendBatch(connection, View(input), position);
    if (sent == SendResult::kFailed) {
      ++counters_.connections_broken;
      Close(connection);
      return;
    }
    if (sent == SendResult::kSome) {
      connection.seen = 0;
      if (!Keep(connection.input, View(input.subspan(position)))) {
        Close(connection);
        return;
      }
      Wait(connection, Waiting::kSend, EPOLLOUT);
      return;
    }
    if (connection.finishing) {
      connection.lingers |= position != input.size();
      Finish(connection);
      return;
    }
    if (collected == Collected::kIncomplete && connection.skip == 0) {
      break;
    }
  }

  const bool had_part = !answered && connection.waiting == Waiting::kHead && connection.seen != 0;
  connection.seen = static_cast<std::uint32_t>(input.size() - position);
  if (connection.seen == 0) {
    Release(connection.input);
    Wait(connection, Waiting::kIdle, EPOLLIN);
  } else if (!Keep(connection.input, View(input.subspan(position)))) {
    AnswerAndFinish(connection, StatusCode::kServiceUnavailable);
  } else if (!had_part) {  // the time for a head runs from its first byte
    Wait(connection, Waiting::kHead, EPOLLIN);
  }
}

/// Parses and answers requests from `position` on into the batch. kMore: stopped for a reason other
/// than the end of the input; kIncomplete: what is left is no complete head.
Server::Collected Server::Collect(Connection& connection, std::string_view input,
                                  std::size_t& position) {
  batch_count_ = 0;
  heads_used_ = 0;
  ++batch_number_;
  while (batch_count_ < kBatchSize) {
    if (position == input.size()) {
      return Collected::kIncomplete;
    }
    BatchItem& item = batch_[batch_count_];
    item.request_start = position;
    bool refused = false;
    if (const RequestMemo::Entry* known = memo_.Find(input.substr(position)); known != nullptr) {
      item.response = &known->response;
      item.request_end = position + known->head_size;
      item.has_body = false;
    } else {
      Request request;
      const std::size_t seen = batch_count_ == 0 && position == 0 ? connection.seen : 0;
      const HeadResult head = ParseHead(input.substr(position), seen, request);
      if (head.state == HeadResult::State::kIncomplete) {
        return Collected::kIncomplete;
      }
      refused = head.state == HeadResult::State::kRefused;
      item.own = refused ? Refusal(head.refusal) : Respond(request, files_);
      item.response = &item.own;
      item.request_end = refused ? input.size() : position + head.size;
      item.has_body = !refused && request.has_body();
      item.content_length = request.content_length;
      if (!refused && !item.has_body && item.own.is_whole_file()) {
        memo_.Add(input.substr(position, head.size), item.own);
      }
    }
    item.status = item.response->status;
    item.keep_alive = item.response->keep_alive;
    if (!Add(item)) {
      return Collected::kMore;  // not now: it comes first in the next batch
    }
    position = item.request_end;
    ++batch_count_;
    if (refused) {
      connection.lingers = true;
    }
    if (!item.keep_alive || item.has_body) {
      connection.lingers |= item.has_body;
      return Collected::kEnd;
    }
    if (item.head.empty() || item.body.size() >= kLargeBody) {
      return Collected::kMore;  // a page goes alone, a large body last
    }
  }
  return Collected::kMore;
}

/// Puts the item's bytes together. False if they must wait until what is in the batch was sent.
bool Server::Add(BatchItem& item) {
  const Response& response = *item.response;
  item.body = {};
  item.page_size = 0;
  if (response.is_whole_file()) {
    if (const HeadCache::Entry* entry = cache_.Find(response, date_, batch_number_);
        entry != nullptr) {
      if (response.head_only) {
        item.head = entry->head();
      } else {
        item.head = entry->whole();
        item.body = entry->holds_body() ? std::span<const std::byte>() : response.bytes;
      }
      return true;
    }
  }
  if (response.body == Response::Body::kStatusPage || response.body == Response::Body::kMetrics) {
    item.head = {};  // SendBatch makes it
    return batch_count_ == 0;
  }
  TextWriter head(std::span(heads_).subspan(heads_used_));
  if (!WriteHead(response, ContentLength(response), date_, head)) {
    return false;
  }
  heads_used_ += head.size();
  item.head = head.text();
  if (response.body == Response::Body::kFile && !response.head_only) {
    item.body = response.bytes;
  }
  return true;
}

/// Makes what is left of a response after `sent` bytes the connection's own.
bool Server::KeepUnsent(Connection& connection, std::string_view head,
                        std::span<const std::byte> body, std::size_t sent) {
  const std::size_t of_head = std::min(sent, head.size());
  connection.output_sent = 0;
  connection.body = body.subspan(sent - of_head);
  return Keep(connection.output, head.substr(of_head));
}

/// Sends the batch in one call. What isn't sent of an item that was begun (or of the first that
/// wasn't) becomes the connection's own; the items behind it are forgotten, and `position` set
/// back, so that they are answered later.
Server::SendResult Server::SendBatch(Connection& connection, std::string_view input,
                                     std::size_t& position) {
  if (batch_count_ == 0) {
    return SendResult::kAll;
  }
  const auto apply = [&](const BatchItem& item) {
    counters_.CountResponse(item.status);
    if (options_.access_log) {
      Log(connection, input.substr(item.request_start), item.status, item.size());
    }
    connection.finishing = !item.keep_alive;
    if (item.has_body) {
      connection.skip = item.content_length;
    }
  };
  if (BatchItem& page = batch_[0]; page.head.empty()) {
    const PageFacts facts = Facts();
    if (ReservePage(connection, page, facts)) {
      const SendResult result = SendPage(connection, page, facts);
      if (result != SendResult::kFailed) {
        apply(page);
      }
      return result;
    }
    const bool head_only = page.own.head_only;
    page.own = Refusal(StatusCode::kServiceUnavailable);
    page.own.head_only = head_only;
    page.status = page.own.status;
    page.keep_alive = page.own.keep_alive;
    Add(page);  // alone in its batch, it has room
    connection.lingers = true;
  }

  std::array<iovec, 2 * kBatchSize> pieces;
  std::size_t count = 0;
  std::size_t size = 0;
  std::span<const std::byte> constant;  // the last one's body, if it is large
  for (const BatchItem& item : std::span(batch_).first(batch_count_)) {
    pieces[count++] = Piece(item.head);
    size += item.head.size();
    if (item.body.size() >= kLargeBody) {
      constant = item.body;
    } else if (!item.body.empty()) {
      pieces[count++] = Piece(item.body);
      size += item.body.size();
    }
  }
  const ssize_t sent = Transmit(connection, std::span(pieces).first(count), size, constant);
  if (sent < 0) {
    return SendResult::kFailed;
  }
  size += constant.size();
  auto left = static_cast<std::size_t>(sent);
  if (left == size) {
    for (const BatchItem& item : std::span(batch_).first(batch_count_)) {
      apply(item);
    }
    return SendResult::kAll;
  }
  for (const BatchItem& item : std::span(batch_).first(batch_count_)) {
    apply(item);
    if (left >= item.size()) {
      left -= item.size();
      continue;
    }
    position = item.request_end;
    return KeepUnsent(connection, item.head, item.body, left) ? SendResult::kSome
                                                              : SendResult::kFailed;
  }
  return SendResult::kFailed;  // the system took more than it was given
}

/// Finds memory for one of the pages that are made on request. The head is as long as it gets once
/// the body's length is known: room for both.
bool Server::ReservePage(Connection& connection, const BatchItem& item, const PageFacts& facts) {
  const bool is_status = item.own.body == Response::Body::kStatusPage;
  return Reserve(connection.output,
                 kMaxResponseHeadSize + (is_status ? MaxStatusPageSize(facts) : kMaxMetricsSize));
}

/// Makes the page, and sends what goes at once.
Server::SendResult Server::SendPage(Connection& connection, BatchItem& item,
                                    const PageFacts& facts) {
  const Response& response = item.own;
  OwnBytes& output = connection.output;
  TextWriter body(std::span(output.data, output.capacity).subspan(kMaxResponseHeadSize));
  if (response.body == Response::Body::kStatusPage) {
    WriteStatusPage(facts, body);
  } else {
    WriteMetrics(facts, body);
  }
  TextWriter head({output.data, kMaxResponseHeadSize});
  WriteHead(response, body.size(), date_, head);
  std::size_t size = head.size();
  if (!response.head_only) {
    std::memmove(output.data + size, body.text().data(), body.size());
    size += body.size();
  }
  output.size = static_cast<std::uint32_t>(size);
  item.page_size = size;
  connection.output_sent = 0;
  connection.body = {};
  const ssize_t sent = send(connection.descriptor, output.data, size, MSG_NOSIGNAL);
  if (sent < 0 && !IsTemporary()) {
    return SendResult::kFailed;
  }
  if (sent > 0) {
    counters_.bytes_sent += static_cast<std::uint64_t>(sent);
    connection.output_sent = static_cast<std::uint32_t>(sent);
  }
  if (connection.output_sent < output.size) {
    return SendResult::kSome;
  }
  Release(output);
  return SendResult::kAll;
}

/// The network takes more of an answer that it did not take at once.
void Server::Writable(Connection& connection) {
  OwnBytes& output = connection.output;
  const auto rest = std::string_view(output.data, output.size).substr(connection.output_sent);
  iovec piece = Piece(rest);
  const ssize_t sent = Transmit(connection, {&piece, 1}, rest.size(), connection.body);
  if (sent < 0) {
    ++counters_.connections_broken;
    Close(connection);
    return;
  }
  if (sent == 0) {
    return;
  }
  auto left = static_cast<std::size_t>(sent);
  const std::size_t of_output = std::min<std::size_t>(left, output.size - connection.output_sent);
  connection.output_sent += static_cast<std::uint32_t>(of_output);
  connection.body = connection.body.subspan(left - of_output);
  if (connection.output_sent < output.size || !connection.body.empty()) {
    Wait(connection, Waiting::kSend, EPOLLOUT);
    return;
  }
  Release(output);
  connection.output_sent = 0;
  connection.body = {};
  if (connection.finishing) {
    connection.lingers |= connection.input.size != 0;
    Finish(connection);
  } else if (connection.input.size != 0) {
    Process(connection, {connection.input.data, connection.input.size});
  } else {
    Wait(connection, connection.skip != 0 ? Waiting::kHead : Waiting::kIdle, EPOLLIN);
  }
}

// ---- The access log: the common log format

void Server::Log(const Connection& connection, std::string_view request, StatusCode status,
                 std::size_t size) {
  constexpr std::size_t kLongestLine = 512;
  if (log_.size() - log_size_ < kLongestLine) {
    FlushLog();
  }
  TextWriter line(std::span(log_).subspan(log_size_, kLongestLine));
  std::array<char, INET6_ADDRSTRLEN> address{};
  const sockaddr_in6& v6 = connection.peer;
  const sockaddr_in& v4 = reinterpret_cast<const sockaddr_in&>(v6);
  // A client of IPv4 on a socket of IPv6 has its address in the last four bytes of ::ffff:0:0/96.
  const bool is_mapped = v6.sin6_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
  const void* bytes = is_mapped ? static_cast<const void*>(&v6.sin6_addr.s6_addr[12])
                      : v6.sin6_family == AF_INET ? static_cast<const void*>(&v4.sin_addr)
                                                  : static_cast<const void*>(&v6.sin6_addr);
  if (inet_ntop(is_mapped ? AF_INET : v6.sin6_family, bytes, address.data(), address.size()) ==
      nullptr) {
    address[0] = '-';
  }
  line << address.data() << " - - [";
  if (date_.known) {  // "Sun, 06 Nov 1994 08:49:37 GMT"
    const std::string_view date(date_.text.data(), date_.text.size());
    line << date.substr(5, 2) << '/' << date.substr(8, 3) << '/' << date.substr(12, 4) << ':'
         << date.substr(17, 8) << " +0000";
  } else {
    line << '-';
  }
  line << "] \"";
  for (const char c :
       request.substr(0, std::min<std::size_t>(request.find_first_of("\r\n"), 256))) {
    line << (c >= ' ' && c <= '~' && c != '"' && c != '\\'
                 ? c
                 : '?');  // nobody writes lines of their own
  }
  line << "\" " << static_cast<int>(status) << ' ' << size << '\n';
  log_size_ += line.size();
}

void Server::FlushLog() {
  for (std::string_view rest(log_.data(), log_size_); !rest.empty();) {
    const ssize_t written = write(STDOUT_FILENO, rest.data(), rest.size());
    if (written <= 0) {
      break;  // nobody reads it: serving is more important
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  log_size_ = 0;
}

// ---- The loop

const char* Server::Run() {
  while (true) {
    std::array<epoll_event, kEventsAtOnce> events;
    const int count = epoll_wait(epoll_, events.data(), kEventsAtOnce, TimeToNextDeadline());
    if (count < 0 && errno != EINTR) {
      return "epoll_wait failed";
    }
    UpdateTime();
    bool accept = false;
    for (const epoll_event& event :
         std::span(events).first(static_cast<std::size_t>(std::max(count, 0)))) {
      if (event.data.ptr == nullptr) {
        accept = true;  // last: it may close others, whose events must not be left
        continue;
      }
      auto& connection = *static_cast<Connection*>(event.data.ptr);
      if (connection.waiting == Waiting::kSend) {
        Writable(connection);
      } else {
        Readable(connection);
      }
    }
    if (accept) {
      Accept();
    } else if (!listening_ && !(free_.empty() && spare_.empty())) {
      RefuseListening(false);
    }
    if (now_ >= next_expiry_) {
      Expire();
    }
    if (log_size_ != 0) {
      FlushLog();
    }
  }
}

std::uint16_t Server::port() const {
  sockaddr_in6 address{};
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);  // at the same place in sockaddr_in
}
static_assert(offsetof(sockaddr_in6, sin6_port) == offsetof(sockaddr_in, sin_port));

// ---- Listening

namespace {

/// A listening socket of `family`, or -1. IPv6's takes IPv4 clients too.
int OpenListener(int family, std::uint16_t port) {
  const int listener = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) {
    return -1;
  }
  const int on = 1;
  const int off = 0;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // what it accepts inherits it
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  const bool is_v6 = family == AF_INET6;
  const auto* address =
      is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  if ((is_v6 && setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) ||
      bind(listener, address, is_v6 ? sizeof v6 : sizeof v4) != 0 ||
      listen(listener, kListenBacklog) != 0) {
    const int error = errno;
    close(listener);
    errno = error;
    return -1;
  }
  return listener;
}

}  // namespace

std::expected<Server*, const char*> Listen(const Options& options, const rootfs::Archive& files) {
  int listener = OpenListener(AF_INET6, options.port);
  if (listener < 0) {
    listener = OpenListener(AF_INET, options.port);
  }
  if (listener < 0) {
    return std::unexpected(
        errno == EADDRINUSE ? "another program serves on that port; choose one with --port="
        : errno == EACCES   ? "no right to serve on that port; choose one above 1023 with --port="
                            : "can't listen on that port");
  }
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) {
    return std::unexpected("can't wait for connections");
  }
  const std::size_t count = options.connections + kSpareConnections;
  void* server_memory = std::malloc(sizeof(Server));
  void* pool_memory = std::malloc(count * sizeof(Connection));
  if (server_memory == nullptr || pool_memory == nullptr) {
    return std::unexpected(
        "not enough memory for that many connections; choose fewer with --connections=");
  }
  auto* pool = static_cast<Connection*>(pool_memory);
  for (std::size_t i = 0; i < count; ++i) {
    ::new (pool + i) Connection();
  }
  auto* server = ::new (server_memory) Server(options, files, listener, epoll);
  server->Start({pool, count});
  return server;
}

std::uint16_t Port(const Server& server) { return server.port(); }

const char* Serve(Server& server) { return server.Run(); }

}  // namespace ashlar::httpd
