// Pipes: order, fullness, an end that goes away, two threads.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/pipe.h"

#include <fcntl.h>

#include <string>

#include "gtest/gtest.h"
#include "libs/posix/descriptors/descriptors.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {
namespace {

class PipeTest : public testing::Test {
 public:
  void Open(int flags) {
    const PipeEnds ends = *CreatePipe(flags);
    reader_ = &ends.reader;
    writer_ = &ends.writer;
    reader_->Retain();
    writer_->Retain();
  }
  void TearDown() override {
    CloseReader();
    CloseWriter();
  }
  void CloseReader() {
    if (reader_ != nullptr) {
      reader_->Release();
      reader_ = nullptr;
    }
  }
  void CloseWriter() {
    if (writer_ != nullptr) {
      writer_->Release();
      writer_ = nullptr;
    }
  }
  Outcome<std::size_t> WriteText(std::string text) {
    const iovec piece = {text.data(), text.size()};
    return Write(*writer_, std::span(&piece, 1));
  }
  Outcome<std::string> ReadText(std::size_t size) {
    std::string text(size, ' ');
    const iovec piece = {text.data(), text.size()};
    text.resize(ASHLAR_TRY(Read(*reader_, std::span(&piece, 1))));
    return text;
  }

  File* reader_ = nullptr;
  File* writer_ = nullptr;
};

TEST_F(PipeTest, BytesComeOutInOrder) {
  Open(O_NONBLOCK);
  EXPECT_EQ(ReadText(10).error(), EAGAIN);
  EXPECT_EQ(WriteText("hello "), 6u);
  EXPECT_EQ(WriteText("world"), 5u);
  EXPECT_EQ(ReadText(4), "hell");
  EXPECT_EQ(ReadText(100), "o world");
  EXPECT_EQ(ReadText(100).error(), EAGAIN);
  EXPECT_EQ(reader_->readiness(), 0u);
}

TEST_F(PipeTest, FullPipeTakesNoMoreAndSmallWritesStayWhole) {
  Open(O_NONBLOCK);
  EXPECT_EQ(WriteText(std::string(kPipeCapacity - 10, 'a')), kPipeCapacity - 10);
  EXPECT_EQ(writer_->readiness() & kWritable, 0u);
  EXPECT_EQ(WriteText(std::string(11, 'b')).error(), EAGAIN);
  EXPECT_EQ(WriteText(std::string(kPipeAtomicSize + 1, 'c')), 10u);
  EXPECT_EQ(ReadText(kPipeAtomicSize)->size(), kPipeAtomicSize);
  EXPECT_EQ(writer_->readiness() & kWritable, kWritable);
}

TEST_F(PipeTest, ReaderFindsTheEndOnceTheWriterIsGone) {
  Open(0);
  EXPECT_EQ(WriteText("last"), 4u);
  CloseWriter();
  EXPECT_EQ(reader_->readiness(), kReadable | kHangUp);
  EXPECT_EQ(ReadText(10), "last");
  EXPECT_EQ(ReadText(10), "");
}

TEST_F(PipeTest, WriterFindsTheReaderGone) {
  Open(0);
  CloseReader();
  EXPECT_EQ(writer_->readiness() & kError, kError);
  EXPECT_EQ(WriteText("x").error(), EPIPE);
}

TEST_F(PipeTest, ThreadsWaitForEachOther) {
  Open(0);
  static constexpr std::size_t kSize = 100'000;
  auto* thread = *scheduler::Spawn(
      [](void* self) {
        auto& test = *static_cast<PipeTest*>(self);
        EXPECT_EQ(test.WriteText(std::string(kSize, 'x')), kSize);
        test.CloseWriter();
      },
      this);
  std::size_t received = 0;
  while (const auto text = ReadText(3000)) {
    if (text->empty()) {
      break;
    }
    received += text->size();
  }
  EXPECT_EQ(received, kSize);
  scheduler::Join(*thread);
}

}  // namespace
}  // namespace ashlar::posix
