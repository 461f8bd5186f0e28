// Grants: which of this domain's pages other domains may use.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/xen/abi.h"

namespace ashlar::xen {

/// A grant's number, which the other domain is told.
using GrantReference = std::uint32_t;

/// The entries of a grant table, version 1 [grant_table.h], handed out one at a time. One thread.
class GrantTable {
 public:
  /// The first ones are the toolstack's [grant_table.h GNTTAB_NR_RESERVED_ENTRIES].
  static constexpr std::size_t kReserved = 8;

  /// `entries` is the table, shared with Xen, all of it free but the reserved ones.
  explicit GrantTable(std::span<GrantEntry> entries) : entries_(entries) {}

  /// kNone: nothing yet, until Renew().
  enum class Access : std::uint16_t {
    kNone = 0,
    kRead = GrantEntry::kPermitAccess | GrantEntry::kReadOnly,
    kReadWrite = GrantEntry::kPermitAccess,
  };

  /// Lets `domain` map or copy the page `frame` (a machine page of a PV domain, else a page of its
  /// own). kNoSpace: all grants are in use.
  Result<GrantReference> Grant(std::uint16_t domain, std::uint64_t frame, Access access) {
    if (frame >> 32 != 0) {
      return std::unexpected(Error::kInvalidArgument);
    }
    const GrantReference reference = ASHLAR_TRY(Allocate());
    GrantEntry& entry = entries_[reference];
    entry.domain = domain;
    entry.frame = static_cast<std::uint32_t>(frame);
    Renew(reference, access);
    return reference;
  }

  /// Allows `access`, where nothing was allowed.
  void Renew(GrantReference reference, Access access) {
    // The rest before the flags, which make it valid.
    Flags(entries_[reference]).store(static_cast<std::uint16_t>(access), std::memory_order_release);
  }

  /// Allows nothing until Renew(). False: the other domain still uses the page, so nothing changed.
  bool Withdraw(GrantReference reference) {
    std::atomic_ref<std::uint16_t> flags = Flags(entries_[reference]);
    std::uint16_t expected = flags.load(std::memory_order_relaxed);
    do {
      if ((expected & (GrantEntry::kReading | GrantEntry::kWriting)) != 0) {
        return false;
      }
      // Xen may mark it as used between the look and the change.
    } while (!flags.compare_exchange_weak(expected, 0, std::memory_order_acq_rel));
    return true;
  }

  /// Takes a grant back. False: the other domain still uses the page, so nothing changed; the page
  /// must stay as it is.
  bool End(GrantReference reference) {
    if (!Withdraw(reference)) {
      return false;
    }
    entries_[reference].frame = free_;
    free_ = reference;
    return true;
  }

  /// All grants are gone: the table is new, since this domain was restored.
  void Restart() {
    free_ = kNone;
    fresh_ = kReserved;
  }

 private:
  // Free entries that were in use make a list through their frames, which Xen does not look at.
  static constexpr GrantReference kNone = 0;

  static std::atomic_ref<std::uint16_t> Flags(GrantEntry& entry) {
    return std::atomic_ref<std::uint16_t>(entry.flags);
  }

  Result<GrantReference> Allocate() {
    if (free_ != kNone) {
      const GrantReference reference = free_;
      free_ = entries_[reference].frame;
      return reference;
    }
    if (fresh_ == entries_.size()) {
      return std::unexpected(Error::kNoSpace);
    }
    return static_cast<GrantReference>(fresh_++);
  }

  std::span<GrantEntry> entries_;
  GrantReference free_ = kNone;
  std::size_t fresh_ = kReserved;  // no entry from here on was ever in use
};

}  // namespace ashlar::xen
