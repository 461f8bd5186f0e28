// The pages that are made on request.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/pages.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace ashlar::httpd {
namespace {

// ---- Prometheus' text format [Prometheus-text]

void WriteMetric(TextWriter& out, std::string_view name, std::string_view type,
                 std::string_view help, std::uint64_t value) {
  out << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
  out << name << ' ' << value << '\n';
}

/// Seconds with three decimals.
void WriteSeconds(TextWriter& out, std::chrono::nanoseconds time) {
  const auto milliseconds = static_cast<std::uint64_t>(time.count() / 1'000'000);
  const auto rest = static_cast<unsigned>(milliseconds % 1000);
  out << milliseconds / 1000 << '.' << rest / 100;
  out.TwoDigits(rest % 100);
}

// ---- HTML

/// Text that may hold anything, in HTML.
void WriteEscaped(TextWriter& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out << "&amp;";
        break;
      case '<':
        out << "&lt;";
        break;
      case '>':
        out << "&gt;";
        break;
      case '"':
        out << "&quot;";
        break;
      default:
        out << c;
        break;
    }
  }
}

/// 12,345,678: people read it.
void WriteGrouped(TextWriter& out, std::uint64_t number) {
  std::array<char, 24> buffer;
  TextWriter digits(buffer);
  digits << number;
  const std::string_view text = digits.text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != 0 && (text.size() - i) % 3 == 0) {
      out << ',';
    }
    out << text[i];
  }
}

/// "512 B", "45.7 KiB", "3.2 MiB".
void WriteBytes(TextWriter& out, std::uint64_t bytes) {
  if (bytes < 1024) {
    out << bytes << " B";
    return;
  }
  const bool mebi = bytes >= 1024 * 1024;
  const std::uint64_t unit = mebi ? 1024 * 1024 : 1024;
  const std::uint64_t tenths = (bytes * 10 + unit / 2) / unit;
  WriteGrouped(out, tenths / 10);
  out << '.' << tenths % 10 << (mebi ? " MiB" : " KiB");
}

/// "3 d 04:05:06".
void WriteUptime(TextWriter& out, std::chrono::nanoseconds time) {
  const auto seconds = static_cast<std::uint64_t>(time.count() / 1'000'000'000);
  if (seconds >= 86400) {
    out << seconds / 86400 << " d ";
  }
  out.TwoDigits(static_cast<unsigned>(seconds / 3600 % 24)) << ':';
  out.TwoDigits(static_cast<unsigned>(seconds / 60 % 60)) << ':';
  out.TwoDigits(static_cast<unsigned>(seconds % 60));
}

constexpr std::string_view kPageStart = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Status · Ashlar httpd</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg"><style>
:root{--ink:#22272b;--soft:#5d666d;--paper:#f7f5f0;--card:#fff;--line:#dcd7cc;--stone:#b5651d;--bar:#e7c9a5}
@media(prefers-color-scheme:dark){:root{--ink:#e8e6e1;--soft:#a1a8ad;--paper:#15181b;--card:#1d2226;--line:#343b41;
--stone:#e8a45c;--bar:#6b4a26}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}a{color:var(--stone)}
h1{font-size:1.7rem;margin:.5rem 0}h2{font-size:1.15rem;margin:2.2rem 0 .7rem}p{color:var(--soft);margin:.3rem 0}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.75rem;margin:0}
dl div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem}
dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums}
.t{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.35rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:600;font-size:.85rem}th:first-child,td:first-child{text-align:left}
td:first-child{font-family:ui-monospace,monospace;font-size:.9rem}
tfoot td{font-weight:600;border-bottom:0}.b{width:30%;min-width:6rem}
.b i{display:block;height:.7rem;border-radius:.2rem;background:var(--bar)}
</style></head><body><main><p><a href="/">Ashlar</a></p><h1>Status of this image</h1>
)";

void OpenFact(TextWriter& out, std::string_view name) { out << "<div><dt>" << name << "</dt><dd>"; }
void CloseFact(TextWriter& out) { out << "</dd></div>\n"; }

void WriteNumberFact(TextWriter& out, std::string_view name, std::uint64_t number) {
  OpenFact(out, name);
  WriteGrouped(out, number);
  CloseFact(out);
}

void WriteBytesFact(TextWriter& out, std::string_view name, std::uint64_t bytes) {
  OpenFact(out, name);
  WriteBytes(out, bytes);
  CloseFact(out);
}

// ---- The list of libraries

struct Library {
  std::string_view name;
  std::array<std::uint64_t, 4> bytes{};  ///< code, constants, data, zeroed

  std::uint64_t total() const { return bytes[0] + bytes[1] + bytes[2] + bytes[3]; }
};

/// The next library of the list `rows`, which shrinks by its line. Lines that are none are passed
/// over; false at the end.
bool NextLibrary(std::string_view& rows, Library& library) {
  while (!rows.empty()) {
    const std::size_t end = rows.find('\n');
    std::string_view line = rows.substr(0, end);
    rows = end == std::string_view::npos ? std::string_view() : rows.substr(end + 1);
    const std::size_t comma = line.find(',');
    if (comma == std::string_view::npos) {
      continue;
    }
    library.name = line.substr(0, comma);
    line.remove_prefix(comma);
    bool good = true;
    for (std::uint64_t& number : library.bytes) {
      good = good && line.starts_with(',');
      if (good) {
        const auto [stop, error] =
            std::from_chars(line.data() + 1, line.data() + line.size(), number);
        good = error == std::errc() && number < UINT32_MAX;
        line.remove_prefix(static_cast<std::size_t>(stop - line.data()));
      }
    }
    if (good && line.empty()) {
      return true;
    }
  }
  return false;
}

std::string_view LibraryRows(const rootfs::Archive& files) {
  const auto file = files.Find(kLibrariesPath);
  if (!file.has_value()) {
    return {};
  }
  return {reinterpret_cast<const char*>(file->bytes.data()), file->bytes.size()};
}

constexpr std::size_t kLibraryRowSize =
    320;  ///< HTML around a name; the name itself counts up to six times

void WriteLibraries(TextWriter& out, std::string_view list) {
  Library sum{.name = "all"};
  std::uint64_t largest = 1;
  std::size_t count = 0;
  Library library;
  for (std::string_view rows = list; NextLibrary(rows, library); ++count) {
    for (std::size_t i = 0; i < sum.bytes.size(); ++i) {
      sum.bytes[i] += library.bytes[i];
    }
    largest = std::max(largest, library.total());
  }
  out << "<h2 id=\"libraries\">The " << count
      << " libraries in it</h2>\n<p>Bytes, from the linker's own map: "
         "nothing else is in the image but the files it serves.</p>\n<div "
         "class=\"t\"><table><thead><tr>"
         "<th>library</th><th>code</th><th>constants</th><th>data</th><th>zeroed</th><th>sum</th>"
         "<th class=\"b\"></th></tr></thead>\n<tbody>\n";
  const auto write_cells = [&](const Library& row) {
    for (const std::uint64_t bytes : row.bytes) {
      out << "<td>";
      WriteGrouped(out, bytes);
      out << "</td>";
    }
    out << "<td>";
    WriteGrouped(out, row.total());
    out << "</td>";
  };
  for (std::string_view rows = list; NextLibrary(rows, library);) {
    if (out.space() < kLibraryRowSize + 6 * library.name.size() + 1024) {
      break;
    }
    out << "<tr><td>";
    WriteEscaped(out, library.name);
    out << "</td>";
    write_cells(library);
    out << "<td class=\"b\"><i style=\"width:" << library.total() * 100 / largest
        << "%\"></i></td></tr>\n";
  }
  out << "</tbody><tfoot><tr><td>all</td>";
  write_cells(sum);
  out << "<td></td></tr></tfoot></table></div>\n";
}

}  // namespace

void WriteMetrics(const PageFacts& facts, TextWriter& out) {
  const Counters& counters = facts.counters;
  out << "# HELP httpd_responses_total Responses sent, by status code.\n# TYPE "
         "httpd_responses_total counter\n";
  for (std::size_t i = 0; i < std::size(kFinalStatusCodes); ++i) {
    out << "httpd_responses_total{code=\"" << static_cast<int>(kFinalStatusCodes[i]) << "\"} "
        << counters.responses[i] << '\n';
  }
  WriteMetric(out, "httpd_sent_bytes_total", "counter", "Bytes sent, heads included.",
              counters.bytes_sent);
  WriteMetric(out, "httpd_connections_accepted_total", "counter", "Connections accepted.",
              counters.connections_accepted);
  WriteMetric(out, "httpd_connections_refused_total", "counter",
              "Connections answered 503: no place was free.", counters.connections_refused);
  WriteMetric(out, "httpd_connections_evicted_total", "counter",
              "Idle connections closed to make room.", counters.connections_evicted);
  WriteMetric(out, "httpd_connections_timed_out_total", "counter",
              "Connections closed because their time was up.", counters.connections_timed_out);
  WriteMetric(out, "httpd_connections_broken_total", "counter",
              "Connections lost in the middle of something.", counters.connections_broken);
  WriteMetric(out, "httpd_connections_open", "gauge", "Connections open now.",
              facts.connections_open);
  WriteMetric(out, "httpd_connections_limit", "gauge", "Connections that may be open at once.",
              facts.connections_at_most);
  WriteMetric(out, "httpd_files", "gauge", "Files and directories served.", facts.files.size());
  out << "# HELP httpd_uptime_seconds Time since the server started.\n# TYPE httpd_uptime_seconds "
         "gauge\n"
         "httpd_uptime_seconds ";
  WriteSeconds(out, facts.uptime);
  out << '\n';
  if (facts.memory.machine != 0) {
    WriteMetric(out, "ashlar_memory_machine_bytes", "gauge", "RAM of the machine.",
                facts.memory.machine);
    WriteMetric(out, "ashlar_memory_free_bytes", "gauge", "Pages nobody has.", facts.memory.free);
    WriteMetric(out, "ashlar_heap_bytes", "gauge", "Pages the heap has.", facts.memory.heap);
    WriteMetric(out, "ashlar_heap_used_bytes", "gauge", "Bytes in the heap's blocks.",
                facts.memory.heap_used);
  }
}

std::size_t MaxStatusPageSize(const PageFacts& facts) {
  std::size_t size = 12 * 1024;
  Library library;
  for (std::string_view rows = LibraryRows(facts.files); NextLibrary(rows, library);) {
    size += kLibraryRowSize + 6 * library.name.size();
  }
  return std::min<std::size_t>(size, 128 * 1024);
}

void WriteStatusPage(const PageFacts& facts, TextWriter& out) {
  const Counters& counters = facts.counters;
  out << kPageStart << "<dl>\n";
  OpenFact(out, "up");
  WriteUptime(out, facts.uptime);
  CloseFact(out);
  WriteNumberFact(out, "responses", counters.all_responses());
  WriteBytesFact(out, "sent", counters.bytes_sent);
  OpenFact(out, "connections open");
  out << facts.connections_open << " of " << facts.connections_at_most;
  CloseFact(out);
  WriteNumberFact(out, "accepted so far", counters.connections_accepted);
  WriteNumberFact(out, "refused, evicted",
                  counters.connections_refused + counters.connections_evicted);
  WriteNumberFact(out, "timed out", counters.connections_timed_out);
  WriteNumberFact(out, "broken off", counters.connections_broken);
  out << "</dl>\n<h2>Memory</h2>\n";
  if (facts.memory.machine != 0) {
    out << "<dl>\n";
    WriteBytesFact(out, "of the machine", facts.memory.machine);
    WriteBytesFact(out, "free", facts.memory.free);
    WriteBytesFact(out, "of the heap", facts.memory.heap);
    WriteBytesFact(out, "used in the heap", facts.memory.heap_used);
    out << "</dl>\n";
  } else {
    out << "<p>This server runs as an ordinary process: the host knows its memory.</p>\n";
  }
  if (const std::string_view rows = LibraryRows(facts.files); !rows.empty()) {
    WriteLibraries(out, rows);
  } else {
    out << "<h2>Libraries</h2>\n<p>This program carries no list of its libraries.</p>\n";
  }
  out << "<p>The same for machines: <a "
         "href=\"/metrics\">/metrics</a>.</p>\n</main></body></html>\n";
}

}  // namespace ashlar::httpd
