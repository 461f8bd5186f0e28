// getaddrinfo() against a name server on 127.0.0.1 that says what the test wants it to say.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "lwip/dns.h"
#include "lwip/ip_addr.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kHeaderSize = 12;  // [RFC 1035 §4.1.1]
constexpr std::uint8_t kNoSuchName = 3;
constexpr std::uint8_t kTypeA = 1;
constexpr std::uint8_t kTypeAaaa = 28;

void Append(Bytes& bytes, std::initializer_list<int> values) {
  for (const int value : values) {
    bytes.push_back(static_cast<std::uint8_t>(value));
  }
}

std::uint8_t TypeOf(const Bytes& question) { return question[question.size() - 3]; }

// An answer's header and its question [RFC 1035 §4.1].
Bytes Reply(const Bytes& question, std::uint8_t code, std::uint8_t records) {
  Bytes reply = question;
  reply[2] |= 0x80;
  reply[3] = static_cast<std::uint8_t>(0x80 | code);
  reply[7] = records;
  return reply;
}

// A record of the name that was asked for.
void AppendRecord(Bytes& reply, std::uint8_t type, const Bytes& data) {
  Append(reply, {0xc0, kHeaderSize, 0, type, 0, 1, 0, 0, 0, 60, 0, static_cast<int>(data.size())});
  reply.insert(reply.end(), data.begin(), data.end());
}

Bytes Address(const Bytes& question, const Bytes& four, const Bytes& six = {}) {
  const Bytes& data = TypeOf(question) == kTypeA ? four : six;
  Bytes reply = Reply(question, 0, data.empty() ? 0 : 1);
  if (!data.empty()) {
    AppendRecord(reply, TypeOf(question), data);
  }
  return reply;
}

// A name server in a thread of its own, until an empty datagram comes. An empty answer is none.
class Server {
 public:
  using Answer = std::function<Bytes(const Bytes& question, int count)>;

  explicit Server(Answer answer)
      : answer_(std::move(answer)), socket_(socket(AF_INET, SOCK_DGRAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_port = htons(53);
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(0, bind(socket_, reinterpret_cast<sockaddr*>(&address_), sizeof(address_)));
    EXPECT_EQ(0, pthread_create(&thread_, nullptr, &Run, this));
    ip_addr_t self;
    ip_addr_set_loopback(0, &self);
    dns_setserver(0, &self);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    dns_setserver(0, nullptr);
    EXPECT_EQ(0,
              sendto(socket_, "", 0, 0, reinterpret_cast<sockaddr*>(&address_), sizeof(address_)));
    pthread_join(thread_, nullptr);
    close(socket_);
  }

  int questions() const { return questions_; }

 private:
  static void* Run(void* server) {
    static_cast<Server*>(server)->Serve();
    return nullptr;
  }

  void Serve() {
    for (;;) {
      Bytes question(512);
      sockaddr_in from = {};
      socklen_t length = sizeof(from);
      const ssize_t size = recvfrom(socket_, question.data(), question.size(), 0,
                                    reinterpret_cast<sockaddr*>(&from), &length);
      if (size <= static_cast<ssize_t>(kHeaderSize)) {
        return;
      }
      question.resize(static_cast<std::size_t>(size));
      const Bytes answer = answer_(question, ++questions_);
      if (!answer.empty()) {
        sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from),
               length);
      }
    }
  }

  Answer answer_;
  int socket_;
  sockaddr_in address_ = {};
  pthread_t thread_ = {};
  int questions_ = 0;
};

// The addresses of `name` as text, a space behind each; or the error.
std::string Find(const char* name, int family = AF_INET) {
  addrinfo hints = {};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(name, "80", &hints, &list); error != 0) {
    return gai_strerror(error);
  }
  std::string found;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    char host[INET6_ADDRSTRLEN];
    char port[6];
    EXPECT_EQ(0, getnameinfo(entry->ai_addr, entry->ai_addrlen, host, sizeof(host), port,
                             sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV));
    EXPECT_STREQ("80", port);
    found += std::string(host) + " ";
  }
  freeaddrinfo(list);
  return found;
}

const std::string kNoName = gai_strerror(EAI_NONAME);
const std::string kAgain = gai_strerror(EAI_AGAIN);

TEST(ResolveTest, WithoutANameServerItIsAMatterOfTime) {
  EXPECT_EQ(kAgain, Find("unknown.example"));
}

TEST(ResolveTest, AnAnswerIsGivenAndRemembered) {
  Server server([](const Bytes& question, int) { return Address(question, {192, 0, 2, 7}); });
  EXPECT_EQ("192.0.2.7 ", Find("one.example"));
  EXPECT_EQ("192.0.2.7 ", Find("one.example"));
  EXPECT_EQ(1, server.questions());
}

TEST(ResolveTest, BothFamiliesAreAskedFor) {
  Server server([](const Bytes& question, int) {
    return Address(question, {192, 0, 2, 8},
                   {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8});
  });
  EXPECT_EQ("2001:db8::8 192.0.2.8 ", Find("both.example", AF_UNSPEC));
  EXPECT_EQ(2, server.questions());
}

TEST(ResolveTest, OneFamilyIsEnough) {
  Server server([](const Bytes& question, int) { return Address(question, {192, 0, 2, 9}); });
  EXPECT_EQ("192.0.2.9 ", Find("four.example", AF_UNSPEC));
  EXPECT_EQ(kNoName, Find("four.example", AF_INET6));
}

TEST(ResolveTest, AnAliasIsFollowedWithinTheAnswer) {
  Server server([](const Bytes& question, int) {
    Bytes reply = Reply(question, 0, 2);
    AppendRecord(reply, 5, {4, 'r', 'e', 'a', 'l', 0});
    AppendRecord(reply, kTypeA, {192, 0, 2, 10});
    return reply;
  });
  EXPECT_EQ("192.0.2.10 ", Find("alias.example"));
}

TEST(ResolveTest, NoSuchNameIsSaidAtOnce) {
  Server server([](const Bytes& question, int) { return Reply(question, kNoSuchName, 0); });
  EXPECT_EQ(kNoName, Find("nobody.example", AF_UNSPEC));
  EXPECT_EQ(2, server.questions());
}

TEST(ResolveTest, ASilentServerIsAskedAgainAndThenItIsAMatterOfTime) {
  Server server([](const Bytes&, int) { return Bytes(); });
  EXPECT_EQ(kAgain, Find("silent.example"));
  EXPECT_EQ(4, server.questions());
}

// Each time the question is asked another answer that is none, and to the fourth a right one.
TEST(ResolveTest, MalformedAnswersAreIgnored) {
  for (const int first : {1, 4, 7}) {
    Server server([first](const Bytes& question, int count) {
      Bytes reply = Address(question, {192, 0, 2, 66});
      switch (count > 3 ? 0 : first + count - 1) {
        case 1:
          reply[0] ^= 1;  // the answer to another question
          return reply;
        case 2:
          reply[kHeaderSize + 1] ^= 1;  // of another name
          return reply;
        case 3:
          reply[2] &= 0x7f;  // no answer at all
          return reply;
        case 4:
          reply.resize(reply.size() - 2);  // an address cut short
          return reply;
        case 5:
          reply.resize(kHeaderSize + 3);  // a question cut short
          return reply;
        case 6:
          reply.resize(question.size() + 1);  // a record's name that does not end
          return reply;
        case 7:
          reply[question.size() + 1] = 0xff;  // a name that lies behind the end
          reply[question.size() + 3] = kTypeAaaa;
          reply[question.size() + 11] = 0xff;  // and so does the next record
          reply[question.size() + 10] = 0xff;
          reply[7] = 9;
          return reply;
        default:
          return Address(question, {192, 0, 2, static_cast<std::uint8_t>(first)});
      }
    });
    const std::string name = "malformed" + std::to_string(first) + ".example";
    EXPECT_EQ("192.0.2." + std::to_string(first) + " ", Find(name.c_str()));
  }
}

TEST(ResolveTest, WhatIsNoNameIsNotAskedFor) {
  Server server([](const Bytes& question, int) { return Reply(question, kNoSuchName, 0); });
  EXPECT_EQ(kNoName, Find(std::string(300, 'n').c_str()));
  EXPECT_EQ(0, server.questions());
}

}  // namespace
