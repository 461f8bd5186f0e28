// The two pages that are made when they are asked for: /status for people, /metrics for Prometheus.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "apps/httpd/counters.h"
#include "apps/httpd/memory.h"
#include "apps/httpd/text_writer.h"
#include "libs/rootfs/rootfs.h"

namespace ashlar::httpd {

/// Where an image's list of its own libraries lies in its rootfs, if it has one: a line of
/// headings, then "library,code,constants,data,zeroed" in bytes. //tools/image_facts writes it from
/// the link map.
inline constexpr std::string_view kLibrariesPath = "image/libraries.csv";

struct PageFacts {
  const Counters& counters;
  const rootfs::Archive& files;
  Memory memory;
  std::size_t connections_open;
  std::size_t connections_at_most;
  std::chrono::nanoseconds uptime;
};

/// Prometheus' text format, version 0.0.4. At most kMaxMetricsSize bytes.
void WriteMetrics(const PageFacts& facts, TextWriter& out);
inline constexpr std::size_t kMaxMetricsSize = 8 * 1024;

/// A page for people. At most MaxStatusPageSize() bytes; libraries that would need more are left
/// out.
void WriteStatusPage(const PageFacts& facts, TextWriter& out);
std::size_t MaxStatusPageSize(const PageFacts& facts);

}  // namespace ashlar::httpd
