// Requests to images on a tap, which computes checksums and cuts segments for them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/report.h"

namespace benchmarks {

struct TapFiles {
  std::string qemu, qemu_user, plugin;
  std::string kvm, linuxu;          ///< images of httpd with /small.txt and /large.bin
  std::string raw_kvm, raw_linuxu;  ///< images of raw_server
};

/// What requests cost on each backend, and how many it answers in a second. Moves this process into
/// a network namespace, for good.
std::vector<Row> MeasureOverTaps(const TapFiles& files, std::uint64_t requests);

}  // namespace benchmarks
