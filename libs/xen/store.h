// Xenstore: the tree of names and values through which a domain and its devices' back ends find
// each other.
//
// Paths without a leading slash begin at the domain's own place in the tree.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

#include "libs/base/result.h"
#include "libs/xen/abi.h"

namespace ashlar::xen {

/// How the daemon at the other end of the page is reached.
class StorePeer {
 public:
  /// Tells it that the page changed.
  virtual void Notify() = 0;
  /// Sleeps until it may have changed the page. False: it has not in the time that the
  /// implementation allows for that.
  virtual bool Wait() = 0;

 protected:
  ~StorePeer() = default;
};

/// A place in the tree, at and below which changes are noted.
class StoreWatch {
 public:
  /// `path` must stay.
  explicit constexpr StoreWatch(std::string_view path) : path_(path) {}
  StoreWatch(const StoreWatch&) = delete;
  StoreWatch& operator=(const StoreWatch&) = delete;

  /// From the next Store::Watch() on, of another place.
  void MoveTo(std::string_view path) {
    path_ = path;
    changed_ = true;
  }
  /// Whether something changed since the last call; yes at the first, since nobody has looked yet.
  bool Take() { return std::exchange(changed_, false); }

 private:
  friend class Store;

  std::string_view path_;
  bool changed_ = true;
};

/// A client of the daemon, which answers one request after another. One thread.
///
/// Errors of every call: kNotFound: there is no such name; kPermission: it is not this domain's;
/// kMessageTooLong: it fits neither a message nor the caller's buffer; kBroken: the daemon breaks
/// the protocol, and nothing works from then on; kTimedOut: it does not answer, and nothing works
/// from then on; kInputOutput: it has another reason.
class Store {
 public:
  static constexpr std::size_t kMaxWatches = 16;
  /// Of Take(), while others change the store.
  static constexpr int kMaxTries = 16;

  /// `page` is the page that both share. Goes on from where a loader left the rings.
  Store(StoreInterface& page, StorePeer& peer) : peer_(peer) { Attach(page); }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// The value of `path`, at the beginning of `buffer`.
  Result<std::string_view> Read(std::string_view path, std::span<char> buffer);
  /// The same, and puts an empty value in its place: both or neither, whatever others write
  /// meanwhile. Leaves an empty one alone. kMessageTooLong: it does not fit, and is gone all the
  /// same; kWouldBlock: others never stopped writing.
  Result<std::string_view> Take(std::string_view path, std::span<char> buffer);
  /// The names below `path`, each followed by a NUL, at the beginning of `buffer`.
  Result<std::string_view> List(std::string_view path, std::span<char> buffer);
  /// Sets the value of `path`, a new name or an old one.
  Result<void> Write(std::string_view path, std::string_view value);

  /// Has `watch`, which must stay, note changes. kNoSpace: there are kMaxWatches.
  Result<void> Watch(StoreWatch& watch);
  /// `watch` notes nothing from now on, whatever the daemon answers, and may go. Nothing, if it is
  /// not watched.
  void Unwatch(StoreWatch& watch);
  /// Takes what the daemon has sent of changes, without sleeping while there is nothing.
  Result<void> TakeChanges();
  /// Sleeps until something that is watched changes. kTimedOut: nothing did in the time that the
  /// peer allows; that is no failure of the daemon's.
  Result<void> WaitForChange();

  /// Goes on with another page, after this domain was restored: a daemon that knows nothing of it.
  /// Nothing is watched any more.
  void Restart(StoreInterface& page);

 private:
  using Parts = std::initializer_list<std::string_view>;

  void Attach(StoreInterface& page);
  // The response's payload goes to the beginning of `buffer`; its size.
  Result<std::size_t> Request(StoreMessage::Type type, Parts parts, std::span<char> buffer);
  Result<void> RequestWatch(StoreMessage::Type type, StoreWatch*& place);
  Result<std::size_t> Answer(StoreMessage::Type type, std::span<char> buffer);
  Result<void> BeginTransaction();
  Result<void> EndTransaction(bool commit);
  Result<StoreMessage> ReceiveHeader();
  Result<void> ReceiveEvent(std::size_t size);
  Result<Error> ReceiveError(std::size_t size);
  Result<void> Send(std::string_view bytes);
  Result<void> Receive(std::span<char> bytes);
  Result<void> Discard(std::size_t size);
  Result<std::uint32_t> Available();
  Result<void> WaitForPeer();
  std::unexpected<Error> Fail(Error error) {
    failure_ = std::unexpected(error);
    return std::unexpected(error);
  }

  StoreInterface* page_ = nullptr;
  StorePeer& peer_;
  std::uint32_t produced_ = 0;
  std::uint32_t consumed_ = 0;
  std::uint32_t request_ = 0;
  std::uint32_t transaction_ = 0;  // which the requests are of; 0: of none
  Result<void> failure_;           // of the protocol: for good
  std::array<StoreWatch*, kMaxWatches> watches_ = {};
};

}  // namespace ashlar::xen
