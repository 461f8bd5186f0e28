// Responses: what a request gets from a small site.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/response.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "apps/httpd/head_cache.h"
#include "apps/httpd/request_memo.h"
#include "libs/rootfs/pack_archive.h"

namespace ashlar::httpd {
namespace {

constexpr std::int64_t kModified = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

class ResponseTest : public testing::Test {
 protected:
  /// The response to GET `target` with more fields, as text: its head and its body.
  std::string Get(const std::string& target, const std::string& fields = "",
                  const std::string& method = "GET") {
    const std::string text = method + " " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
    Request request;
    const HeadResult head = ParseHead(text, 0, request);
    EXPECT_EQ(head.state, HeadResult::State::kComplete) << text;
    response_ = Respond(request, files_);
    std::array<char, kMaxResponseHeadSize> buffer;
    TextWriter writer(buffer);
    EXPECT_TRUE(WriteHead(response_, ContentLength(response_), date_, writer));
    std::string result(writer.text());
    if (response_.body == Response::Body::kFile && !response_.head_only) {
      result.append(reinterpret_cast<const char*>(response_.bytes.data()), response_.bytes.size());
    }
    return result;
  }
  int StatusOf(const std::string& target, const std::string& fields = "",
               const std::string& method = "GET") {
    Get(target, fields, method);
    return static_cast<int>(response_.status);
  }
  std::string tag() const { return std::string(files_.Find("ten.txt")->entity_tag); }

  const std::string bytes_ = rootfs::PackArchive({{"index.html", "<p>home"},
                                                  {"ten.txt", "0123456789"},
                                                  {"empty.txt", ""},
                                                  {"docs/index.html", "<p>docs"},
                                                  {"bare/x", "x"}},
                                                 {.modified = kModified})
                                 .value();
  const rootfs::Archive files_ = rootfs::Archive::Open(std::as_bytes(std::span(bytes_))).value();
  const DateText date_{
      .known = true,
      .stamp = 1,
      .text = FormatHttpDate(std::chrono::sys_seconds(std::chrono::seconds(kModified)))};
  Response response_;
};

TEST_F(ResponseTest, AFileComesWithWhatIsKnownOfIt) {
  EXPECT_EQ(Get("/ten.txt"),
            "HTTP/1.1 200 OK\r\nServer: Ashlar\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Length: "
            "10\r\nX-Content-Type-Options: nosniff\r\n"
            "ETag: " +
                tag() +
                "\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nAccept-Ranges: bytes\r\n"
                "Cache-Control: no-cache\r\n\r\n0123456789");
}

TEST_F(ResponseTest, HeadGetsTheSameHeadAndNoBody) {
  const std::string get = Get("/ten.txt");
  EXPECT_EQ(Get("/ten.txt", "", "HEAD"), get.substr(0, get.size() - 10));
}

TEST_F(ResponseTest, DirectoriesHaveAnIndexAndASlash) {
  EXPECT_TRUE(Get("/").ends_with("<p>home"));
  EXPECT_TRUE(Get("/docs/").ends_with("<p>docs"));
  EXPECT_TRUE(Get("/docs?a=b").contains("301 Moved Permanently\r\n"));
  EXPECT_TRUE(Get("/docs?a=b").contains("\r\nLocation: /docs/?a=b\r\n"));
  EXPECT_EQ(StatusOf("/bare/"), 404);
  EXPECT_EQ(StatusOf("/ten.txt/"), 404);
  EXPECT_EQ(StatusOf("//docs"), 404);
}

TEST_F(ResponseTest, MethodsOtherThanGetAndHeadAreRefused) {
  EXPECT_TRUE(Get("/", "", "POST").contains("405 Method Not Allowed\r\n"));
  EXPECT_TRUE(Get("/", "", "POST").contains("\r\nAllow: GET, HEAD\r\n"));
  EXPECT_EQ(StatusOf("*", "", "OPTIONS"), 405);
  EXPECT_EQ(StatusOf("/", "", "BREW"), 501);
}

TEST_F(ResponseTest, ASiteMayHaveAPageForWhatIsNotThere) {
  EXPECT_TRUE(Get("/none").ends_with("\r\n\r\n404 Not Found\n"));
  const std::string bytes = rootfs::PackArchive({{"404.html", "<p>lost"}}).value();
  const rootfs::Archive files = rootfs::Archive::Open(std::as_bytes(std::span(bytes))).value();
  Request request;
  request.method = Method::kGet;
  request.target = "/none";
  const Response response = Respond(request, files);
  EXPECT_EQ(response.status, StatusCode::kNotFound);
  EXPECT_EQ(response.body, Response::Body::kFile);
  EXPECT_EQ(response.bytes.size(), 7u);
}

struct RangeCase {
  const char* range;
  int status;
  const char* content_range;
  const char* body;
};

TEST_F(ResponseTest, RangesAreServed) {
  for (const RangeCase& c : {
           RangeCase{"bytes=0-3", 206, "bytes 0-3/10", "0123"},
           RangeCase{"bytes=9-9", 206, "bytes 9-9/10", "9"},
           RangeCase{"bytes=4-", 206, "bytes 4-9/10", "456789"},
           RangeCase{"bytes=8-99", 206, "bytes 8-9/10", "89"},
           RangeCase{"bytes=8-99999999999999999999", 206, "bytes 8-9/10", "89"},
           RangeCase{"bytes=-3", 206, "bytes 7-9/10", "789"},
           RangeCase{"bytes=-99", 206, "bytes 0-9/10", "0123456789"},
           RangeCase{"Bytes=0-0", 206, "bytes 0-0/10", "0"},
           RangeCase{"bytes=10-", 416, "bytes */10", nullptr},
           RangeCase{"bytes=99999999999999999999-", 416, "bytes */10", nullptr},
           RangeCase{"bytes=-0", 416, "bytes */10", nullptr},
           // Not understood, so the whole file:
           RangeCase{"bytes=3-2", 200, nullptr, "0123456789"},
           RangeCase{"bytes=a-b", 200, nullptr, "0123456789"},
           RangeCase{"bytes=-", 200, nullptr, "0123456789"},
           RangeCase{"bytes=0-0,2-2", 200, nullptr, "0123456789"},
           RangeCase{"lines=0-0", 200, nullptr, "0123456789"},
       }) {
    const std::string text = Get("/ten.txt", std::string("Range: ") + c.range + "\r\n");
    EXPECT_EQ(static_cast<int>(response_.status), c.status) << c.range;
    EXPECT_EQ(text.contains("Content-Range"), c.content_range != nullptr) << c.range;
    if (c.content_range != nullptr) {
      EXPECT_TRUE(text.contains(std::string("\r\nContent-Range: ") + c.content_range + "\r\n"))
          << text;
    }
    if (c.body != nullptr) {
      EXPECT_TRUE(text.ends_with(std::string("\r\n\r\n") + c.body)) << text;
    }
  }
  EXPECT_EQ(StatusOf("/empty.txt", "Range: bytes=0-\r\n"), 416);
  EXPECT_EQ(StatusOf("/ten.txt", "Range: bytes=0-3\r\n", "HEAD"), 200);
}

TEST_F(ResponseTest, ARangeOfAnotherVersionIsTheWholeFile) {
  const std::string range = "Range: bytes=0-0\r\n";
  EXPECT_EQ(StatusOf("/ten.txt", range + "If-Range: " + tag() + "\r\n"), 206);
  EXPECT_EQ(StatusOf("/ten.txt", range + "If-Range: \"other\"\r\n"), 200);
  EXPECT_EQ(StatusOf("/ten.txt", range + "If-Range: W/" + tag() + "\r\n"), 200);
  EXPECT_EQ(StatusOf("/ten.txt", range + "If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), 206);
  EXPECT_EQ(StatusOf("/ten.txt", range + "If-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\n"), 200);
}

TEST_F(ResponseTest, ConditionsAreKept) {
  const std::string early = "Sun, 06 Nov 1994 08:49:36 GMT\r\n";
  const std::string same = "Sun, 06 Nov 1994 08:49:37 GMT\r\n";
  for (const auto& [field, status] : {
           std::pair<std::string, int>{"If-None-Match: " + tag() + "\r\n", 304},
           {"If-None-Match: W/" + tag() + "\r\n", 304},
           {"If-None-Match: \"a\", W/\"b,c\" , " + tag() + "\r\n", 304},
           {"If-None-Match: *\r\n", 304},
           {"If-None-Match: \"other\"\r\n", 200},
           {"If-None-Match: nonsense\r\n", 200},
           {"If-Modified-Since: " + same, 304},
           {"If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n", 304},
           {"If-Modified-Since: Sun Nov  6 08:49:37 1994\r\n", 304},
           {"If-Modified-Since: " + early, 200},
           {"If-Modified-Since: yesterday\r\n", 200},
           {"If-None-Match: \"other\"\r\nIf-Modified-Since: " + same, 200},
           {"If-Match: " + tag() + "\r\n", 200},
           {"If-Match: *\r\n", 200},
           {"If-Match: W/" + tag() + "\r\n", 412},
           {"If-Match: \"other\"\r\n", 412},
           {"If-Unmodified-Since: " + same, 200},
           {"If-Unmodified-Since: " + early, 412},
           {"If-Match: *\r\nIf-Unmodified-Since: " + early, 200},
       }) {
    EXPECT_EQ(StatusOf("/ten.txt", field), status) << field;
  }
  const std::string not_modified = Get("/ten.txt", "If-None-Match: *\r\n");
  EXPECT_FALSE(not_modified.contains("Content-Length"));
  EXPECT_TRUE(not_modified.contains("ETag: " + tag()));
}

TEST_F(ResponseTest, TheHeadCacheWritesTheSameHeads) {
  HeadCache cache;
  const std::string text = Get("/ten.txt");
  const HeadCache::Entry* entry = cache.Find(response_, date_, 1);
  ASSERT_NE(entry, nullptr);
  EXPECT_TRUE(entry->holds_body());
  EXPECT_EQ(entry->whole(), text);
  DateText later = date_;
  later.stamp = 2;
  later.text[0] = 'M';
  EXPECT_TRUE(cache.Find(response_, later, 2)->whole().contains("\r\nDate: Mun, 06 Nov"));
}

TEST_F(ResponseTest, AKnownHeadIsKnownByAllItsBytes) {
  const std::string head = "GET /ten.txt HTTP/1.1\r\nHost: x\r\n\r\n";
  Get("/ten.txt");
  RequestMemo memo;
  EXPECT_EQ(memo.Find(head), nullptr);
  memo.Add(head, response_);
  ASSERT_NE(memo.Find(head), nullptr);
  EXPECT_NE(memo.Find(head + "GET /"), nullptr);
  EXPECT_EQ(memo.Find(head)->response.bytes.data(), response_.bytes.data());
  EXPECT_EQ(memo.Find(head.substr(0, head.size() - 1)), nullptr);
  for (std::size_t i = 0; i < head.size(); ++i) {
    std::string other = head;
    other[i] ^= 1;
    EXPECT_EQ(memo.Find(other), nullptr) << i;
  }
  EXPECT_EQ(memo.Find("short"), nullptr);
}

TEST(HttpDateTest, DatesComeOutAsTheyWentIn) {
  for (const std::int64_t seconds :
       {std::int64_t{0}, kModified, std::int64_t{951782400}, std::int64_t{4102444799}}) {
    const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
    const auto text = FormatHttpDate(time);
    EXPECT_EQ(ParseHttpDate({text.data(), text.size()}), time);
  }
}

TEST(HttpDateTest, WhatIsNoDateIsNone) {
  for (const char* text :
       {"", "Sun", "Sun,", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Xun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(ParseHttpDate(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace ashlar::httpd
