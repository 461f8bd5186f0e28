// How the guests that are measured run: QEMU's command line, and the counters of its plugin.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace benchmarks {

using Words = std::vector<std::string>;

inline Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// QEMU's command line for an image under TCG, its console on standard output.
Words Machine(const std::string& qemu, std::string_view machine, std::string_view memory,
              const std::string& image);

/// The counters that the plugin keeps in a file, mapped.
class Counters {
 public:
  Counters();
  ~Counters();
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;

  /// The words for QEMU that have the plugin count, and note its count at each address of `marks`.
  Words Arguments(const std::string& plugin, std::span<const std::uint64_t> marks) const;
  /// Instructions executed so far.
  std::uint64_t now() const { return map_[0]; }
  /// The same when the i-th mark was last executed; zero before.
  std::uint64_t mark(int i) const { return map_[1 + i]; }

 private:
  std::string path_;
  volatile std::uint64_t* map_ = nullptr;
};

}  // namespace benchmarks
