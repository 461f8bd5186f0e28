// Xen's command line for PV and PVH domains, and paths that it cannot take.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/xen.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tools/run/words.h"

namespace ashlar::run {
namespace {

Options Hello() {
  Options options;
  options.backend = "xen";
  options.image = "/out/hello";
  options.hypervisor = "/out/xen";
  options.qemu = "qemu";
  options.machine = "pvh";
  options.memory_bytes = 8 << 20;
  return options;
}

std::string Line(const Options& options, std::uint16_t gdb_port = 0) {
  const auto command = XenCommand(options, gdb_port);
  return command.has_value() ? QuoteForShell(*command) : command.error();
}

TEST(XenCommandTest, BootsXenWithTheImageAsItsInitialDomain) {
  EXPECT_EQ(Line(Hello()),
            "qemu -nodefaults -no-user-config -display none -no-reboot "
            "-machine q35,kernel-irqchip=split -device intel-iommu,intremap=off "
            "-accel tcg -cpu max,-smap -m 56M "
            "-chardev stdio,id=console -serial chardev:console -device "
            "isa-debug-exit,iobase=0xf4,iosize=0x04 -kernel /out/xen "
            "-append 'console=com1 com1=115200,8n1 loglvl=none guest_loglvl=none "
            "dom0_mem=8192K,max:8192K dom0=pvh' -initrd /out/hello");
}

TEST(XenCommandTest, APvDomainNeedsNoIommu) {
  Options options = Hello();
  options.machine = "pv";
  const std::string line = Line(options);
  EXPECT_TRUE(line.contains("-machine q35 -accel")) << line;
  EXPECT_FALSE(line.contains("dom0=pvh")) << line;
}

TEST(XenCommandTest, TheImagesWordsFollowItsPath) {
  Options options = Hello();
  options.cmdline = "log.level=debug -- \"two words\"";
  options.words = {"a,b"};
  EXPECT_TRUE(Line(options).contains("-initrd '/out/hello log.level=debug -- \"two words\" a,,b'"));
  options.words = {"a\"b"};
  EXPECT_TRUE(Line(options).contains("no way to pass a double quote"));
}

TEST(XenCommandTest, WordsForXenComeLast) {
  Options options = Hello();
  options.xen_arguments = {"loglvl=all", "sync_console"};
  EXPECT_TRUE(Line(options, 1234).contains("dom0=pvh loglvl=all sync_console'"));
  EXPECT_TRUE(Line(options, 1234).contains("-S -gdb tcp:127.0.0.1:1234"));
}

TEST(XenCommandTest, ABlankInThePathIsSaid) {
  Options options = Hello();
  options.image = "/my images/hello";
  EXPECT_TRUE(Line(options).contains("has a blank in its path"));
}

}  // namespace
}  // namespace ashlar::run
