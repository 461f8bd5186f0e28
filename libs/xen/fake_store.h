// A store's daemon made of a map, for tests: answers in the page when it is waited for and knows
// that there is something to do.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/xen/abi.h"
#include "libs/xen/store.h"

namespace ashlar::xen {

/// The daemon. Paths are what they are: none is relative to anything.
class FakeStore final : public StorePeer {
 public:
  StoreInterface page = {};
  std::map<std::string, std::string> values;
  std::set<std::string> forbidden;             ///< EACCES
  std::set<std::string> read_only;             ///< EACCES to those who write
  bool silent = false;                         ///< never answers
  std::size_t most_at_once = ~std::size_t{0};  ///< bytes taken and given at a time
  /// Changes an answer before it is sent.
  std::function<void(StoreMessage&, std::string&)> lie;
  /// Called when somebody waits and there is nothing to answer; may Change() something.
  std::function<void()> idle;
  std::vector<std::string> log;  ///< what was written, "path=value"
  int notifications = 0;

  /// Sets a value as another client would, and tells those who watch.
  void Change(const std::string& path, std::string_view value) {
    awake_ = true;
    values[path] = value;
    for (const auto& [watched, token] : watches_) {
      if (path.starts_with(watched)) {
        Event(path, token);
      }
    }
  }

  std::size_t watches() const { return watches_.size(); }

  /// Another daemon, which knows nothing of what was: the domain was restored.
  void Restart() {
    page = {};
    input_.clear();
    output_.clear();
    watches_.clear();
    transaction_.reset();
    awake_ = false;
  }

  void Notify() override {
    ++notifications;
    awake_ = true;
  }
  bool Wait() override {
    if (silent || ++waits_ > kMaxWaits) {
      return false;
    }
    const bool asked = awake_ && page.request_consumer != page.request_producer;
    if (asked) {
      Take();
    } else if (output_.empty() && idle) {
      idle();
    }
    const bool any = asked || (awake_ && !output_.empty());
    if (awake_) {
      Give();
    }
    // It sleeps where it cannot go on, until it hears of it.
    const bool full = page.response_producer - page.response_consumer == kRing;
    awake_ =
        awake_ && (page.request_consumer != page.request_producer || (!output_.empty() && !full));
    return any;
  }

 private:
  static constexpr int kMaxWaits = 10'000;
  static constexpr std::uint32_t kRing = sizeof(StoreInterface::requests);

  // One at a time.
  struct Transaction {
    std::map<std::string, std::string> before;
    std::map<std::string, std::string> now;
    std::vector<std::string> log;
  };

  void Take() {
    for (std::size_t n = 0; page.request_consumer != page.request_producer && n < most_at_once;
         ++n) {
      input_ += page.requests[page.request_consumer % kRing];
      page.request_consumer = page.request_consumer + 1;
    }
    StoreMessage message;
    while (input_.size() >= sizeof message) {
      std::memcpy(&message, input_.data(), sizeof message);
      if (input_.size() < sizeof message + message.size) {
        return;
      }
      const std::string payload = input_.substr(sizeof message, message.size);
      input_.erase(0, sizeof message + message.size);
      Do(message, payload);
    }
  }

  void Give() {
    for (std::size_t n = 0; !output_.empty() && n < most_at_once &&
                            page.response_producer - page.response_consumer < kRing;
         ++n) {
      page.responses[page.response_producer % kRing] = output_.front();
      output_.erase(0, 1);
      page.response_producer = page.response_producer + 1;
    }
  }

  void Send(StoreMessage message, std::string payload) {
    message.size = static_cast<std::uint32_t>(payload.size());
    if (lie) {
      lie(message, payload);
    }
    output_.append(reinterpret_cast<const char*>(&message), sizeof message);
    output_ += payload;
  }
  void Event(const std::string& path, const std::string& token) {
    Send({.type = StoreMessage::Type::kWatchEvent, .request = 0, .transaction = 0, .size = 0},
         path + '\0' + token + '\0');
  }
  void Error(StoreMessage message, std::string_view name) {
    message.type = StoreMessage::Type::kError;
    Send(message, std::string(name) + '\0');
  }

  // As the oldest daemons do it: whatever others write meanwhile is in the way.
  void EndTransaction(const StoreMessage& message, bool commit) {
    const std::optional<Transaction> ended = std::exchange(transaction_, std::nullopt);
    if (commit && values != ended->before) {
      return Error(message, "EAGAIN");
    }
    if (commit) {
      values = ended->now;
      log.insert(log.end(), ended->log.begin(), ended->log.end());
    }
    Send(message, std::string("OK\0", 3));
  }

  void Do(const StoreMessage& message, const std::string& payload) {
    const bool alone = message.transaction == 0;
    if (!alone && (!transaction_ || message.transaction != transactions_)) {
      return Error(message, "ENOENT");
    }
    auto& tree = alone ? values : transaction_->now;
    auto& written = alone ? log : transaction_->log;
    const std::string path = payload.c_str();
    const std::string rest = payload.substr(std::min(payload.size(), path.size() + 1));
    const bool writes = message.type == StoreMessage::Type::kWrite;
    if (forbidden.contains(path) || (writes && read_only.contains(path))) {
      return Error(message, "EACCES");
    }
    switch (message.type) {
      case StoreMessage::Type::kRead:
        return tree.contains(path) ? Send(message, tree[path]) : Error(message, "ENOENT");
      case StoreMessage::Type::kList: {
        std::set<std::string> names;
        for (const auto& [name, value] : tree) {
          if (name.starts_with(path + "/")) {
            const std::size_t begin = path.size() + 1;
            names.insert(name.substr(begin, name.find('/', begin) - begin));
          }
        }
        std::string list;
        for (const std::string& name : names) {
          list += name + '\0';
        }
        return names.empty() ? Error(message, "ENOENT") : Send(message, list);
      }
      case StoreMessage::Type::kWrite:
        tree[path] = rest;
        written.push_back(path + "=" + rest);
        return Send(message, std::string("OK\0", 3));
      case StoreMessage::Type::kWatch:
        watches_.emplace_back(path, rest.c_str());
        Send(message, std::string("OK\0", 3));
        return Event(path, rest.c_str());
      case StoreMessage::Type::kUnwatch:
        return std::erase(watches_, std::pair(path, std::string(rest.c_str()))) != 0
                   ? Send(message, std::string("OK\0", 3))
                   : Error(message, "ENOENT");
      case StoreMessage::Type::kTransactionStart:
        transaction_ = Transaction{.before = values, .now = values, .log = {}};
        return Send(message, std::to_string(++transactions_) + '\0');
      case StoreMessage::Type::kTransactionEnd:
        return alone ? Error(message, "ENOENT") : EndTransaction(message, path == "T");
      default:
        return Error(message, "ENOSYS");
    }
  }

  std::string input_;
  std::string output_;
  std::vector<std::pair<std::string, std::string>> watches_;
  std::optional<Transaction> transaction_;
  std::uint32_t transactions_ = 0;  // the last one's number
  int waits_ = 0;
  bool awake_ = false;
};

}  // namespace ashlar::xen
