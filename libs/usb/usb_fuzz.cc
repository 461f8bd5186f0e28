// Fuzzes what a device says of itself, and the adapter's driver behind it. The input: a sequence of
// descriptors (the request's value, a length, the bytes), then what the controller and the stack
// do.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <vector>

#include "libs/base/aligned_bytes.h"
#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/netdev/frame_holder.h"
#include "libs/netdev/netdev.h"
#include "libs/usb/cdc_ethernet.h"
#include "libs/usb/fake_controller.h"
#include "libs/usb/host_controller.h"
#include "libs/usb/usb.h"

namespace {

using namespace ashlar;

constexpr usb::CdcEthernetOptions kSmall = {.receive_buffers = 2, .transmit_buffers = 2};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  usb::FakeController controller;
  controller.descriptors = usb::AdapterDescriptors();
  const auto take = [&](std::size_t bytes) {
    const std::span<const std::uint8_t> taken(data, std::min(bytes, size));
    data += taken.size();
    size -= taken.size();
    return taken;
  };
  // Up to four replace what a sound adapter says.
  const std::size_t count = size > 0 ? take(1)[0] % 5 : 0;
  for (std::size_t i = 0; i < count && size >= 3; ++i) {
    const auto head = take(3);
    const auto value = static_cast<std::uint16_t>((1 + head[0] % 3) << 8 | head[1] % 4);
    const auto bytes = std::as_bytes(take(head[2]));
    controller.descriptors[value].assign(bytes.begin(), bytes.end());
  }
  const Result<usb::Device> device = usb::Device::Find(controller);
  if (!device) {
    return 0;
  }
  const std::size_t bytes = usb::CdcEthernet::MemoryFor(kSmall);
  const AlignedBytes memory = MakeAlignedBytes(bytes, usb::HostController::kAlignment);
  events::Event event;
  const auto adapter =
      usb::CdcEthernet::Start(*device, std::span(memory.get(), bytes), event, kSmall);
  if (!adapter) {
    return 0;
  }
  netdev::Queue& queue = *(*adapter)->queues().front();
  netdev::FrameHolder stack;
  std::size_t queued = 0;
  static const std::vector<std::byte> frame(2048);
  while (size >= 3) {
    const auto step = take(3);
    const std::size_t length = (step[1] | step[2] << 8) % frame.size();
    switch (step[0] % 8) {
      case 0:
        controller.Receive(std::span(frame).first(length));
        break;
      case 1:
        controller.End((step[1] & 1) != 0, std::unexpected(static_cast<Error>(step[2] % 10)));
        break;
      case 2:
        controller.EndSending();
        break;
      case 3:
        if (queue.Transmit(std::array<netdev::Fragment, 1>{std::span(frame).first(length)}, {},
                           nullptr)) {
          ++queued;
        }
        queue.Flush();
        break;
      case 4:
        queue.Poll(stack, step[1]);
        break;
      case 5:
        stack.ReleaseOne(queue);
        break;
      case 6:
        queue.EnableNotifications();
        break;
      default:
        controller.start_error.reset();
        if ((step[1] & 1) != 0) {
          controller.start_error = Error::kInputOutput;
        }
        break;
    }
  }
  // Out of use, it owes nothing.
  queue.Poll(stack, 1);
  const bool broken = queue.Transmit(std::array<netdev::Fragment, 1>{std::span(frame).first(60)},
                                     {}, nullptr) == std::unexpected(Error::kBroken);
  queue.Poll(stack, 1);
  if (stack.transmitted > queued || (broken && stack.transmitted != queued) ||
      stack.held.size() > kSmall.receive_buffers) {
    __builtin_trap();
  }
  return 0;
}
