// QEMU's command line for each option, and its exit statuses.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/qemu.h"

#include <gtest/gtest.h>

#include <string>

#include "tools/run/words.h"

namespace ashlar::run {
namespace {

Options Hello() {
  Options options;
  options.backend = "kvm";
  options.image = "hello";
  options.qemu = "qemu";
  options.memory_bytes = 8 << 20;
  return options;
}

std::string Line(const Options& options, const Decisions& decisions = {}) {
  const auto command = QemuCommand(options, decisions);
  return command.has_value() ? QuoteForShell(*command) : command.error();
}

TEST(QemuCommandTest, BootsOnThePlainestMachine) {
  EXPECT_EQ(Line(Hello()),
            "qemu -nodefaults -no-user-config -display none -no-reboot -machine pc -accel tcg -cpu "
            "max -m 8M "
            "-chardev stdio,id=console -serial chardev:console -device "
            "isa-debug-exit,iobase=0xf4,iosize=0x04 "
            "-kernel hello");
}

TEST(QemuCommandTest, KvmHasTheHostsCpu) {
  EXPECT_TRUE(Line(Hello(), {.kvm = true}).contains("-accel kvm -cpu host,-arch-capabilities"));
}

TEST(QemuCommandTest, ForwardsAPortOverTheUserNetwork) {
  Options options = Hello();
  options.network = true;
  const std::string line = Line(options, {.forwarded_port = 8080});
  EXPECT_TRUE(line.contains("-netdev user,id=net0,hostfwd=tcp:127.0.0.1:8080-:80")) << line;
  EXPECT_TRUE(line.contains("-device virtio-net-pci,netdev=net0,disable-legacy=on,romfile="))
      << line;
}

TEST(QemuCommandTest, MicrovmHasModernDevicesOverMmio) {
  Options options = Hello();
  options.network = true;
  options.machine = "microvm,acpi=off";
  const std::string line = Line(options);
  EXPECT_TRUE(line.contains("-global virtio-mmio.force-legacy=false")) << line;
  EXPECT_TRUE(line.contains("-device virtio-net-device,netdev=net0")) << line;
}

TEST(QemuCommandTest, ABoardIsWhatItIs) {
  Options options = Hello();
  options.backend = "bare_metal";
  options.machine = "raspi3b";
  options.device_tree = "raspi.dtb";
  const std::string line = Line(options);
  EXPECT_TRUE(line.contains("-machine raspi3b -dtb raspi.dtb -chardev")) << line;
  EXPECT_TRUE(line.contains("-semihosting-config enable=on,target=native")) << line;
  EXPECT_TRUE(line.contains("-kernel ")) << line;
  EXPECT_FALSE(line.contains(" -m ")) << line;
  EXPECT_FALSE(line.contains("-drive")) << line;
  EXPECT_FALSE(line.contains("usb-net")) << line;
  options.network = true;
  EXPECT_TRUE(Line(options).contains("-device usb-net,netdev=net0,port=1")) << Line(options);
}

TEST(QemuCommandTest, VirtHasItsDevicesOnEitherBusAndEndsBySemihosting) {
  Options options = Hello();
  options.network = true;
  options.machine = "virt,gic-version=2";
  std::string line = Line(options);
  EXPECT_TRUE(line.contains("-machine virt,gic-version=2 ")) << line;
  EXPECT_TRUE(line.contains("-semihosting-config enable=on,target=native")) << line;
  EXPECT_FALSE(line.contains("isa-debug-exit")) << line;
  EXPECT_TRUE(line.contains("-device virtio-net-pci,netdev=net0")) << line;
  options.machine = "virt-mmio,gic-version=3";
  line = Line(options);
  EXPECT_TRUE(line.contains("-machine virt,gic-version=3 ")) << line;
  EXPECT_TRUE(line.contains("-global virtio-mmio.force-legacy=false")) << line;
  EXPECT_TRUE(line.contains("-device virtio-net-device,netdev=net0")) << line;
}

TEST(QemuCommandTest, ATapIsPassedOpenOrNamed) {
  Options options = Hello();
  options.network = true;
  options.tap = "tap7";
  EXPECT_TRUE(Line(options, {.tap_fd = 5}).contains("-netdev tap,id=net0,fd=5"));
  EXPECT_TRUE(Line(options).contains("-netdev tap,id=net0,ifname=tap7,script=no,downscript=no"));
}

TEST(QemuCommandTest, DiskImagesAreBootedByFirmware) {
  Options options = Hello();
  options.backend = "bare_metal";
  options.image = "a,b.iso";
  options.network = true;
  const std::string line = Line(options, {.forwarded_port = 8080});
  EXPECT_TRUE(line.contains("-device e1000,netdev=net0,romfile=")) << line;
  EXPECT_TRUE(line.ends_with("-drive file=a,,b.iso,format=raw,snapshot=on")) << line;
  EXPECT_FALSE(line.contains("-bios"));
  options.machine = "q35";
  options.uefi = true;
  options.uefi_firmware = "ovmf";
  options.words = {"more"};
  const std::string other = Line(options, {.disk = "/proc/1/fd/2"});
  EXPECT_TRUE(other.contains("-device e1000e,netdev=net0,romfile=")) << other;
  EXPECT_TRUE(other.ends_with("-bios ovmf -drive file=/proc/1/fd/2,format=raw")) << other;
}

TEST(QemuCommandTest, DisksAreTheDevicesThatTheBackendDrives) {
  Options options = Hello();
  options.disks = {"a,b", "c"};
  EXPECT_TRUE(
      Line(options).contains("-drive file=a,,b,format=raw,if=none,id=disk0 "
                             "-device virtio-blk-pci,disable-legacy=on,drive=disk0,serial=disk0 "
                             "-drive file=c,format=raw,if=none,id=disk1 "
                             "-device virtio-blk-pci,disable-legacy=on,drive=disk1,serial=disk1"))
      << Line(options);
  options.machine = "microvm";
  EXPECT_TRUE(Line(options).contains("-device virtio-blk-device,drive=disk1"));
  options.machine = "q35";
  options.backend = "bare_metal";
  EXPECT_TRUE(Line(options).contains("-device nvme,drive=disk1,serial=disk1"));
}

TEST(QemuCommandTest, TheImagesWordsAreOneArgument) {
  Options options = Hello();
  options.cmdline = "log.level=debug -- \"two words\"";
  options.words = {"more"};
  EXPECT_TRUE(Line(options).contains("-append 'log.level=debug -- \"two words\" more'"));
  EXPECT_TRUE(
      Line(options, {.parameters = {"net.address=10.0.0.2/24"}})
          .contains("-append 'net.address=10.0.0.2/24 log.level=debug -- \"two words\" more'"));
  options.words = {"a\"b"};
  EXPECT_TRUE(Line(options).contains("no way to pass a double quote"));
}

TEST(QemuCommandTest, OddSizesOfMemoryAndTheDebugger) {
  Options options = Hello();
  options.memory_bytes = 1536 << 10;
  options.qemu_arguments = {"-d", "int"};
  const std::string line = Line(options, {.gdb_port = 1234});
  EXPECT_TRUE(line.contains(" -m 1536K ")) << line;
  EXPECT_TRUE(line.contains("-S -gdb tcp:127.0.0.1:1234")) << line;
  EXPECT_TRUE(line.contains("-d int")) << line;
}

TEST(StatusOfQemuTest, TheExitDeviceCarriesTheStatus) {
  EXPECT_EQ(StatusOfQemu(255), 0);
  EXPECT_EQ(StatusOfQemu(253), 1);
  EXPECT_EQ(StatusOfQemu(255 - 2 * 70), 70);
  EXPECT_EQ(StatusOfQemu(3), 126);
}

TEST(StatusOfQemuTest, QemusOwnEndIsNoStatus) {
  for (const int code : {0, 1, 2, 254, 300}) {
    EXPECT_FALSE(StatusOfQemu(code).has_value()) << code;
  }
}

}  // namespace
}  // namespace ashlar::run
