// The console of a Raspberry Pi: its PL011 serial line, and the screen. Either may be missing.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/console.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/bcm2835/mailbox.h"
#include "libs/console/framebuffer.h"
#include "libs/console/pl011.h"
#include "libs/console/text_screen.h"
#include "libs/identity_map/identity_map.h"
#include "libs/io/mmio_bus.h"
#include "platforms/raspi/mailbox_caches.h"
#include "platforms/raspi/peripherals.h"

namespace ashlar::console {
namespace {

// Any monitor can show it.
constexpr std::uint32_t kWidth = 640;
constexpr std::uint32_t kHeight = 480;

constinit bool looked = false;
constinit std::optional<Pl011<io::MmioBus>> serial;
constinit std::optional<TextScreen<Framebuffer>> screen;
constinit bcm2835::PropertyMessage message;

void LookForScreen() {
  volatile std::byte* const registers = identity_map::DeviceRegisters(raspi::kMailbox, kPageSize);
  if (registers == nullptr) {
    return;
  }
  bcm2835::Mailbox mailbox(io::MmioBus(registers), raspi::SyncMailboxCaches(), message);
  const Result<bcm2835::Screen> given = mailbox.AllocateScreen(kWidth, kHeight);
  if (!given) {
    return;
  }
  const FramebufferLayout layout = {.width = given->width,
                                    .height = given->height,
                                    .bytes_per_row = given->bytes_per_row,
                                    .bytes_per_pixel = sizeof(std::uint32_t)};
  volatile std::byte* const pixels = identity_map::DeviceRegisters(given->address, given->size);
  if (layout.valid() && pixels != nullptr) {
    screen.emplace(Framebuffer(pixels, layout));
  }
}

void Look() {
  looked = true;
  if (volatile std::byte* const registers =
          identity_map::DeviceRegisters(raspi::kSerialLine, kPageSize)) {
    serial.emplace(io::MmioBus(registers));
  }
  LookForScreen();
}

}  // namespace

void Write(std::string_view text) {
  if (!looked) {
    Look();
  }
  if (serial) {
    serial->Write(text);
  }
  if (screen) {
    screen->Write(text);
  }
}

}  // namespace ashlar::console
