// TCP as patched, against a peer whose every segment is the test's.
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "libs/base/units.h"
#include "libs/clock/clock.h"
#include "libs/event_loop/event_loop.h"
#include "libs/net/block_pool.h"
#include "libs/net/lwip_memory.h"
#include "libs/net/net.h"
#include "libs/net/testing.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"

namespace ashlar::net::testing {
namespace {

constexpr std::uint16_t kPort = 80;
constexpr std::uint32_t kMss = 1460;

// The stack can be started once in a program, so the tests share it, each with a client port of its
// own.
FakeDevice& Device() {
  static FakeDevice* device = [] {
    auto* made = new FakeDevice({.mac_address = kOurMac,
                                 .transmit_checksum = true,
                                 .receive_checksum = true,
                                 .tcp4_segmentation = true,
                                 .max_fragments = 64});
    static netdev::NetDevice* devices[] = {made};
    StartOn(devices, 4 << 20);
    ip4_addr_t address = {.addr = lwip_htonl(kOurAddress)};
    ip4_addr_t mask = {.addr = lwip_htonl(0xffff'ff00)};
    ip4_addr_t gateway = {.addr = lwip_htonl(kPeerAddress)};
    netif_set_addr(netif_default, &address, &mask, &gateway);
    made->Inject(ArpRequest());
    event_loop::Poll();
    made->sent.clear();
    return made;
  }();
  return *device;
}

void Settle() {
  while (event_loop::Poll()) {
  }
}

// lwIP's clock of retransmissions, faster than time.
void RunTimer(int half_seconds) {
  for (int i = 0; i < 2 * half_seconds; ++i) {
    tcp_tmr();
  }
  Settle();
}

struct Connection {
  tcp_pcb* pcb = nullptr;
  Bytes received;
  bool end_of_file = false;
  err_t error = ERR_OK;
  std::vector<std::byte> to_send;
  std::size_t queued = 0;
  u8_t write_flags = 0;

  void Pump() {
    while (pcb != nullptr && queued < to_send.size()) {
      const std::size_t part =
          std::min<std::size_t>({to_send.size() - queued, tcp_sndbuf(pcb), 40'000});
      if (part == 0 || tcp_write(pcb, to_send.data() + queued, static_cast<u16_t>(part),
                                 write_flags) != ERR_OK) {
        break;
      }
      queued += part;
    }
    if (pcb != nullptr) {
      tcp_output(pcb);
    }
  }
};

class TcpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Device().sent.clear();
    static std::uint16_t next_port = 20'000;
    port_ = next_port++;
    tcp_pcb* pcb = tcp_new();
    ASSERT_EQ(ERR_OK, tcp_bind(pcb, IP_ADDR_ANY, kPort));
    listener_ = tcp_listen(pcb);
    tcp_arg(listener_, this);
    tcp_accept(listener_, [](void* argument, tcp_pcb* accepted, err_t error) -> err_t {
      auto* test = static_cast<TcpTest*>(argument);
      if (error != ERR_OK || accepted == nullptr) {
        return ERR_VAL;
      }
      auto* connection = test->connections_.emplace_back(std::make_unique<Connection>()).get();
      connection->pcb = accepted;
      tcp_arg(accepted, connection);
      tcp_recv(accepted, [](void* arg, tcp_pcb* pcb, pbuf* data, err_t) -> err_t {
        auto* self = static_cast<Connection*>(arg);
        if (data == nullptr) {
          self->end_of_file = true;
          return ERR_OK;
        }
        for (const pbuf* part = data; part != nullptr; part = part->next) {
          const auto* bytes = static_cast<const std::byte*>(part->payload);
          self->received.insert(self->received.end(), bytes, bytes + part->len);
        }
        tcp_recved(pcb, data->tot_len);
        pbuf_free(data);
        return ERR_OK;
      });
      tcp_err(accepted, [](void* arg, err_t err) {
        static_cast<Connection*>(arg)->pcb = nullptr;
        static_cast<Connection*>(arg)->error = err;
      });
      tcp_sent(accepted, [](void* arg, tcp_pcb*, u16_t) -> err_t {
        static_cast<Connection*>(arg)->Pump();
        return ERR_OK;
      });
      return ERR_OK;
    });
  }

  void TearDown() override {
    for (auto& connection : connections_) {
      if (connection->pcb != nullptr) {
        tcp_err(connection->pcb, nullptr);
        tcp_abort(connection->pcb);
      }
    }
    tcp_close(listener_);
    while (tcp_tw_pcbs != nullptr) {
      tcp_abort(tcp_tw_pcbs);
    }
    Settle();
    EXPECT_EQ(nullptr, tcp_active_pcbs);
    EXPECT_EQ(0u, Device().lent);
  }

  void Send(Segment segment) {
    segment.source_port = port_;
    segment.destination_port = kPort;
    Device().Inject(Frame(segment));
    Settle();
  }

  // The next segment sent to this test's port; fails if there is none.
  Segment Next() {
    while (!Device().sent.empty()) {
      bool checksum_ok = false;
      auto segment = Parse(Device().sent.front(), &checksum_ok);
      last_offload_ = Device().sent.front().offload;
      Device().sent.pop_front();
      if (segment && segment->destination_port == port_) {
        EXPECT_TRUE(checksum_ok);
        return *segment;
      }
    }
    ADD_FAILURE() << "nothing was sent";
    return {};
  }
  bool Silent() const {
    return std::ranges::none_of(Device().sent, [this](const auto& sent) {
      const auto segment = Parse(sent);
      return segment && segment->destination_port == port_;
    });
  }

  Connection& Open(std::uint32_t sequence = 1000, std::uint16_t window = 0xffff,
                   Bytes options = {}) {
    options.insert(options.begin(),
                   {std::byte{2}, std::byte{4}, std::byte{kMss >> 8}, std::byte{kMss & 0xff}});
    Send({.sequence = sequence, .flags = kSyn, .window = window, .options = options});
    const Segment answer = Next();
    EXPECT_TRUE(answer.Has(kSyn | kAck));
    EXPECT_EQ(sequence + 1, answer.acknowledgement);
    ours_ = answer.sequence + 1;
    theirs_ = sequence + 1;
    Send({.sequence = theirs_, .acknowledgement = ours_, .flags = kAck, .window = window});
    EXPECT_FALSE(connections_.empty());
    return *connections_.back();
  }

  // Has the server close first, so that it ends in TIME-WAIT.
  void CloseByServer(Connection& connection) {
    ASSERT_EQ(ERR_OK, tcp_close(connection.pcb));
    connection.pcb = nullptr;
    Settle();
    const Segment fin = Next();
    EXPECT_TRUE(fin.Has(kFin | kAck));
    Send({.sequence = theirs_, .acknowledgement = fin.sequence + 1, .flags = kFin | kAck});
    EXPECT_TRUE(Next().Has(kAck));
    ours_ = fin.sequence + 1;
    theirs_ += 1;
  }

  static Bytes Pattern(std::size_t size) {
    Bytes bytes(size);
    std::uint32_t state = 1;
    for (std::byte& byte : bytes) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<std::byte>(state >> 24);
    }
    return bytes;
  }

  std::uint16_t port_ = 0;
  tcp_pcb* listener_ = nullptr;
  std::vector<std::unique_ptr<Connection>> connections_;
  netdev::Offload last_offload_;
  std::uint32_t ours_ = 0;
  std::uint32_t theirs_ = 0;
};

TEST_F(TcpTest, DataComesInAndGoesOut) {
  Connection& connection = Open();
  Send({.sequence = theirs_,
        .acknowledgement = ours_,
        .flags = kAck | kPush,
        .payload = ToBytes({1, 2, 3})});
  EXPECT_EQ(ToBytes({1, 2, 3}), connection.received);
  connection.to_send = ToBytes({4, 5});
  connection.Pump();
  const Segment answer = Next();
  EXPECT_EQ(ToBytes({4, 5}), answer.payload);
  EXPECT_EQ(theirs_ + 3, answer.acknowledgement);
  EXPECT_EQ(netdev::Offload::Segmentation::kNone, last_offload_.segmentation);
}

TEST_F(TcpTest, AFrameInSeveralBuffersIsOneFrame) {
  Connection& connection = Open();
  const Bytes data = Pattern(1000);
  Segment segment = {.source_port = port_,
                     .destination_port = kPort,
                     .sequence = theirs_,
                     .acknowledgement = ours_,
                     .flags = kAck,
                     .payload = data};
  Device().Inject(Frame(segment), false, 300);
  Settle();
  EXPECT_EQ(data, connection.received);
}

TEST_F(TcpTest, AWrongChecksumIsNotAcceptedUnlessTheDeviceVouches) {
  Connection& connection = Open();
  Segment segment = {.source_port = port_,
                     .destination_port = kPort,
                     .sequence = theirs_,
                     .acknowledgement = ours_,
                     .flags = kAck,
                     .payload = ToBytes({1, 2, 3, 4})};
  Bytes frame = Frame(segment);
  frame.back() = std::byte{9};
  Device().Inject(frame);
  Settle();
  EXPECT_TRUE(connection.received.empty());
  Device().Inject(frame, true);
  Settle();
  EXPECT_EQ(4u, connection.received.size());
}

TEST_F(TcpTest, ASynWithANewerNumberReopensAConnectionInTimeWait) {
  CloseByServer(Open(1000));
  const std::uint32_t old_end = ours_;
  const std::uint32_t before = Connections();
  Send({.sequence = theirs_ + 5000, .flags = kSyn});
  const Segment answer = Next();
  EXPECT_TRUE(answer.Has(kSyn | kAck));
  EXPECT_EQ(theirs_ + 5001, answer.acknowledgement);
  EXPECT_TRUE(TCP_SEQ_GT(answer.sequence, old_end));
  EXPECT_EQ(before, Connections());
  Send(
      {.sequence = theirs_ + 5001, .acknowledgement = answer.sequence + 1, .flags = kReset | kAck});
}

TEST_F(TcpTest, ASynWithAnOlderNumberIsAnsweredAndItsResetClears) {
  CloseByServer(Open(0x8000'0000));
  Send({.sequence = 1000, .flags = kSyn});
  const Segment answer = Next();
  EXPECT_FALSE(answer.Has(kSyn));
  EXPECT_TRUE(answer.Has(kAck));
  EXPECT_EQ(theirs_, answer.acknowledgement);
  Send({.sequence = answer.acknowledgement - 1, .flags = kReset});  // not the expected number
  EXPECT_NE(nullptr, tcp_tw_pcbs);
  Send({.sequence = answer.acknowledgement, .flags = kReset});
  EXPECT_EQ(nullptr, tcp_tw_pcbs);
  Send({.sequence = 1000, .flags = kSyn});
  const Segment opened = Next();
  EXPECT_TRUE(opened.Has(kSyn | kAck));
  Send({.sequence = 1001, .acknowledgement = opened.sequence + 1, .flags = kReset | kAck});
}

TEST_F(TcpTest, TimeWaitEndsWithAge) {
  CloseByServer(Open());
  EXPECT_NE(nullptr, tcp_tw_pcbs);
  RunTimer(2 * TCP_MSL / TCP_SLOW_INTERVAL + 2);
  EXPECT_EQ(nullptr, tcp_tw_pcbs);
  EXPECT_EQ(nullptr, tcp_tw_pcbs_oldest);
}

TEST_F(TcpTest, TheOldestInTimeWaitMakesRoomWhenConnectionsRunOut) {
  const std::uint32_t limit = MaxConnections();
  for (std::uint32_t i = 0; i < limit + 100; ++i) {
    port_ = static_cast<std::uint16_t>(30'000 + i);
    CloseByServer(Open(i * 777));
    connections_.clear();
    Device().sent.clear();
    if (HasFailure()) {
      break;
    }
  }
  EXPECT_GE(Connections(), limit / 2);
  EXPECT_LE(Connections(), limit + 64);
}

TEST_F(TcpTest, AClosedConnectionWhosePeerTakesNothingEndsThoughItAnswers) {
  Connection& connection = Open(1000, 0);
  connection.to_send = Pattern(100);
  connection.Pump();
  // As long as it is open, that is for the application to decide.
  const auto answer_probes = [&](int half_seconds) {
    for (int i = 0; i < half_seconds; ++i) {
      RunTimer(1);
      while (!Silent()) {
        EXPECT_FALSE(Next().Has(kReset));
        Send({.sequence = theirs_, .acknowledgement = ours_, .flags = kAck, .window = 0});
      }
    }
  };
  answer_probes(2000);
  EXPECT_NE(nullptr, connection.pcb);
  ASSERT_EQ(ERR_OK, tcp_close(connection.pcb));
  connection.pcb = nullptr;
  answer_probes(2000);
  EXPECT_EQ(nullptr, tcp_active_pcbs);
}

TEST_F(TcpTest, AClosedConnectionWhosePeerTakesNothingMakesRoomWhenConnectionsRunOut) {
  const std::uint32_t limit = MaxConnections();
  for (std::uint32_t i = 0; i < limit + 100; ++i) {
    port_ = static_cast<std::uint16_t>(30'000 + i);
    Connection& connection = Open(i * 777, 0);
    ASSERT_FALSE(HasFailure()) << i;
    connection.to_send = ToBytes({1});
    connection.Pump();
    ASSERT_EQ(ERR_OK, tcp_close(connection.pcb));
    connection.pcb = nullptr;
    Device().sent.clear();
  }
  // Data that is under way still is lost for nobody.
  port_ = 10'000;
  Connection& connection = Open();
  connection.to_send = ToBytes({1});
  connection.Pump();
  ASSERT_EQ(ERR_OK, tcp_close(connection.pcb));
  tcp_pcb* const last = std::exchange(connection.pcb, nullptr);
  port_ = 10'001;
  Open();
  EXPECT_EQ(FIN_WAIT_1, last->state);
  while (tcp_active_pcbs != nullptr) {
    tcp_abort(tcp_active_pcbs);
  }
}

TEST_F(TcpTest, ACloseWhileDataIsReceivedThatIsNotReadResets) {
  Connection& connection = Open();
  tcp_recv(connection.pcb, [](void* argument, tcp_pcb* pcb, pbuf* data, err_t) -> err_t {
    if (data != nullptr) {
      pbuf_free(data);  // not told by tcp_recved()
      return ERR_OK;
    }
    static_cast<Connection*>(argument)->pcb = nullptr;
    return tcp_close(pcb);
  });
  Send({.sequence = theirs_,
        .acknowledgement = ours_,
        .flags = kAck | kFin,
        .payload = ToBytes({1, 2, 3})});
  EXPECT_TRUE(Next().Has(kReset));
  EXPECT_EQ(nullptr, tcp_active_pcbs);
}

TEST_F(TcpTest, ManyConnectionsOverOnePortLeaveMemoryAsItWas) {
  std::size_t before = 0;
  std::uint32_t sequence = 1;
  for (int i = 0; i < 20'000; ++i) {
    if (i == 1000) {
      before = BlockPool::used_bytes();
    }
    sequence += 70'000;
    CloseByServer(Open(sequence));
    connections_.clear();
    Device().sent.clear();
    if (HasFailure()) {
      break;
    }
  }
  // Each pool may keep a page; lwIP's timers may have used one meanwhile.
  EXPECT_LE(BlockPool::used_bytes(), before + 2 * kPageSize);
}

TEST_F(TcpTest, ConnectionsAreFoundAgainWhenTheirTableHasGrown) {
  const auto open = [&](std::uint16_t port) {
    port_ = port;
    Open(port);
    return std::pair(ours_, theirs_);
  };
  std::map<std::uint16_t, std::pair<std::uint32_t, std::uint32_t>> numbers;
  for (std::uint16_t port = 40'000; port < 40'200; ++port) {
    numbers[port] = open(port);
  }
  const std::size_t active = connections_.size();
  for (std::uint16_t port = 41'000; port < 42'500; ++port) {
    port_ = port;
    CloseByServer(Open(port));
    connections_.pop_back();
    ASSERT_FALSE(HasFailure()) << port;
  }
  // The table is looked after when lwIP's timer runs.
  const clock::Instant give_up = clock::Monotonic::now() + std::chrono::seconds(20);
  while (Measure().connection_table_bytes < 1700 * sizeof(void*) &&
         clock::Monotonic::now() < give_up) {
    event_loop::Wait(clock::Monotonic::now() + std::chrono::milliseconds(50));
  }
  EXPECT_GE(Measure().connection_table_bytes, 1700 * sizeof(void*));
  ASSERT_EQ(active, connections_.size());
  std::size_t i = 0;
  for (const auto& [port, ours_and_theirs] : numbers) {
    port_ = port;
    Send({.sequence = ours_and_theirs.second,
          .acknowledgement = ours_and_theirs.first,
          .flags = kAck | kPush,
          .payload = ToBytes({7})});
    EXPECT_EQ(ToBytes({7}), connections_[i++]->received) << port;
  }
  for (const std::uint16_t port : {41'000, 41'777, 42'499}) {
    port_ = port;
    Device().sent.clear();
    Send({.sequence = port, .flags = kSyn});
    EXPECT_FALSE(Next().Has(kSyn)) << port;  // the connection in TIME-WAIT answers
  }
}

TEST_F(TcpTest, ALargeWriteGoesOutInOneFrameForTheDeviceToCut) {
  Connection& connection = Open();
  connection.to_send = Pattern(10 * kMss + 200'000);
  connection.Pump();
  // The initial window: ten segments.
  Segment first = Next();
  EXPECT_EQ(10 * kMss, first.payload.size());
  EXPECT_EQ(netdev::Offload::Segmentation::kTcp4, last_offload_.segmentation);
  EXPECT_EQ(kMss, last_offload_.segment_size);
  EXPECT_EQ(54, last_offload_.header_size);
  EXPECT_TRUE(Silent());
  Send({.sequence = theirs_, .acknowledgement = ours_ + 10 * kMss, .flags = kAck});
  std::size_t second = 0;
  while (!Silent()) {
    second += Next().payload.size();
  }
  EXPECT_EQ(20 * kMss, second);
}

TEST_F(TcpTest, ThePeersWindowCutsAFrameAtAWholeSegment) {
  Connection& connection = Open(1000, 5000);
  connection.to_send = Pattern(50'000);
  connection.Pump();
  std::size_t got = 0;
  while (!Silent()) {
    const Segment segment = Next();
    EXPECT_EQ(0u, segment.payload.size() % kMss);
    got += segment.payload.size();
  }
  EXPECT_EQ(3 * kMss, got);
}

TEST_F(TcpTest, FastRetransmitSendsOneSegmentAndThenTheNextHole) {
  Connection& connection = Open();
  connection.to_send = Pattern(10 * kMss);
  connection.Pump();
  EXPECT_EQ(10 * kMss, Next().payload.size());
  // Segments 0 and 4 were lost: three duplicates bring segment 0 again.
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(Silent());
    Send({.sequence = theirs_, .acknowledgement = ours_, .flags = kAck});
  }
  Segment again = Next();
  EXPECT_EQ(ours_, again.sequence);
  EXPECT_EQ(kMss, again.payload.size());
  EXPECT_TRUE(std::equal(again.payload.begin(), again.payload.end(), connection.to_send.begin()));
  EXPECT_TRUE(Silent());
  // A partial acknowledgement brings segment 4 without more duplicates.
  Send({.sequence = theirs_, .acknowledgement = ours_ + 4 * kMss, .flags = kAck});
  again = Next();
  EXPECT_EQ(ours_ + 4 * kMss, again.sequence);
  EXPECT_EQ(kMss, again.payload.size());
  EXPECT_TRUE(std::equal(again.payload.begin(), again.payload.end(),
                         connection.to_send.begin() + 4 * kMss));
  Send({.sequence = theirs_, .acknowledgement = ours_ + 10 * kMss, .flags = kAck});
  EXPECT_EQ(nullptr, connection.pcb->unacked);
  EXPECT_EQ(std::uint32_t{TCP_SND_BUF}, connection.pcb->snd_buf);
  EXPECT_EQ(0, connection.pcb->snd_queuelen);
}

// As Linux sends them: its window grows while data arrives out of order [RFC6675 §2].
TEST_F(TcpTest, DuplicatesThatSayWhatArrivedCountWhateverTheirWindow) {
  const auto selective = [](std::uint32_t from, std::uint32_t to) {
    Bytes options = {std::byte{1}, std::byte{1}, std::byte{5}, std::byte{10}};
    for (const std::uint32_t edge : {from, to}) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        options.push_back(static_cast<std::byte>(edge >> shift));
      }
    }
    return options;
  };
  Connection& connection = Open(1000, 30'000);
  connection.to_send = Pattern(10 * kMss);
  connection.Pump();
  EXPECT_EQ(10 * kMss, Next().payload.size());
  std::uint16_t window = 30'000;
  // An acknowledgement that only opens the window is no duplicate, nor one of data that came twice.
  for (int i = 0; i < 4; ++i) {
    Send({.sequence = theirs_, .acknowledgement = ours_, .flags = kAck, .window = ++window});
    Send({.sequence = theirs_,
          .acknowledgement = ours_,
          .flags = kAck,
          .window = ++window,
          .options = selective(ours_ - kMss, ours_)});
  }
  EXPECT_TRUE(Silent());
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(Silent());
    Send({.sequence = theirs_,
          .acknowledgement = ours_,
          .flags = kAck,
          .window = ++window,
          .options = selective(ours_ + kMss, ours_ + (2 + i) * kMss)});
  }
  const Segment again = Next();
  EXPECT_EQ(ours_, again.sequence);
  EXPECT_EQ(kMss, again.payload.size());
}

// What is sent again waits alone in the queue of what is to be sent, behind a full ring here. New
// data and the end belong behind what is unacknowledged, not behind that.
TEST_F(TcpTest, NothingIsAppendedToWhatIsSentAgain) {
  for (const bool finish : {false, true}) {
    Connection& connection = Open();
    // What is sent stays where it is: lwIP has no copy of it.
    const auto pattern = Pattern(10 * kMss);
    connection.to_send.reserve(pattern.size());
    connection.to_send.assign(pattern.begin(), pattern.begin() + 8 * kMss);
    connection.Pump();
    EXPECT_EQ(8 * kMss, Next().payload.size());
    Device().capacity = 0;
    for (int i = 0; i < 3; ++i) {
      Send({.sequence = theirs_, .acknowledgement = ours_, .flags = kAck});
    }
    EXPECT_TRUE(Silent());
    if (finish) {
      ASSERT_EQ(ERR_OK, tcp_shutdown(connection.pcb, 0, 1));
    } else {
      connection.to_send.insert(connection.to_send.end(), pattern.begin() + 8 * kMss,
                                pattern.end());
      connection.Pump();
    }
    Device().capacity = 256;
    tcp_output(connection.pcb);
    Settle();
    const Segment again = Next();
    EXPECT_EQ(ours_, again.sequence);
    EXPECT_EQ(kMss, again.payload.size());
    EXPECT_FALSE(again.Has(kFin));
    Send({.sequence = theirs_, .acknowledgement = ours_ + 8 * kMss, .flags = kAck});
    const Segment more = Next();
    EXPECT_EQ(ours_ + 8 * kMss, more.sequence);
    if (finish) {
      EXPECT_TRUE(more.Has(kFin));
    } else {
      EXPECT_TRUE(std::equal(more.payload.begin(), more.payload.end(),
                             connection.to_send.begin() + 8 * kMss));
    }
    port_ += 1000;
  }
}

TEST_F(TcpTest, TheTimeoutSendsOneSegmentAgain) {
  Connection& connection = Open();
  connection.to_send = Pattern(10 * kMss);
  connection.Pump();
  EXPECT_EQ(10 * kMss, Next().payload.size());
  Send({.sequence = theirs_, .acknowledgement = ours_ + 2 * kMss, .flags = kAck});
  EXPECT_TRUE(Silent());
  RunTimer(4);
  const Segment again = Next();
  EXPECT_EQ(ours_ + 2 * kMss, again.sequence);
  EXPECT_EQ(kMss, again.payload.size());
  EXPECT_TRUE(std::equal(again.payload.begin(), again.payload.end(),
                         connection.to_send.begin() + 2 * kMss));
}

TEST_F(TcpTest, TheFinFollowsTheLastByteOfASplitFrame) {
  Connection& connection = Open(1000, 4 * kMss);
  connection.to_send = Pattern(6 * kMss + 5);
  connection.Pump();
  ASSERT_EQ(ERR_OK, tcp_shutdown(connection.pcb, 0, 1));
  std::uint32_t got = 0;
  bool fin = false;
  for (int i = 0; i < 10 && !fin; ++i) {
    while (!Silent()) {
      const Segment segment = Next();
      EXPECT_EQ(ours_ + got, segment.sequence);
      got += static_cast<std::uint32_t>(segment.payload.size());
      fin = segment.Has(kFin);
      EXPECT_EQ(fin, got == 6 * kMss + 5);
    }
    Send({.sequence = theirs_,
          .acknowledgement = ours_ + got + (fin ? 1 : 0),
          .flags = kAck,
          .window = 4 * kMss});
  }
  EXPECT_TRUE(fin);
}

TEST_F(TcpTest, AFullRingDelaysButLosesNothing) {
  Connection& connection = Open();
  Device().capacity = 0;
  connection.to_send = Pattern(3000);
  connection.Pump();
  EXPECT_TRUE(Silent());
  Device().capacity = 256;
  RunTimer(4);
  EXPECT_EQ(3000u, Next().payload.size());
}

TEST_F(TcpTest, WithoutMemoryASynIsDroppedAndServedLater) {
  const std::size_t budget = BlockPool::budget();
  std::vector<void*> hog;
  BlockPool pool(2016);
  BlockPool::SetBudget(BlockPool::used_bytes() + 64 * 1024);
  while (void* block = pool.Allocate()) {
    hog.push_back(block);
  }
  // What is left in the pools' pages still serves some.
  int served = 0;
  for (int i = 0; i < 2000; ++i) {
    port_ = static_cast<std::uint16_t>(40'000 + i);
    Segment syn = {.source_port = port_, .destination_port = kPort, .sequence = 1, .flags = kSyn};
    Device().Inject(Frame(syn));
    Settle();
    served += Silent() ? 0 : 1;
    Device().sent.clear();
  }
  EXPECT_LT(served, 2000);
  BlockPool::SetBudget(budget);
  for (void* block : hog) {
    BlockPool::Free(block);
  }
  while (tcp_active_pcbs != nullptr) {
    tcp_abort(tcp_active_pcbs);
  }
  Settle();
  Device().sent.clear();
  port_ = 50'000;
  Open();
}

TEST_F(TcpTest, ReceivedDataThatNobodyReadsLeavesTheDriverItsBuffers) {
  Connection& connection = Open();
  std::vector<pbuf*> kept;
  tcp_arg(connection.pcb, &kept);
  tcp_recv(connection.pcb, [](void* argument, tcp_pcb*, pbuf* data, err_t) -> err_t {
    if (data != nullptr) {
      static_cast<std::vector<pbuf*>*>(argument)->push_back(data);
    }
    return ERR_OK;
  });
  for (int i = 0; i < 200; ++i) {
    Send({.sequence = theirs_, .acknowledgement = ours_, .flags = kAck, .payload = ToBytes({i})});
    theirs_ += 1;
  }
  EXPECT_LE(Device().lent, 52u);
  ASSERT_EQ(200u, kept.size());
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(static_cast<std::uint8_t>(i),
              *static_cast<std::uint8_t*>(kept[static_cast<std::size_t>(i)]->payload));
    pbuf_free(kept[static_cast<std::size_t>(i)]);
  }
  tcp_arg(connection.pcb, &connection);
}

// A receiver behind a wire that loses, doubles and reorders segments of the wire's size, and loses
// acknowledgements.
class LossTest : public TcpTest,
                 public ::testing::WithParamInterface<std::tuple<unsigned, unsigned, int>> {};

TEST_P(LossTest, TheContentArrivesIntact) {
  const auto [seed, percent, flags] = GetParam();
  Connection& connection = Open();
  std::mt19937 random(seed);
  const auto chance = [&](unsigned per_cent) { return random() % 100 < per_cent; };
  connection.to_send = Pattern(300'000);
  connection.write_flags = static_cast<u8_t>(flags);
  connection.Pump();

  Bytes content;
  std::map<std::uint32_t, Bytes> early;
  std::vector<Segment> wire;
  int idle = 0;
  for (int step = 0; step < 20'000 && content.size() < connection.to_send.size(); ++step) {
    while (!Device().sent.empty()) {
      for (Segment& segment : Cut(Device().sent.front())) {
        if (segment.destination_port == port_ && !segment.payload.empty()) {
          ASSERT_LE(segment.payload.size(), kMss);
          if (!chance(percent)) {
            if (chance(percent)) {
              wire.push_back(segment);
            }
            const std::size_t place =
                chance(percent) && !wire.empty() ? random() % wire.size() : wire.size();
            wire.insert(wire.begin() + static_cast<std::ptrdiff_t>(place), segment);
          }
        }
      }
      Device().sent.pop_front();
    }
    if (wire.empty()) {
      ASSERT_LT(++idle, 200) << "stalled at " << content.size();
      RunTimer(1);
      connection.Pump();
      continue;
    }
    idle = 0;
    const Segment segment = wire.front();
    wire.erase(wire.begin());
    const std::uint32_t at = segment.sequence - ours_;
    ASSERT_LE(at + segment.payload.size(), connection.to_send.size());
    early[at] = segment.payload.size() > early[at].size() ? segment.payload : early[at];
    for (auto first = early.begin(); first != early.end() && first->first <= content.size();
         first = early.erase(first)) {
      const std::size_t skip = content.size() - first->first;
      if (skip < first->second.size()) {
        content.insert(content.end(), first->second.begin() + static_cast<std::ptrdiff_t>(skip),
                       first->second.end());
      }
    }
    if (!chance(percent)) {
      Segment ack = {.source_port = port_,
                     .destination_port = kPort,
                     .sequence = theirs_,
                     .acknowledgement = ours_ + static_cast<std::uint32_t>(content.size()),
                     .flags = kAck};
      Device().Inject(Frame(ack));
    }
    Settle();
  }
  EXPECT_EQ(connection.to_send.size(), content.size());
  EXPECT_TRUE(connection.to_send == content);
}

INSTANTIATE_TEST_SUITE_P(Wire, LossTest,
                         ::testing::Combine(::testing::Values(1u, 2u, 3u),
                                            ::testing::Values(0u, 1u, 5u, 15u),
                                            ::testing::Values(0, TCP_WRITE_FLAG_COPY)));

TEST_F(TcpTest, DataOutOfOrderIsPutInOrder) {
  Connection& connection = Open();
  const Bytes data = Pattern(3000);
  const auto part = [&](std::size_t from, std::size_t to) {
    return Bytes(data.begin() + static_cast<std::ptrdiff_t>(from),
                 data.begin() + static_cast<std::ptrdiff_t>(to));
  };
  Send({.sequence = theirs_ + 2000,
        .acknowledgement = ours_,
        .flags = kAck,
        .payload = part(2000, 3000)});
  Send({.sequence = theirs_ + 1000,
        .acknowledgement = ours_,
        .flags = kAck,
        .payload = part(1000, 2000)});
  EXPECT_TRUE(connection.received.empty());
  Send({.sequence = theirs_, .acknowledgement = ours_, .flags = kAck, .payload = part(0, 1000)});
  EXPECT_EQ(data, connection.received);
}

TEST_F(TcpTest, MalformedSegmentsChangeNothing) {
  Connection& connection = Open();
  Segment segment = {.source_port = port_,
                     .destination_port = kPort,
                     .sequence = theirs_,
                     .acknowledgement = ours_,
                     .flags = kAck,
                     .payload = ToBytes({1, 2, 3, 4, 5, 6, 7, 8})};
  const Bytes frame = Frame(segment);
  for (std::size_t size = 0; size < frame.size(); ++size) {
    Device().Inject(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size)), true);
    Settle();
  }
  for (int header = 0; header < 16; ++header) {
    if (header != 5 && header != 6 && header != 7) {
      Bytes wrong = frame;
      wrong[46] = static_cast<std::byte>(header << 4);
      Device().Inject(wrong, true);
      Settle();
    }
  }
  EXPECT_TRUE(connection.received.empty());
  Device().Inject(frame, true);
  Settle();
  EXPECT_EQ(8u, connection.received.size());
}

}  // namespace
}  // namespace ashlar::net::testing
