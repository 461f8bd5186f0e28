// Fuzzes the block driver: the input is the device's features and configuration, and then what is
// asked of the driver and what the device writes, where, meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/events/events.h"
#include "libs/log/log.h"
#include "libs/virtio/block/block.h"
#include "libs/virtio/block/block_format.h"
#include "libs/virtio/fake_device.h"
#include "libs/virtio/virtio.h"
#include "rules/tools/fuzz_input.h"

namespace ashlar::virtio {
namespace {

using fuzz::Expect;
using fuzz::Input;

// Each cookie comes back once, and none that is not out.
class Client final : public blockdev::Client {
 public:
  void Completed(void* cookie, Result<void>) override {
    const auto index = reinterpret_cast<std::uintptr_t>(cookie);
    Expect(index < out_.size() && out_[index]);
    out_[index] = false;
  }
  std::optional<std::size_t> FreeCookie() const {
    for (std::size_t i = 0; i < out_.size(); ++i) {
      if (!out_[i]) {
        return i;
      }
    }
    return std::nullopt;
  }
  void Out(std::size_t cookie) { out_[cookie] = true; }

 private:
  std::array<bool, 32> out_ = {};
};

template <typename FakeQueue>
void Drive(Block& disk, FakeTransport& transport, Input& input) {
  static std::array<std::byte, 64 * 1024> buffer;
  blockdev::Queue& queue = *disk.queues()[0];
  const std::uint32_t block_size = disk.properties().block_size;
  Client client;
  FakeQueue ring = transport.Queue<FakeQueue>(block::kRequestQueue);
  for (int steps = 0; !input.empty() && steps < 2000; ++steps) {
    const bool running = transport.rings.contains(block::kRequestQueue);
    switch (input.Byte() % 7) {
      case 0:
        (void)queue.Poll(client);
        break;
      case 1:
      case 2: {
        const std::optional<std::size_t> cookie = client.FreeCookie();
        if (!cookie) {
          break;
        }
        const std::size_t size = input.Byte() % 8 * std::size_t{block_size};
        const blockdev::Request request = {
            .operation = static_cast<blockdev::Operation>(input.Byte() % 4),
            .first_block = input.Word(),
            .buffer = std::span(buffer).first(size <= buffer.size() ? size : 0),
            .block_count = input.Long(),
            .cookie = reinterpret_cast<void*>(*cookie)};
        if (queue.Submit(request)) {
          client.Out(*cookie);
        }
        break;
      }
      case 3:
        queue.Notify();
        break;
      case 4:
        if (!queue.EnableNotifications()) {
          queue.DisableNotifications();
        }
        break;
      case 5:  // the device does a request, or says so
        if (running) {
          if (const auto chain = ring.Pop()) {
            const std::vector<std::byte> bytes(input.Word() % 5000, std::byte{input.Byte()});
            const std::uint32_t written = chain->Write(bytes);
            ring.Push(*chain, input.Byte() % 4 != 0 ? written : input.Long());
          }
        }
        break;
      default: {  // the device uses something else
        FakeChain lie;
        lie.id = input.Word();
        lie.descriptors = static_cast<std::uint16_t>(1 + input.Byte() % 3);
        const std::uint32_t length = input.Long();
        if (running) {
          ring.Push(lie, length);
        }
        break;
      }
    }
  }
}

template <typename FakeQueue>
void Run(std::span<const std::uint8_t> bytes,
         Result<Block*> (*start)(Transport&, events::Event&, const BlockOptions&)) {
  Input input(bytes);
  FakeTransport transport(DeviceType::kBlock,
                          kVersion1 | Features{input.Long()} | Features{input.Byte()} << 32);
  for (int i = 0; i < 44; ++i) {
    transport.config.push_back(std::byte{input.Byte()});
  }
  transport.maximum_sizes = {{block::kRequestQueue, input.Word()}};
  events::Event event;
  const Result<Block*> disk = start(transport, event, {.ring = 16, .max_transfer = 64 * 1024});
  if (!disk) {
    return;
  }
  Drive<FakeQueue>(**disk, transport, input);
  (*disk)->Stop();
}

}  // namespace
}  // namespace ashlar::virtio

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar::virtio;
  (void)ashlar::log::SetMinimum(static_cast<ashlar::log::Level>(4));  // lies are expected here
  Run<FakeSplitQueue>({data, size}, &StartBlock);
  Run<FakePackedQueue>({data, size}, &StartBlockPacked);
  return 0;
}
