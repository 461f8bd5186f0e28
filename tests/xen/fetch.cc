// fetch ADDRESS PATH FILE [TIMES [PAUSE]]: fetches PATH from the HTTP server at an IPv4 address, on
// one connection, TIMES times, and writes what came last to FILE.
//
// The server's clock may be a few seconds off, no more: each answer's date is compared with the
// time here. With PAUSE, a file's name, it makes that file after the first time and goes on once
// somebody has removed it. A static program without name look-up: what an initial domain has is
// little.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <format>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace {

constexpr int kTimeoutSeconds = 20;

[[noreturn]] void Fail(std::string_view what) {
  std::fputs(std::format("fetch: {}\n", what).c_str(), stderr);
  std::exit(1);
}

int Connect(const char* address) {
  sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr = {}, .sin_zero = {}};
  if (inet_pton(AF_INET, address, &to.sin_addr) != 1) {
    Fail("give an IPv4 address");
  }
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  const timeval timeout = {.tv_sec = kTimeoutSeconds, .tv_usec = 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (connect(connection, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    Fail("no connection");
  }
  return connection;
}

// Reads at least one byte more.
void ReadMore(int connection, std::string& text) {
  char buffer[65536];
  const ssize_t count = recv(connection, buffer, sizeof buffer, 0);
  if (count <= 0) {
    Fail(count == 0 ? "the connection was closed" : "no answer");
  }
  text.append(buffer, static_cast<std::size_t>(count));
}

std::size_t ContentLength(std::string_view head) {
  constexpr std::string_view kField = "Content-Length: ";
  const std::size_t at = head.find(kField);
  std::size_t length = 0;
  if (!head.starts_with("HTTP/1.1 200 ") || at == std::string_view::npos) {
    Fail("not what was asked for");
  }
  std::from_chars(head.data() + at + kField.size(), head.data() + head.size(), length);
  return length;
}

// [RFC 9110 §6.6.1]
void CheckDate(const std::string& head) {
  constexpr std::string_view kField = "\r\nDate: ";
  constexpr double kMostSeconds = 3;
  const std::size_t at = head.find(kField);
  tm date = {};
  if (at == std::string::npos ||
      strptime(head.c_str() + at + kField.size(), "%a, %d %b %Y %H:%M:%S GMT", &date) == nullptr) {
    Fail("an answer without a date");
  }
  const double off = difftime(timegm(&date), time(nullptr));
  if (std::abs(off) > kMostSeconds) {
    Fail(std::format("the server's clock is {} seconds off", off));
  }
}

// `rest` is what came of the next answer already.
std::string Get(int connection, std::string_view path, std::string& rest) {
  const std::string request = std::format("GET {} HTTP/1.1\r\nHost: test\r\n\r\n", path);
  if (send(connection, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    Fail("the request cannot be sent");
  }
  std::size_t end;
  while ((end = rest.find("\r\n\r\n")) == std::string::npos) {
    ReadMore(connection, rest);
  }
  const std::size_t begin = end + 4;
  const std::size_t length = ContentLength(std::string_view(rest).substr(0, end));
  CheckDate(rest.substr(0, end));
  while (rest.size() < begin + length) {
    ReadMore(connection, rest);
  }
  std::string body = rest.substr(begin, length);
  rest.erase(0, begin + length);
  return body;
}

void Pause(const std::string& file) {
  std::ofstream(file).flush();
  while (access(file.c_str(), F_OK) == 0) {
    usleep(100'000);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc > 6) {
    Fail("give ADDRESS PATH FILE [TIMES [PAUSE]]");
  }
  const int connection = Connect(argv[1]);
  const int times = argc > 4 ? std::atoi(argv[4]) : 1;
  std::string rest;
  std::string body;
  for (int i = 0; i < times; ++i) {
    body = Get(connection, argv[2], rest);
    if (i == 0 && argc > 5) {
      Pause(argv[5]);
    }
  }
  std::ofstream file(argv[3], std::ios::binary);
  file.write(body.data(), static_cast<std::streamsize>(body.size()));
  return file.flush() ? 0 : 1;
}
