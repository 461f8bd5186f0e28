// A domain's resources made of memory, for tests of front ends.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/events/events.h"
#include "libs/xen/abi.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/resources.h"

namespace ashlar::xen {

class FakeResources final : public Resources {
 public:
  std::size_t free_memory() const override { return free_bytes; }
  Result<std::span<std::byte>> AllocatePages(std::size_t size) override {
    const std::size_t pages = (size + kPageSize - 1) / kPageSize;
    if (pages > free_pages) {
      return std::unexpected(Error::kOutOfMemory);
    }
    free_pages -= pages;
    return std::as_writable_bytes(std::span(memory.get(), kPages))
        .subspan((kPages - free_pages - pages) * kPageSize, size);
  }
  Result<GrantTable*> FindGrants() override {
    return has_grants ? Result<GrantTable*>(&table) : std::unexpected(Error::kNoSpace);
  }
  Frames frames() const override {
    return Frames(nullptr, reinterpret_cast<std::uintptr_t>(memory.get()));
  }
  Result<std::uint32_t> OpenPort(std::uint16_t domain, events::Event&) override {
    if (ports_left-- == 0) {
      return std::unexpected(Error::kNoSpace);
    }
    ports[++last_port] = domain;
    return last_port;
  }
  void ClosePort(std::uint32_t port, const events::Event&) override { ports.erase(port); }
  void Notify(std::uint32_t port) override { notified.push_back(port); }

  /// The domain was restored: grants and ports are gone.
  void Restart() {
    std::ranges::fill(entries, GrantEntry{});
    table.Restart();
    ports.clear();
    last_port += 10;
  }

  struct alignas(kPageSize) Page {
    std::byte bytes[kPageSize];
  };
  static constexpr std::size_t kPages = 512;

  std::size_t free_bytes = 8 * kMiB;
  std::unique_ptr<Page[]> memory = std::make_unique<Page[]>(kPages);
  std::size_t free_pages = kPages;
  bool has_grants = true;
  std::vector<GrantEntry> entries = std::vector<GrantEntry>(1024);
  GrantTable table{entries};
  std::map<std::uint32_t, std::uint16_t> ports;  ///< open ones, and who may bind them
  std::uint32_t last_port = 7;
  int ports_left = 100;
  std::vector<std::uint32_t> notified;
};

}  // namespace ashlar::xen
