// Tests of the pair of devices in memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/netdev/memory_pair.h"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace ashlar::netdev {
namespace {

class Recorder final : public Client {
 public:
  explicit Recorder(Queue& queue) : queue_(queue) {}
  bool keep = false;
  std::vector<std::string> frames;
  std::vector<bool> verified;
  std::vector<std::size_t> buffer_counts;
  std::vector<Buffer*> kept;
  std::vector<void*> cookies;

  void Received(Buffer& first, std::size_t frame_size, bool checksum_verified) override {
    std::string bytes;
    std::size_t count = 0;
    for (Buffer* buffer = &first; buffer != nullptr;) {
      Buffer* next = buffer->next;
      bytes.append(reinterpret_cast<const char*>(buffer->bytes.data()), buffer->bytes.size());
      ++count;
      if (keep) {
        kept.push_back(buffer);
      } else {
        queue_.Release(*buffer);
      }
      buffer = next;
    }
    EXPECT_EQ(bytes.size(), frame_size);
    frames.push_back(bytes);
    verified.push_back(checksum_verified);
    buffer_counts.push_back(count);
  }
  void Transmitted(void* cookie) override { cookies.push_back(cookie); }

 private:
  Queue& queue_;
};

Fragment Bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

class MemoryPairTest : public testing::Test {
 protected:
  void Make(std::size_t memory_size, const MemoryPair::Options& options) {
    memory_.resize(memory_size);
    pair_ = std::make_unique<MemoryPair>(memory_, options);
    left_ = pair_->device(0).queues()[0];
    right_ = pair_->device(1).queues()[0];
  }
  std::vector<std::byte> memory_;
  std::unique_ptr<MemoryPair> pair_;
  Queue* left_ = nullptr;
  Queue* right_ = nullptr;
};

TEST_F(MemoryPairTest, AFrameArrivesAtTheOtherEndInOneBufferAndItsCookieComesBack) {
  Make(8192, {});
  const std::string header = "0123456789abcd";
  const std::string payload = "payload";
  int token = 0;
  const Fragment fragments[] = {Bytes(header), Bytes(payload)};
  ASSERT_TRUE(left_->Transmit(fragments, {}, &token));
  EXPECT_FALSE(right_->EnableNotifications());

  Recorder right(*right_);
  EXPECT_TRUE(right_->Poll(right, 8));
  ASSERT_EQ(right.frames, std::vector<std::string>{header + payload});
  EXPECT_FALSE(right.verified[0]);
  EXPECT_TRUE(right_->EnableNotifications());

  Recorder left(*left_);
  EXPECT_TRUE(left_->Poll(left, 8));
  EXPECT_EQ(left.cookies, std::vector<void*>{&token});
  EXPECT_FALSE(left_->Poll(left, 8));
}

TEST_F(MemoryPairTest, ALongFrameSpansSeveralBuffers) {
  Make(8192, {.properties = {.mtu = 9000, .max_fragments = 4}, .buffer_size = 1024});
  const std::string frame(2500, 'x');
  const Fragment fragments[] = {Bytes(frame)};
  ASSERT_TRUE(left_->Transmit(fragments, {}, nullptr));
  Recorder right(*right_);
  EXPECT_TRUE(right_->Poll(right, 8));
  EXPECT_EQ(right.frames, std::vector<std::string>{frame});
  EXPECT_EQ(right.buffer_counts, std::vector<std::size_t>{3});
}

TEST_F(MemoryPairTest, WithoutABufferAFrameIsDroppedAndCountedAndReleaseHelps) {
  Make(2 * 2048, {});
  const std::string frame(60, 'y');
  const Fragment fragments[] = {Bytes(frame)};
  Recorder right(*right_);
  right.keep = true;
  ASSERT_TRUE(left_->Transmit(fragments, {}, nullptr));
  ASSERT_TRUE(left_->Transmit(fragments, {}, nullptr));
  EXPECT_EQ(pair_->dropped(1), 1u);
  EXPECT_TRUE(right_->Poll(right, 8));
  right_->Release(*right.kept.at(0));
  ASSERT_TRUE(left_->Transmit(fragments, {}, nullptr));
  EXPECT_EQ(pair_->dropped(1), 1u);
  EXPECT_TRUE(right_->Poll(right, 8));
  EXPECT_EQ(right.frames.size(), 2u);
}

TEST_F(MemoryPairTest, TheBudgetBoundsTheFramesOfOnePoll) {
  Make(65536, {});
  const std::string frame(60, 'z');
  const Fragment fragments[] = {Bytes(frame)};
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(right_->Transmit(fragments, {}, nullptr));
  }
  Recorder left(*left_);
  EXPECT_TRUE(left_->Poll(left, 3));
  EXPECT_EQ(left.frames.size(), 3u);
  EXPECT_TRUE(left_->Poll(left, 3));
  EXPECT_EQ(left.frames.size(), 5u);
}

TEST_F(MemoryPairTest, OffloadsWorkOnlyIfTheyAreOffered) {
  Make(65536, {});
  const std::string frame(60, 'o');
  const Fragment fragments[] = {Bytes(frame)};
  const Offload offload = {.checksum = true, .checksum_start = 34, .checksum_offset = 16};
  EXPECT_EQ(left_->Transmit(fragments, offload, nullptr).error(), Error::kInvalidArgument);

  Make(65536, {.properties = {.transmit_checksum = true, .receive_checksum = true}});
  ASSERT_TRUE(left_->Transmit(fragments, offload, nullptr));
  Recorder right(*right_);
  EXPECT_TRUE(right_->Poll(right, 1));
  EXPECT_TRUE(right.verified[0]);
}

TEST_F(MemoryPairTest, FramesThatMakeNoSenseAreRefused) {
  Make(65536, {});
  const std::string frame(1515, 'l');
  const std::string runt(13, 'r');
  const std::string ok(60, 'k');
  const Fragment too_long[] = {Bytes(frame)};
  const Fragment too_short[] = {Bytes(runt)};
  const Fragment with_empty[] = {Bytes(ok), {}};
  EXPECT_EQ(left_->Transmit(too_long, {}, nullptr).error(), Error::kInvalidArgument);
  EXPECT_EQ(left_->Transmit(too_short, {}, nullptr).error(), Error::kInvalidArgument);
  EXPECT_EQ(left_->Transmit(with_empty, {}, nullptr).error(), Error::kInvalidArgument);
  EXPECT_EQ(left_->Transmit({}, {}, nullptr).error(), Error::kInvalidArgument);
}

TEST_F(MemoryPairTest, AFilterMayDropAndChangeFrames) {
  struct EverySecond : Filter {
    int count = 0;
    bool Pass(int, Buffer& first, std::size_t) override {
      first.bytes[0] = std::byte{'!'};
      return ++count % 2 == 0;
    }
  } filter;
  Make(65536, {.filter = &filter});
  const std::string frame(60, 'f');
  const Fragment fragments[] = {Bytes(frame)};
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(left_->Transmit(fragments, {}, nullptr));
  }
  Recorder right(*right_);
  EXPECT_TRUE(right_->Poll(right, 8));
  ASSERT_EQ(right.frames.size(), 2u);
  EXPECT_EQ(right.frames[0][0], '!');
}

}  // namespace
}  // namespace ashlar::netdev
