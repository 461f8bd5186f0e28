// The store's two rings of bytes, and the messages in them.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/store.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/xen/abi.h"
#include "libs/xen/text.h"

namespace ashlar::xen {
namespace {

constexpr std::string_view kNul{"\0", 1};
constexpr std::size_t kRing = sizeof(StoreInterface::requests);
static_assert(kRing == sizeof(StoreInterface::responses));

}  // namespace

void Store::Attach(StoreInterface& page) {
  page_ = &page;
  produced_ = page.request_producer;
  consumed_ = page.response_consumer;
  failure_ = {};
}

Result<std::string_view> Store::Read(std::string_view path, std::span<char> buffer) {
  const std::size_t size = ASHLAR_TRY(Request(StoreMessage::Type::kRead, {path, kNul}, buffer));
  return std::string_view(buffer.data(), size);
}

Result<std::string_view> Store::Take(std::string_view path, std::span<char> buffer) {
  for (int tries = 0; tries < kMaxTries; ++tries) {
    ASHLAR_TRY(BeginTransaction());
    const Result<std::string_view> value = Read(path, buffer);
    const bool any = value ? !value->empty() : value.error() == Error::kMessageTooLong;
    const Result<void> written = any ? Write(path, "") : Result<void>();
    const Result<void> ended = EndTransaction(any && written);
    if (!any) {
      return value;
    }
    ASHLAR_TRY(written);
    if (ended) {
      return value;
    }
    if (ended.error() != Error::kWouldBlock) {
      return std::unexpected(ended.error());
    }
  }
  return std::unexpected(Error::kWouldBlock);
}

Result<std::string_view> Store::List(std::string_view path, std::span<char> buffer) {
  const std::size_t size = ASHLAR_TRY(Request(StoreMessage::Type::kList, {path, kNul}, buffer));
  return std::string_view(buffer.data(), size);
}

Result<void> Store::Write(std::string_view path, std::string_view value) {
  ASHLAR_TRY(Request(StoreMessage::Type::kWrite, {path, kNul, value}, {}));
  return {};
}

Result<void> Store::Watch(StoreWatch& watch) {
  const auto place = std::ranges::find(watches_, nullptr);
  if (place == watches_.end()) {
    return std::unexpected(Error::kNoSpace);
  }
  *place = &watch;  // first: the daemon sends an event at once
  const Result<void> answer = RequestWatch(StoreMessage::Type::kWatch, *place);
  if (!answer) {
    *place = nullptr;
  }
  return answer;
}

void Store::Unwatch(StoreWatch& watch) {
  const auto place = std::ranges::find(watches_, &watch);
  if (place != watches_.end()) {
    // What the daemon has sent of it until it answers is noted yet.
    (void)RequestWatch(StoreMessage::Type::kUnwatch, *place);
    *place = nullptr;
  }
}

// The token is the index as a letter, since tokens are text.
Result<void> Store::RequestWatch(StoreMessage::Type type, StoreWatch*& place) {
  const char token = static_cast<char>('a' + (&place - watches_.data()));
  ASHLAR_TRY(Request(type, {place->path_, kNul, std::string_view(&token, 1), kNul}, {}));
  return {};
}

Result<void> Store::TakeChanges() {
  ASHLAR_TRY(failure_);
  while (ASHLAR_TRY(Available()) >= sizeof(StoreMessage)) {
    const StoreMessage message = ASHLAR_TRY(ReceiveHeader());
    if (message.type != StoreMessage::Type::kWatchEvent) {
      return Fail(Error::kBroken);
    }
    ASHLAR_TRY(ReceiveEvent(message.size));
  }
  return {};
}

Result<void> Store::WaitForChange() {
  ASHLAR_TRY(failure_);
  while (ASHLAR_TRY(Available()) < sizeof(StoreMessage)) {
    if (!peer_.Wait()) {
      return std::unexpected(Error::kTimedOut);
    }
  }
  return TakeChanges();
}

void Store::Restart(StoreInterface& page) {
  Attach(page);
  watches_ = {};
}

Result<std::size_t> Store::Request(StoreMessage::Type type, Parts parts, std::span<char> buffer) {
  ASHLAR_TRY(failure_);
  std::size_t size = 0;
  for (const std::string_view part : parts) {
    size += part.size();
  }
  if (size > StoreMessage::kMaxSize) {
    return std::unexpected(Error::kMessageTooLong);
  }
  const StoreMessage header = {type, ++request_, transaction_, static_cast<std::uint32_t>(size)};
  ASHLAR_TRY(Send({reinterpret_cast<const char*>(&header), sizeof header}));
  for (const std::string_view part : parts) {
    ASHLAR_TRY(Send(part));
  }
  peer_.Notify();
  return Answer(type, buffer);
}

Result<std::size_t> Store::Answer(StoreMessage::Type type, std::span<char> buffer) {
  while (true) {
    const StoreMessage answer = ASHLAR_TRY(ReceiveHeader());
    if (answer.type == StoreMessage::Type::kWatchEvent) {
      ASHLAR_TRY(ReceiveEvent(answer.size));
      continue;
    }
    if (answer.request != request_) {
      return Fail(Error::kBroken);
    }
    if (answer.type == StoreMessage::Type::kError) {
      return std::unexpected(ASHLAR_TRY(ReceiveError(answer.size)));
    }
    if (answer.type != type) {
      return Fail(Error::kBroken);
    }
    if (buffer.empty()) {  // "OK" and a NUL answer what has no value
      ASHLAR_TRY(Discard(answer.size));
      return 0;
    }
    if (answer.size > buffer.size()) {
      ASHLAR_TRY(Discard(answer.size));
      return std::unexpected(Error::kMessageTooLong);
    }
    ASHLAR_TRY(Receive(buffer.first(answer.size)));
    return answer.size;
  }
}

// [Xen docs/misc/xenstore.txt "Transactions"] The answer is a number in decimal, and a NUL.
Result<void> Store::BeginTransaction() {
  char buffer[16] = {};
  ASHLAR_TRY(Request(StoreMessage::Type::kTransactionStart, {kNul}, buffer));
  const std::optional<std::uint64_t> number = ParseNumber({buffer, strnlen(buffer, sizeof buffer)});
  if (!number || *number == 0 || *number > std::numeric_limits<std::uint32_t>::max()) {
    return Fail(Error::kBroken);
  }
  transaction_ = static_cast<std::uint32_t>(*number);
  return {};
}

// kWouldBlock: what others wrote meanwhile is in the way, and nothing was done.
Result<void> Store::EndTransaction(bool commit) {
  const Result<std::size_t> answer =
      Request(StoreMessage::Type::kTransactionEnd, {commit ? "T" : "F", kNul}, {});
  transaction_ = 0;
  ASHLAR_TRY(answer);
  return {};
}

Result<StoreMessage> Store::ReceiveHeader() {
  StoreMessage header;
  ASHLAR_TRY(Receive({reinterpret_cast<char*>(&header), sizeof header}));
  if (header.size > StoreMessage::kMaxSize) {
    return Fail(Error::kBroken);
  }
  return header;
}

// [io/xs_wire.h XS_WATCH_TYPE] the path that changed, the token, a NUL behind each: the token is
// the last letter but one.
Result<void> Store::ReceiveEvent(std::size_t size) {
  char tail[2] = {};
  if (size < sizeof tail) {
    return Fail(Error::kBroken);
  }
  ASHLAR_TRY(Discard(size - sizeof tail));
  ASHLAR_TRY(Receive(tail));
  const std::size_t index = static_cast<unsigned char>(tail[0]) - std::size_t{'a'};
  if (index < watches_.size() && watches_[index] != nullptr) {
    watches_[index]->changed_ = true;
  }
  return {};
}

// [io/xs_wire.h xsd_errors] errors are names.
Result<Error> Store::ReceiveError(std::size_t size) {
  char name[16] = {};
  const std::size_t kept = std::min(size, sizeof name);
  ASHLAR_TRY(Receive(std::span(name).first(kept)));
  ASHLAR_TRY(Discard(size - kept));
  const std::string_view text(name, strnlen(name, sizeof name));
  if (text == "ENOENT") {
    return Error::kNotFound;
  }
  if (text == "EAGAIN") {
    return Error::kWouldBlock;
  }
  return text == "EACCES" || text == "EPERM" ? Error::kPermission : Error::kInputOutput;
}

Result<void> Store::WaitForPeer() {
  if (!peer_.Wait()) {
    return Fail(Error::kTimedOut);
  }
  return {};
}

Result<void> Store::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::uint32_t used = produced_ - page_->request_consumer;
    if (used > kRing) {
      return Fail(Error::kBroken);
    }
    if (used == kRing) {
      peer_.Notify();
      ASHLAR_TRY(WaitForPeer());
      continue;
    }
    const std::size_t offset = produced_ % kRing;
    const std::size_t count = std::min({bytes.size(), kRing - used, kRing - offset});
    std::memcpy(page_->requests + offset, bytes.data(), count);
    bytes.remove_prefix(count);
    produced_ += static_cast<std::uint32_t>(count);
    // The bytes before the index that says they are there.
    std::atomic_thread_fence(std::memory_order_release);
    page_->request_producer = produced_;
  }
  return {};
}

Result<std::uint32_t> Store::Available() {
  const std::uint32_t available = page_->response_producer - consumed_;
  if (available > kRing) {
    return Fail(Error::kBroken);
  }
  return available;
}

Result<void> Store::Receive(std::span<char> bytes) {
  while (!bytes.empty()) {
    const std::uint32_t available = ASHLAR_TRY(Available());
    if (available == 0) {
      ASHLAR_TRY(WaitForPeer());
      continue;
    }
    // The index before the bytes that it says are there.
    std::atomic_thread_fence(std::memory_order_acquire);
    const std::size_t offset = consumed_ % kRing;
    const std::size_t count = std::min({bytes.size(), std::size_t{available}, kRing - offset});
    std::memcpy(bytes.data(), page_->responses + offset, count);
    bytes = bytes.subspan(count);
    const std::uint32_t before = consumed_;
    consumed_ += static_cast<std::uint32_t>(count);
    // Done with the bytes before they may be written over.
    std::atomic_thread_fence(std::memory_order_release);
    page_->response_consumer = consumed_;
    // Our index before the look at the daemon's: it waits for us only where there was no room.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (page_->response_producer - before >= kRing) {
      peer_.Notify();
    }
  }
  return {};
}

Result<void> Store::Discard(std::size_t size) {
  char bytes[64];
  while (size != 0) {
    const std::size_t count = std::min(size, sizeof bytes);
    ASHLAR_TRY(Receive(std::span(bytes).first(count)));
    size -= count;
  }
  return {};
}

}  // namespace ashlar::xen
