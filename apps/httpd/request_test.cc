// Heads and targets: tables of good and bad ones.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/request.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "apps/httpd/target.h"

namespace ashlar::httpd {
namespace {

using State = HeadResult::State;

HeadResult Parse(const std::string& text, Request& request) { return ParseHead(text, 0, request); }

TEST(RequestTest, AGoodHeadIsTakenApart) {
  const std::string text =
      "GET /a?b=c HTTP/1.1\r\nHost: x\r\nRange: bytes=1-2\r\nIf-None-Match: \"1\"\r\nif-range: "
      "\"2\"\r\n\r\nrest";
  Request request;
  const HeadResult result = Parse(text, request);
  ASSERT_EQ(result.state, State::kComplete);
  EXPECT_EQ(text.substr(result.size), "rest");
  EXPECT_EQ(request.method, Method::kGet);
  EXPECT_EQ(request.target, "/a?b=c");
  EXPECT_EQ(request.range, "bytes=1-2");
  EXPECT_EQ(request.if_none_match, "\"1\"");
  EXPECT_EQ(request.if_range, "\"2\"");
  EXPECT_TRUE(request.keep_alive);
  EXPECT_FALSE(request.has_body());
}

TEST(RequestTest, AHeadMayComeByteByByte) {
  const std::string text = "GET / HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
  Request request;
  for (std::size_t size = 1; size < text.size(); ++size) {
    ASSERT_EQ(ParseHead(text.substr(0, size), size - 1, request).state, State::kIncomplete) << size;
  }
  EXPECT_EQ(ParseHead(text, text.size() - 1, request).state, State::kComplete);
}

struct Persistence {
  const char* head;
  bool keep_alive;
  bool said;
};

TEST(RequestTest, ConnectionsLastAsTheVersionAndTheClientSay) {
  for (const Persistence& c : {
           Persistence{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true, false},
           Persistence{"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false, false},
           Persistence{"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, CLOSE\r\n\r\n", false,
                       false},
           Persistence{"GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", true, false},
           Persistence{"GET / HTTP/1.0\r\n\r\n", false, false},
           Persistence{"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, true},
           Persistence{"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false, true},
       }) {
    Request request;
    ASSERT_EQ(Parse(c.head, request).state, State::kComplete) << c.head;
    EXPECT_EQ(request.keep_alive, c.keep_alive) << c.head;
    EXPECT_EQ(request.keep_alive_said, c.said) << c.head;
  }
}

struct Malformed {
  std::string head;
  StatusCode code;
};

TEST(RequestTest, MalformedHeadsAreRefusedWithTheirReason) {
  const std::string get = "GET / HTTP/1.1\r\n";
  const std::string host = "Host: x\r\n";
  std::string many;
  for (std::size_t i = 0; i <= kMaxFields; ++i) {
    many += "A: b\r\n";
  }
  for (const Malformed& c : {
           Malformed{"\x16\x03\x01\x02", StatusCode::kBadRequest},  // TLS
           Malformed{"GET\r\n\r\n", StatusCode::kBadRequest},
           Malformed{"GET / \r\nHost: x\r\n\r\n", StatusCode::kBadRequest},
           Malformed{" GET / HTTP/1.1\r\n\r\n", StatusCode::kBadRequest},
           Malformed{"G(T / HTTP/1.1\r\n\r\n", StatusCode::kBadRequest},
           Malformed{"GET / HTTP/1.1 \r\n\r\n", StatusCode::kBadRequest},
           Malformed{"GET / HTTP/x.1\r\n\r\n", StatusCode::kBadRequest},
           Malformed{"GET / http/1.1\r\n\r\n", StatusCode::kBadRequest},
           Malformed{"GET / HTTP/2.0\r\n\r\n", StatusCode::kVersionNotSupported},
           Malformed{"GET / HTTP/0.9\r\n\r\n", StatusCode::kVersionNotSupported},
           Malformed{get + "\r\n", StatusCode::kBadRequest},  // no Host
           Malformed{get + host + host + "\r\n", StatusCode::kBadRequest},
           Malformed{get + host + "A : b\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + ": b\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + "A\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + "A: b\r\n folded\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + std::string("A: \0\r\n\r\n", 8), StatusCode::kBadRequest},
           Malformed{get + host + "A: b\rc\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + "Content-Length: x\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + "Content-Length: -1\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + "Content-Length: +1\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + "Content-Length: 1, 1\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + "Content-Length:\r\n\r\n", StatusCode::kBadRequest},
           Malformed{get + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
                     StatusCode::kBadRequest},
           Malformed{get + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                     StatusCode::kBadRequest},
           Malformed{
               get + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
               StatusCode::kBadRequest},
           Malformed{"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                     StatusCode::kBadRequest},
           Malformed{get + host + "Transfer-Encoding: gzip, chunked\r\n\r\n",
                     StatusCode::kNotImplemented},
           Malformed{get + host + "Range: bytes=0-1\r\nRange: bytes=0-1\r\n\r\n",
                     StatusCode::kBadRequest},
           Malformed{get + host + "Expect: miracles\r\n\r\n", StatusCode::kExpectationFailed},
           Malformed{get + host + "Content-Length: 65537\r\n\r\n", StatusCode::kContentTooLarge},
           Malformed{get + host + "Content-Length: 99999999999999999999\r\n\r\n",
                     StatusCode::kContentTooLarge},
           Malformed{get + host + many + "\r\n", StatusCode::kHeaderFieldsTooLarge},
           Malformed{get + host + "A: " + std::string(kMaxHeadSize, 'a') + "\r\n\r\n",
                     StatusCode::kHeaderFieldsTooLarge},
           Malformed{get + host + "A: " + std::string(kMaxHeadSize, 'a'),
                     StatusCode::kHeaderFieldsTooLarge},
           Malformed{"GET /" + std::string(kMaxTargetSize, 'a') + " HTTP/1.1\r\n" + host + "\r\n",
                     StatusCode::kUriTooLong},
           Malformed{"GET /" + std::string(kMaxHeadSize, 'a'), StatusCode::kUriTooLong},
       }) {
    Request request;
    const HeadResult result = Parse(c.head, request);
    EXPECT_EQ(result.state, State::kRefused) << c.head;
    EXPECT_EQ(static_cast<int>(result.refusal), static_cast<int>(c.code)) << c.head;
  }
}

TEST(RequestTest, BodiesAreAnnounced) {
  Request request;
  ASSERT_EQ(Parse("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", request).state,
            State::kComplete);
  EXPECT_EQ(request.method, Method::kOther);
  EXPECT_EQ(request.content_length, 5u);
  ASSERT_EQ(
      Parse("BREW / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n", request).state,
      State::kComplete);
  EXPECT_EQ(request.method, Method::kUnknown);
  EXPECT_TRUE(request.chunked);
}

struct GoodTarget {
  const char* target;
  const char* path;
  bool is_directory;
};

TEST(TargetTest, PathsAreDecodedAndResolved) {
  for (const GoodTarget& c : {
           GoodTarget{"/", "", true},
           GoodTarget{"/a/b.html", "a/b.html", false},
           GoodTarget{"/a/", "a", true},
           GoodTarget{"/a?x=/../%", "a", false},
           GoodTarget{"/%61%2e%42", "a.B", false},
           GoodTarget{"/a%20b", "a b", false},
           GoodTarget{"/.well-known/x", ".well-known/x", false},
           GoodTarget{"/a/./b", "a/b", false},
           GoodTarget{"/a/../b", "b", false},
           GoodTarget{"/a/b/..", "a", true},
           GoodTarget{"/a/.", "a", true},
           GoodTarget{"/a/%2e%2e/b", "b", false},
           GoodTarget{"/a/...", "a/...", false},
           GoodTarget{"/a//b", "a//b", false},
           GoodTarget{"http://host/a", "a", false},
           GoodTarget{"HTTP://host", "", true},
           GoodTarget{"http://host?x", "", true},
       }) {
    std::array<char, kMaxPathSize> scratch;
    const auto target = ParseTarget(c.target, scratch);
    ASSERT_TRUE(target.has_value()) << c.target;
    EXPECT_EQ(target->path, c.path) << c.target;
    EXPECT_EQ(target->is_directory, c.is_directory) << c.target;
  }
}

TEST(TargetTest, WhatWouldEscapeOrMakesNoSenseIsRefused) {
  const std::string long_path = "/%61" + std::string(kMaxPathSize, 'a');
  for (const auto& [text, code] : {
           std::pair<std::string, StatusCode>{"/..", StatusCode::kBadRequest},
           {"/../etc/passwd", StatusCode::kBadRequest},
           {"/a/../../b", StatusCode::kBadRequest},
           {"/%2e%2e/b", StatusCode::kBadRequest},
           {"/a%2f..%2fb", StatusCode::kNotFound},
           {"/a%00b", StatusCode::kBadRequest},
           {"/%", StatusCode::kBadRequest},
           {"/%4", StatusCode::kBadRequest},
           {"/%g0", StatusCode::kBadRequest},
           {"/a#b", StatusCode::kBadRequest},
           {"*", StatusCode::kBadRequest},
           {"", StatusCode::kBadRequest},
           {"host:80", StatusCode::kBadRequest},
           {"ftp://host/", StatusCode::kBadRequest},
           {"http:///a", StatusCode::kBadRequest},
           {long_path, StatusCode::kUriTooLong},
       }) {
    std::array<char, kMaxPathSize> scratch;
    const auto target = ParseTarget(text, scratch);
    ASSERT_FALSE(target.has_value()) << text;
    EXPECT_EQ(static_cast<int>(target.error()), static_cast<int>(code)) << text;
  }
}

}  // namespace
}  // namespace ashlar::httpd
