// Fuzzes the driver: the input is what a lying controller has in its registers when a transfer
// ends, and what is asked of the driver meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <vector>

#include "libs/base/result.h"
#include "libs/dwc2/dwc2.h"
#include "libs/dwc2/fake_core.h"
#include "libs/dwc2/registers.h"
#include "libs/usb/host_controller.h"

namespace {

using namespace ashlar;

struct alignas(usb::HostController::kAlignment) Frame {
  std::array<std::byte, 2048> bytes = {};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dwc2::FakeCore core;
  dwc2::ControlBuffer buffer;
  dwc2::Controller controller(dwc2::FakeCoreBus(core), dwc2::FakeMachine{&core}, buffer, 0);
  if (!controller.Start()) {
    __builtin_trap();
  }
  usb::Link link = {.address = 1, .max_packet = 64};
  const std::array<Result<std::uint8_t>, 2> pipes = {
      controller.OpenBulk(link, {.address = 0x82, .max_packet = 64}),
      controller.OpenBulk(link, {.address = 0x02, .max_packet = 512})};
  std::array<Frame, 2> frames;
  std::array<std::size_t, 2> asked = {};
  std::array<bool, 2> under_way = {};
  while (size >= 8) {
    std::uint16_t number;
    std::uint32_t causes;
    std::memcpy(&number, data + 2, sizeof number);
    std::memcpy(&causes, data + 4, sizeof causes);
    const std::size_t which = data[1] & 1;
    switch (data[0] % 6) {
      case 0:  // the channel of a pipe ends, with anything left
        core.At(*pipes[which], dwc2::Channel::kTransfer) = causes;
        core.End(*pipes[which], number, causes & 0x1ff);
        break;
      case 1:
        if (!under_way[which]) {
          asked[which] = which == 0 ? frames[0].bytes.size() : number % frames[1].bytes.size();
          under_way[which] =
              controller.Start(*pipes[which], std::span(frames[which].bytes).first(asked[which]))
                  .has_value();
        }
        break;
      case 2: {
        const auto done = controller.Finish(*pipes[which]);
        if (done && (!under_way[which] || *done > asked[which])) {
          __builtin_trap();
        }
        under_way[which] &= done == std::unexpected(Error::kWouldBlock);
        break;
      }
      case 3: {
        core.on_begin = [&](const dwc2::FakeCore::Begun& begun) {
          std::ranges::fill(begun.memory, std::byte{0xa5});
          core.End(begun.channel, number, causes & 0x1ff);
        };
        std::vector<std::byte> answer(data[1]);
        const auto done = controller.Control(
            link,
            {.type = static_cast<std::uint8_t>((causes & 1) != 0 ? usb::Setup::kIn : 0),
             .length = static_cast<std::uint16_t>(answer.size())},
            answer);
        if (done && *done > answer.size()) {
          __builtin_trap();
        }
        core.on_begin = nullptr;
        break;
      }
      case 4:
        core.At(dwc2::Register::kPort) = causes;
        if (const auto speed = controller.ResetPort()) {
          link.speed = *speed;
        }
        break;
      default:
        controller.Interrupt(which != 0);
        break;
    }
    data += 8;
    size -= 8;
  }
  return 0;
}
