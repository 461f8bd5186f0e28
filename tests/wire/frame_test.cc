// Cutting frames into segments, and corrupting them so that their checksums tell.
// SPDX-License-Identifier: Apache-2.0
#include "tests/wire/frame.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "libs/linux/abi.h"

namespace ashlar::wire {
namespace {

constexpr std::size_t kHeaders = 14 + 20 + 20;

// A segment of 2,500 bytes as a guest gives it to its device: checksums unfinished, 1,000 bytes to
// a wire's segment, PSH and FIN set.
Frame Large() {
  Frame frame;
  frame.header.flags = linux::kVnetNeedsChecksum;
  frame.header.segmentation_type = linux::kVnetSegmentTcp4;
  frame.header.segment_size = 1000;
  frame.header.header_length = kHeaders;
  frame.header.checksum_start = 34;
  frame.header.checksum_offset = 16;
  frame.bytes.assign(kHeaders + 2500, '\0');
  const std::string ip(
      "\x08\x00\x45\x00\x09\xec\x12\x34\x40\x00\x40\x06\x00\x00"
      "\x0a\x00\x02\x0f\x0a\x00\x02\x02",
      22);
  frame.bytes.replace(12, ip.size(), ip);
  const std::string tcp("\x00\x50\x80\x00\xff\xff\xff\x00\x00\x00\x00\x01\x50\x19\x10\x00", 16);
  frame.bytes.replace(34, tcp.size(), tcp);
  for (std::size_t i = 0; i < 2500; ++i) {
    frame.bytes[kHeaders + i] = static_cast<char>(i * 7);
  }
  return frame;
}

TEST(FrameTest, ALargeFrameBecomesItsSegments) {
  const Frame large = Large();
  ASSERT_TRUE(IsTcp4(large));
  EXPECT_EQ(WireFrames(large), 3u);
  const std::vector<Frame> wire = ToWire(large);
  ASSERT_EQ(wire.size(), 3u);
  std::string payload;
  for (const Frame& frame : wire) {
    EXPECT_EQ(frame.header.flags, 0);
    EXPECT_EQ(frame.header.segmentation_type, 0);
    EXPECT_TRUE(ChecksumsAreRight(frame));
    payload += frame.bytes.substr(kHeaders);
  }
  EXPECT_EQ(payload, large.bytes.substr(kHeaders));
  EXPECT_EQ(wire[0].bytes.size(), kHeaders + 1000);
  EXPECT_EQ(wire[2].bytes.size(), kHeaders + 500);
  // Sequence numbers go on, over the top; the last segment alone ends.
  EXPECT_EQ(wire[1].bytes.substr(38, 4), std::string("\x00\x00\x02\xe8", 4));
  EXPECT_EQ(wire[0].bytes[47], 0x10);
  EXPECT_EQ(wire[1].bytes[47], 0x10);
  EXPECT_EQ(wire[2].bytes[47], 0x19);
  EXPECT_EQ(wire[1].bytes.substr(18, 2), "\x12\x35");
}

TEST(FrameTest, EveryChangeOfAByteIsRevealed) {
  Frame frame = ToWire(Large())[0];
  for (std::size_t choice = 0; choice < 20'000; ++choice) {
    Frame corrupt = frame;
    CorruptByte(corrupt, choice);
    EXPECT_NE(corrupt.bytes, frame.bytes);
    EXPECT_EQ(corrupt.bytes.substr(0, 14), frame.bytes.substr(0, 14));
    ASSERT_FALSE(ChecksumsAreRight(corrupt)) << choice;
  }
}

TEST(FrameTest, WhatIsNoWholeTcpStaysAsItIs) {
  Frame arp;
  arp.bytes = std::string(12, '\x01') + "\x08\x06" + std::string(28, '\x02');
  EXPECT_FALSE(IsTcp4(arp));
  EXPECT_EQ(ToWire(arp)[0].bytes, arp.bytes);
  for (std::size_t size = 0; size < kHeaders; ++size) {
    Frame cut = Large();
    cut.bytes.resize(size);
    EXPECT_FALSE(IsTcp4(cut)) << size;
    EXPECT_EQ(WireFrames(cut), 1u);
  }
}

}  // namespace
}  // namespace ashlar::wire
