// The console of a PC: its first serial port, and the screen that the boot loader left. Either may
// be missing.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/console.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/base/result.h"
#include "libs/console/framebuffer.h"
#include "libs/console/ns16550.h"
#include "libs/console/text_screen.h"
#include "libs/console/vga_text.h"
#include "libs/identity_map/identity_map.h"
#include "libs/io/port_bus.h"
#include "platforms/bare_metal/boot_information.h"
#include "platforms/bare_metal/loader.h"

namespace ashlar::console {
namespace {

constexpr std::uint16_t kCom1 = 0x3f8;

constinit bool looked = false;
constinit std::optional<Ns16550<io::PortBus>> serial;
constinit std::optional<TextScreen<VgaText>> text_screen;
constinit std::optional<TextScreen<Framebuffer>> pixel_screen;

void Look() {
  looked = true;
  if (Ns16550<io::PortBus> com1{io::PortBus(kCom1)}; com1.Present()) {
    serial = com1;
  }
  const Result<bare_metal::BootInformation> information = bare_metal::ReadLoaderTables();
  const auto screen = information ? information->screen() : std::nullopt;
  if (!screen) {
    return;
  }
  volatile std::byte* const memory =
      identity_map::DeviceRegisters(screen->address, screen->layout.size());
  if (memory == nullptr) {
    return;
  }
  if (screen->is_text) {
    text_screen.emplace(VgaText(memory, screen->layout.height, screen->layout.width));
  } else {
    pixel_screen.emplace(Framebuffer(memory, screen->layout));
  }
}

}  // namespace

void Write(std::string_view text) {
  if (!looked) {
    Look();
  }
  if (serial) {
    serial->Write(text);
  }
  if (text_screen) {
    text_screen->Write(text);
  }
  if (pixel_screen) {
    pixel_screen->Write(text);
  }
}

}  // namespace ashlar::console
