// Fuzzes the driver: the input is what a lying controller says of itself and completes, and what is
// asked of it meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "libs/base/aligned_bytes.h"
#include "libs/base/units.h"
#include "libs/blockdev/blockdev.h"
#include "libs/events/events.h"
#include "libs/log/log.h"
#include "libs/nvme/commands.h"
#include "libs/nvme/fake_controller.h"
#include "libs/nvme/nvme.h"
#include "libs/pci/fake_config_space.h"
#include "libs/pci/pci.h"

namespace {

using namespace ashlar;
using TestController = nvme::Controller<nvme::FakeControllerBus>;

// Each request completes once, and none that was not submitted.
struct Client final : blockdev::Client {
  void Completed(void*, Result<void>) override {
    if (in_flight == 0) {
      __builtin_trap();
    }
    --in_flight;
  }
  std::size_t in_flight = 0;
};

// Bytes of the controller's that the input sets, beside those of its first register.
constexpr std::size_t kHead = 12;
constexpr std::size_t kBufferSize = 256 * kKiB;

void SetUp(nvme::FakeController& fake, const std::uint8_t* head) {
  std::memcpy(&fake.At(nvme::Register::kCapabilities), head, 2);
  fake.identify_controller[77] = std::byte{head[2]};
  fake.identify_controller[512] = std::byte{head[3]} & std::byte{0x67};
  fake.identify_namespace[26] = std::byte{head[4]};
  std::memcpy(&fake.identify_namespace[0], head + 5, 2);
  fake.identify_namespace[7] = std::byte{head[7]};
  fake.identify_namespace[128 + 2] = std::byte{head[8]};
  fake.identify_namespace[128] = std::byte{head[9]};
  fake.identify_namespace[99] = std::byte{head[10]};
  fake.active_namespace = head[11];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kHead) {
    return 0;
  }
  static const bool quiet = (log::SetMinimum(static_cast<log::Level>(4)), true);
  static_cast<void>(quiet);
  const AlignedBytes memory = MakeAlignedBytes(TestController::MemoryFor(), kPageSize);
  static std::byte* const buffer = new (std::align_val_t(kPageSize)) std::byte[kBufferSize];
  nvme::FakeController fake;
  SetUp(fake, data);
  data += kHead;
  size -= kHead;
  fake.interpose = [&](bool admin, const nvme::Command&) -> std::uint16_t {
    return admin ? 0 : 2;  // it does nothing to blocks
  };
  pci::FakeConfigSpace config;
  events::Event event;
  const auto started =
      TestController::Start({nvme::FakeControllerBus(fake), 0x2000, config, {}},
                            {memory.get(), TestController::MemoryFor()}, event,
                            {.messages = (size & 1) != 0, .timeout = std::chrono::milliseconds(1)});
  if (!started) {
    return 0;
  }
  blockdev::Queue& queue = *(*started)->queues()[0];
  const blockdev::Properties& properties = (*started)->properties();
  Client client;
  for (; size >= 4; data += 4, size -= 4) {
    switch (data[0] & 7) {
      case 0:  // the controller completes something
        fake.CompleteRaw(std::uint32_t{data[3]} << 16 | data[2],
                         data[1] | std::uint32_t{data[3]} << 15);
        break;
      case 1:
        fake.Complete(data[1] & 63, data[2]);
        break;
      case 2:
        fake.works = (data[1] & 1) != 0;
        break;
      case 3:
      case 4: {
        const std::size_t blocks = data[2] % 70;
        const std::size_t bytes =
            std::min<std::size_t>(blocks * properties.block_size, kBufferSize - 8192);
        const blockdev::Request request = {
            .operation = static_cast<blockdev::Operation>(data[1] & 3),
            .first_block = data[3],
            .buffer = {buffer + data[1] * 4, bytes},
            .block_count = data[2]};
        client.in_flight += queue.Submit(request) ? 1 : 0;
        break;
      }
      case 5:
        queue.Notify();
        break;
      case 6:
        queue.Poll(client);
        break;
      default:
        fake.gone = (data[1] & 0xf0) == 0xf0;
        if (!queue.EnableNotifications()) {
          queue.DisableNotifications();
        }
        break;
    }
    if (client.in_flight > properties.max_requests) {
      __builtin_trap();
    }
  }
  return 0;
}
