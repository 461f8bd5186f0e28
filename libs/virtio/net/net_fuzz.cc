// Fuzzes the network driver: the input is the device's features and configuration, and then what
// the stack does and what the device writes, where, meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "libs/log/log.h"
#include "libs/virtio/fake_device.h"
#include "libs/virtio/net/net.h"
#include "libs/virtio/net/net_header.h"
#include "rules/tools/fuzz_input.h"

namespace ashlar::virtio {
namespace {

using fuzz::Expect;
using fuzz::Input;

// A stack that reads every byte it is given, and keeps some buffers.
class Stack final : public netdev::Client {
 public:
  explicit Stack(netdev::Queue& queue) : queue_(queue) {}

  void Received(netdev::Buffer& first, std::size_t frame_size, bool) override {
    std::size_t size = 0;
    for (netdev::Buffer* buffer = &first; buffer != nullptr;) {
      netdev::Buffer* next = buffer->next;
      for (std::byte& byte : buffer->bytes) {
        sum_ = sum_ + std::to_integer<unsigned>(byte);
        byte = std::byte{0};
      }
      size += buffer->bytes.size();
      Expect(std::find(kept_.begin(), kept_.end(), buffer) == kept_.end());
      kept_.push_back(buffer);
      buffer = next;
    }
    Expect(size == frame_size && size >= net::kEthernetHeaderSize);
  }
  void Transmitted(void* cookie) override {
    const auto index = reinterpret_cast<std::uintptr_t>(cookie);
    Expect(index < out_.size() && out_[index]);  // each cookie once
    out_[index] = false;
  }

  void Release(std::size_t count) {
    for (; count > 0 && !kept_.empty(); --count) {
      queue_.Release(*kept_.back());
      kept_.pop_back();
    }
  }
  void* NewCookie() {
    const auto found = std::find(out_.begin(), out_.end(), false);
    if (found == out_.end()) {
      return reinterpret_cast<void*>(out_.size());
    }
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(found - out_.begin()));
  }
  void Sent(void* cookie) { out_[reinterpret_cast<std::uintptr_t>(cookie)] = true; }
  bool CanSend() const { return std::find(out_.begin(), out_.end(), false) != out_.end(); }

 private:
  netdev::Queue& queue_;
  std::vector<netdev::Buffer*> kept_;
  std::array<bool, 64> out_ = {};
  volatile unsigned sum_ = 0;
};

constexpr std::array<std::byte, 3000> kPayload = {};

template <typename FakeQueue>
void Drive(Net& net, FakeTransport& transport, Input& input) {
  netdev::Queue& queue = *net.queues()[0];
  Stack stack(queue);
  FakeQueue receive = transport.Queue<FakeQueue>(net::kReceiveQueue);
  FakeQueue transmit = transport.Queue<FakeQueue>(net::kTransmitQueue);
  std::optional<FakeChain> chain;
  for (int steps = 0; !input.empty() && steps < 2000; ++steps) {
    switch (input.Byte() % 10) {
      case 0:
        (void)queue.Poll(stack, input.Byte() % 32);
        break;
      case 1: {
        if (!stack.CanSend()) {
          break;
        }
        std::array<netdev::Fragment, 3> fragments;
        for (netdev::Fragment& fragment : fragments) {
          fragment = std::span(kPayload).first(input.Word() % kPayload.size());
        }
        const netdev::Offload offload = {
            .checksum = input.Byte() % 2 == 0,
            .checksum_start = input.Byte(),
            .checksum_offset = input.Byte(),
            .segmentation = static_cast<netdev::Offload::Segmentation>(input.Byte() % 3),
            .segment_size = input.Word(),
            .header_size = input.Byte(),
        };
        void* cookie = stack.NewCookie();
        if (queue.Transmit(std::span(fragments).first(input.Byte() % 4), offload, cookie)) {
          stack.Sent(cookie);
        }
        break;
      }
      case 2:
        queue.Flush();
        break;
      case 3:
        stack.Release(input.Byte() % 16);
        break;
      case 4:
        (void)queue.EnableNotifications();
        break;
      case 5:
        queue.DisableNotifications();
        break;
      case 6: {  // the device takes a frame
        if (!transport.rings.contains(net::kTransmitQueue)) {
          return;  // it was reset
        }
        if (const auto sent = transmit.Pop()) {
          transmit.Push(*sent, 0);
        }
        break;
      }
      case 7: {  // the device brings a buffer of one, with a header of its own making
        if (!transport.rings.contains(net::kReceiveQueue)) {
          return;
        }
        chain = receive.Pop();
        if (!chain) {
          break;
        }
        std::array<std::byte, 64> bytes;
        for (std::byte& byte : std::span(bytes).first(12)) {
          byte = std::byte{input.Byte()};
        }
        chain->Write(bytes);
        receive.Push(*chain, input.Word() % 2 == 0 ? 64 : input.Word());
        break;
      }
      case 8: {  // the device uses something else
        FakeChain lie;
        lie.id = input.Word();
        lie.descriptors = static_cast<std::uint16_t>(1 + input.Byte() % 3);
        if (transport.rings.contains(net::kReceiveQueue)) {
          (input.Byte() % 2 == 0 ? receive : transmit).Push(lie, input.Long());
        }
        break;
      }
      case 9: {  // the device writes into a header it has been given
        if (chain && transport.rings.contains(net::kReceiveQueue)) {
          const std::uint16_t value = input.Word();
          std::memcpy(reinterpret_cast<std::byte*>(chain->segments[0].address) + input.Byte() % 11,
                      &value, 2);
        }
        break;
      }
    }
  }
  stack.Release(~std::size_t{0});
}

template <typename FakeQueue>
void Run(std::span<const std::uint8_t> bytes,
         Result<Net*> (*start)(Transport&, events::Event&, const NetOptions&)) {
  Input input(bytes);
  const std::uint8_t shape = input.Byte();
  FakeTransport transport(DeviceType::kNetwork,
                          kVersion1 | Features{input.Long()} | Features{input.Byte()} << 32);
  for (int i = 0; i < 12; ++i) {
    transport.config.push_back(std::byte{input.Byte()});
  }
  if (shape % 4 == 0) {
    transport.config.resize(input.Byte() % 12);
  }
  transport.maximum_sizes = {{net::kReceiveQueue, input.Word()},
                             {net::kTransmitQueue, input.Word()}};
  events::Event event;
  const NetOptions options = {.receive_buffers = 16,
                              .transmit_ring = 16,
                              .buffer_size = shape % 8 < 4 ? 256u : 1536u,
                              .large_receive = shape >= 128};
  const Result<Net*> net = start(transport, event, options);
  if (!net) {
    return;
  }
  (void)(*net)->link_up();
  Drive<FakeQueue>(**net, transport, input);
  (*net)->Stop();
}

}  // namespace
}  // namespace ashlar::virtio

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar::virtio;
  (void)ashlar::log::SetMinimum(static_cast<ashlar::log::Level>(4));  // lies are expected here
  Run<FakeSplitQueue>({data, size}, &StartNet);
  Run<FakePackedQueue>({data, size}, &StartNetPacked);
  return 0;
}
