// The driver against a pair of datagram sockets, which keep frames apart as a tap does; and a real
// tap, where the test may make one.
// SPDX-License-Identifier: Apache-2.0
#include "libs/tap/tap.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "libs/linux/abi.h"

namespace ashlar::tap {
namespace {

struct Recorder : netdev::Client {
  struct Frame {
    netdev::Buffer* first;
    std::string bytes;
    int buffers;
    bool checksum_verified;
  };

  void Received(netdev::Buffer& first, std::size_t frame_size, bool checksum_verified) override {
    Frame frame = {
        .first = &first, .bytes = {}, .buffers = 0, .checksum_verified = checksum_verified};
    for (netdev::Buffer* buffer = &first; buffer != nullptr; buffer = buffer->next) {
      frame.bytes.append(reinterpret_cast<const char*>(buffer->bytes.data()), buffer->bytes.size());
      ++frame.buffers;
    }
    EXPECT_EQ(frame.bytes.size(), frame_size);
    frames.push_back(std::move(frame));
  }
  void Transmitted(void* cookie) override { transmitted.push_back(cookie); }

  std::vector<Frame> frames;
  std::vector<void*> transmitted;
};

class TapTest : public testing::Test {
 protected:
  TapTest() {
    int fds[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
    host_ = fds[0];
    constexpr int kSize = 1 << 20;
    setsockopt(host_, SOL_SOCKET, SO_SNDBUF, &kSize, sizeof(kSize));
    tap_ = std::make_unique<Tap>(
        Attachment{.fd = fds[1], .mac_address = {2, 0, 0, 0, 0, 1}, .receive_checksum = true},
        memory_);
    queue_ = tap_->queues()[0];
    device_ = fds[1];
  }
  ~TapTest() override {
    close(host_);
    close(device_);
  }

  void SendFromHost(std::string_view frame, linux::VnetHeader header = {}) {
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
    bytes += frame;
    ASSERT_EQ(send(host_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()))
        << strerror(errno);
  }

  // The next frame at the host's end, its header apart.
  std::string ReceiveAtHost() {
    std::string bytes(70000, '\0');
    const ssize_t size = recv(host_, bytes.data(), bytes.size(), 0);
    if (size < static_cast<ssize_t>(sizeof(header_))) {
      return {};
    }
    std::memcpy(&header_, bytes.data(), sizeof(header_));
    return bytes.substr(sizeof(header_), static_cast<std::size_t>(size) - sizeof(header_));
  }

  Result<void> Transmit(const std::vector<std::string_view>& parts, netdev::Offload offload = {},
                        void* cookie = nullptr) {
    std::vector<netdev::Fragment> fragments;
    for (const std::string_view part : parts) {
      fragments.push_back(std::as_bytes(std::span(part)));
    }
    return queue_->Transmit(fragments, offload, cookie);
  }

  void ReleaseAll() {
    for (const Recorder::Frame& frame : client_.frames) {
      for (netdev::Buffer* buffer = frame.first; buffer != nullptr;) {
        netdev::Buffer* const next = buffer->next;
        queue_->Release(*buffer);
        buffer = next;
      }
    }
    client_.frames.clear();
  }

  std::vector<std::byte> memory_ = std::vector<std::byte>(Tap::kMemorySize);
  int host_ = -1;
  int device_ = -1;
  std::unique_ptr<Tap> tap_;
  netdev::Queue* queue_ = nullptr;
  Recorder client_;
  linux::VnetHeader header_ = {};
};

std::string Pattern(std::size_t size) {
  std::string text(size, '\0');
  std::iota(text.begin(), text.end(), '\0');
  return text;
}

TEST_F(TapTest, AFrameArrivesInOneBuffer) {
  SendFromHost(Pattern(60));
  EXPECT_TRUE(queue_->Poll(client_, 16));
  ASSERT_EQ(client_.frames.size(), 1u);
  EXPECT_EQ(client_.frames[0].bytes, Pattern(60));
  EXPECT_EQ(client_.frames[0].buffers, 1);
  EXPECT_FALSE(client_.frames[0].checksum_verified);
  EXPECT_FALSE(queue_->Poll(client_, 16));
}

TEST_F(TapTest, TheIpHeaderIsAligned) {
  SendFromHost(Pattern(60));
  queue_->Poll(client_, 1);
  ASSERT_EQ(client_.frames.size(), 1u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(client_.frames[0].first->bytes.data() + 14) % 4, 0u);
}

TEST_F(TapTest, ALargeFrameSpansBuffers) {
  const std::string frame = Pattern(65000);
  SendFromHost(frame,
               {.flags = linux::kVnetNeedsChecksum, .segmentation_type = linux::kVnetSegmentTcp4});
  EXPECT_TRUE(queue_->Poll(client_, 16));
  ASSERT_EQ(client_.frames.size(), 1u);
  EXPECT_EQ(client_.frames[0].bytes, frame);
  EXPECT_EQ(client_.frames[0].buffers, 32);
  EXPECT_TRUE(client_.frames[0].checksum_verified);
}

TEST_F(TapTest, PollKeepsToItsBudget) {
  for (int i = 0; i < 3; ++i) {
    SendFromHost(Pattern(100));
  }
  EXPECT_TRUE(queue_->Poll(client_, 2));
  EXPECT_EQ(client_.frames.size(), 2u);
  EXPECT_TRUE(queue_->Poll(client_, 2));
  EXPECT_EQ(client_.frames.size(), 3u);
}

TEST_F(TapTest, WithoutFreeBuffersFramesAreLostUntilSomeComeBack) {
  std::size_t sent = 0;
  for (int round = 0; round < 300; ++round) {
    SendFromHost(Pattern(80));
    ++sent;
    EXPECT_TRUE(queue_->Poll(client_, 16));
  }
  EXPECT_LT(client_.frames.size(), sent);
  EXPECT_GE(client_.frames.size(), 200u);
  ReleaseAll();
  SendFromHost("a frame of at least fourteen bytes");
  EXPECT_TRUE(queue_->Poll(client_, 16));
  ASSERT_EQ(client_.frames.size(), 1u);
  EXPECT_EQ(client_.frames[0].bytes, "a frame of at least fourteen bytes");
}

TEST_F(TapTest, WhatIsNoFrameIsIgnored) {
  SendFromHost("");
  SendFromHost("short");
  queue_->Poll(client_, 16);
  EXPECT_TRUE(client_.frames.empty());
}

TEST_F(TapTest, FragmentsLeaveAsOneFrame) {
  int cookie = 0;
  ASSERT_TRUE(Transmit({"fourteen bytes", "and a ", "body"}, {}, &cookie).has_value());
  EXPECT_EQ(ReceiveAtHost(), "fourteen bytesand a body");
  EXPECT_EQ(header_.flags, 0);
  EXPECT_FALSE(queue_->EnableNotifications());
  EXPECT_TRUE(queue_->Poll(client_, 16));
  EXPECT_EQ(client_.transmitted, std::vector<void*>{&cookie});
  EXPECT_TRUE(queue_->EnableNotifications());
}

TEST_F(TapTest, OffloadsAreTheHeaders) {
  const std::string frame = Pattern(4000);
  ASSERT_TRUE(Transmit({frame}, {.checksum = true,
                                 .checksum_start = 34,
                                 .checksum_offset = 16,
                                 .segmentation = netdev::Offload::Segmentation::kTcp4,
                                 .segment_size = 1448,
                                 .header_size = 66})
                  .has_value());
  EXPECT_EQ(ReceiveAtHost(), frame);
  EXPECT_EQ(header_.flags, linux::kVnetNeedsChecksum);
  EXPECT_EQ(header_.segmentation_type, linux::kVnetSegmentTcp4);
  EXPECT_EQ(header_.checksum_start, 34);
  EXPECT_EQ(header_.checksum_offset, 16);
  EXPECT_EQ(header_.segment_size, 1448);
  EXPECT_EQ(header_.header_length, 66);
}

TEST_F(TapTest, TheLargestFrameThatIsCutHoldsTheLargestPacket) {
  const netdev::Offload offload = {.checksum = true,
                                   .checksum_start = 34,
                                   .checksum_offset = 16,
                                   .segmentation = netdev::Offload::Segmentation::kTcp4,
                                   .segment_size = 1448,
                                   .header_size = 66};
  const std::string frame = Pattern(14 + 65'535 + 1);
  ASSERT_TRUE(Transmit({std::string_view(frame).substr(1)}, offload).has_value());
  EXPECT_EQ(ReceiveAtHost(), frame.substr(1));
  EXPECT_EQ(Transmit({frame}, offload), std::unexpected(Error::kInvalidArgument));
}

TEST_F(TapTest, ImpossibleFramesAreRefused) {
  const std::string large = Pattern(1515);
  EXPECT_EQ(Transmit({"short"}), std::unexpected(Error::kInvalidArgument));
  EXPECT_EQ(Transmit({large}), std::unexpected(Error::kInvalidArgument));
  EXPECT_EQ(Transmit({"fourteen bytes"}, {.checksum = true, .checksum_start = 14}),
            std::unexpected(Error::kInvalidArgument));
  EXPECT_EQ(Transmit({"fourteen bytes"},
                     {.segmentation = netdev::Offload::Segmentation::kTcp4, .segment_size = 1}),
            std::unexpected(Error::kInvalidArgument));
  EXPECT_EQ(Transmit(std::vector<std::string_view>(65, "some bytes")),
            std::unexpected(Error::kInvalidArgument));
}

TEST_F(TapTest, TheRingOfFinishedFramesFills) {
  for (int i = 0; i < 256; ++i) {
    ASSERT_TRUE(Transmit({"fourteen bytes"}).has_value());
    ReceiveAtHost();
  }
  EXPECT_EQ(Transmit({"fourteen bytes"}), std::unexpected(Error::kWouldBlock));
  EXPECT_TRUE(queue_->Poll(client_, 16));
  EXPECT_EQ(client_.transmitted.size(), 256u);
  EXPECT_TRUE(Transmit({"fourteen bytes"}).has_value());
}

TEST_F(TapTest, AFrameThatTheHostHasNoRoomForIsLost) {
  std::size_t taken = 0;
  while (taken < 256 && Transmit({Pattern(1500)}).has_value()) {
    ++taken;
  }
  EXPECT_EQ(taken, 256u);  // The pair of sockets holds fewer.
}

TEST_F(TapTest, ADeletedInterfaceIsBroken) {
  close(device_);
  EXPECT_TRUE(tap_->link_up());
  EXPECT_FALSE(queue_->Poll(client_, 16));
  EXPECT_FALSE(tap_->link_up());
  EXPECT_EQ(Transmit({"fourteen bytes"}), std::unexpected(Error::kBroken));
}

// Runs `body` in a process and a network namespace of its own, since there is no way back out of
// one; its failures are the test's. False where the machine allows no namespace: nothing ran.
bool RunInNamespace(const std::function<void()>& body) {
  constexpr int kNotAllowed = 77;
  const pid_t pid = fork();
  if (pid == 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
      _exit(kNotAllowed);
    }
    body();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotAllowed) {
    return false;
  }
  EXPECT_EQ(status, 0);
  return true;
}

TEST(TapDeviceTest, ARealTapIsAttached) {
  if (access("/dev/net/tun", F_OK) != 0) {
    GTEST_SKIP() << "this machine has no taps at all: there is no /dev/net/tun";
  }
  const bool ran = RunInNamespace([] {
    const Result<Attachment> attachment = Open("ashlar-test");
    ASSERT_TRUE(attachment.has_value()) << Describe(attachment.error());
    EXPECT_EQ(attachment->mtu, 1500);
    EXPECT_TRUE(attachment->receive_checksum);
    EXPECT_EQ(attachment->mac_address[0] & 3, 2);  // local, unicast
    EXPECT_EQ(Open("ashlar-test"), std::unexpected(Error::kExists));
    EXPECT_TRUE(Adopt(attachment->fd).has_value());
    close(attachment->fd);
  });
  if (!ran) {
    GTEST_SKIP() << "this machine allows no network namespace";
  }
}

TEST(PacketSocketTest, WhatIsSentOnALoopComesBack) {
  const bool ran = RunInNamespace([] {
    ifreq request = {.ifr_ifrn = {"lo"},
                     .ifr_ifru = {.ifru_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING}};
    ASSERT_EQ(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &request), 0);
    const Result<Attachment> attachment = OpenPacketSocket("lo");
    ASSERT_TRUE(attachment.has_value()) << Describe(attachment.error());
    static std::byte memory[Tap::kMemorySize];
    Tap device(*attachment, memory);
    const std::string frame = std::string(12, '\0') + "\x88\xb5" + "an experiment's ethertype";
    const netdev::Fragment fragment = std::as_bytes(std::span(frame));
    Recorder client;
    ASSERT_TRUE(device.queues()[0]->Transmit(std::span(&fragment, 1), {}, nullptr).has_value());
    for (int i = 0; i < 100 && client.frames.empty(); ++i) {
      device.queues()[0]->Poll(client, 16);
      usleep(1000);
    }
    ASSERT_EQ(client.frames.size(), 1u);
    EXPECT_EQ(client.frames[0].bytes, frame);
  });
  if (!ran) {
    GTEST_SKIP() << "this machine allows no network namespace";
  }
}

TEST(PacketSocketTest, AnInterfaceThatIsNotThereIsNotFound) {
  const Result<Attachment> attachment = OpenPacketSocket("no-such");
  EXPECT_TRUE(attachment == std::unexpected(Error::kNotFound) ||
              attachment == std::unexpected(Error::kPermission));
}

TEST(TapDeviceTest, WhatIsNoTapIsRefused) {
  EXPECT_EQ(Open(""), std::unexpected(Error::kInvalidArgument));
  EXPECT_EQ(Open("a name of sixteen"), std::unexpected(Error::kInvalidArgument));
  EXPECT_EQ(Adopt(-1), std::unexpected(Error::kInvalidArgument));
}

}  // namespace
}  // namespace ashlar::tap
