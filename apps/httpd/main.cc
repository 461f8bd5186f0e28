// httpd: serves the files of the image's rootfs over HTTP/1.1.
//
//   httpd [--port=80] [--connections=512] [--access-log]
//         [--head-timeout=10] [--idle-timeout=60] [--send-timeout=30]
//
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <array>
#include <charconv>
#include <span>
#include <string_view>

#include "apps/httpd/server.h"
#include "apps/httpd/text_writer.h"
#include "libs/rootfs/rootfs.h"

namespace {

using ashlar::httpd::Options;
using ashlar::httpd::TextWriter;

void Say(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

int Fail(std::string_view sentence, std::string_view what = "") {
  std::array<char, 512> buffer;
  TextWriter line(buffer);
  line << "httpd: " << sentence << what.substr(0, 256) << '\n';
  Say(STDERR_FILENO, line.text());
  return 2;
}

/// Reads "--NAME=NUMBER" with a number from `low` to `high` into `value`. False if `argument` is
/// another one, or wrong.
template <typename Number>
bool Read(std::string_view argument, std::string_view name, std::size_t low, std::size_t high,
          Number& value) {
  if (!argument.starts_with(name)) {
    return false;
  }
  argument.remove_prefix(name.size());
  std::size_t number = 0;
  const auto [end, error] =
      std::from_chars(argument.data(), argument.data() + argument.size(), number);
  if (error != std::errc() || end != argument.data() + argument.size() || number < low ||
      number > high) {
    return false;
  }
  value = Number(number);
  return true;
}

bool ReadOption(std::string_view argument, Options& options) {
  if (argument == "--access-log") {
    options.access_log = true;
    return true;
  }
  return Read(argument, "--port=", 0, 65535, options.port) ||
         Read(argument, "--connections=", 1, 65536, options.connections) ||
         Read(argument, "--head-timeout=", 1, 3600, options.head_timeout) ||
         Read(argument, "--idle-timeout=", 1, 3600, options.idle_timeout) ||
         Read(argument, "--send-timeout=", 1, 3600, options.send_timeout);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (const char* argument :
       std::span(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0)) {
    if (!ReadOption(argument, options)) {
      return Fail(
          "there is --port=0..65535, --connections=1..65536, --access-log, and --head-timeout=, "
          "--idle-timeout=, --send-timeout= with 1..3600 seconds; not ",
          argument);
    }
  }
  const auto server = ashlar::httpd::Listen(options, ashlar::rootfs::Embedded());
  if (!server.has_value()) {
    return Fail(server.error());
  }
  std::array<char, 64> buffer;
  TextWriter line(buffer);
  line << "httpd: serving on port " << ashlar::httpd::Port(**server) << '\n';
  Say(STDOUT_FILENO, line.text());
  return Fail(ashlar::httpd::Serve(**server));
}
