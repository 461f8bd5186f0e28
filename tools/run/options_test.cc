// Options as the launcher and people give them, and mistakes in them.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/options.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::run {
namespace {

std::expected<Options, Complaint> Parse(std::vector<std::string> arguments) {
  std::vector<std::string> all = {"--backend=kvm", "--image=hello", "--network=yes"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return ParseOptions(all);
}

std::string ComplaintOf(std::vector<std::string> arguments) {
  const auto options = Parse(std::move(arguments));
  return options.has_value() ? "none" : options.error();
}

TEST(OptionsTest, TakesWhatTheLauncherPasses) {
  const auto options = Parse({"--label=//apps/hello:kvm_image", "--symbols=hello.elf",
                              "--memory-mib=8", "--qemu=q/qemu", "--test=yes", "--cmdline=a b"});
  ASSERT_TRUE(options.has_value()) << options.error();
  EXPECT_EQ(options->label, "//apps/hello:kvm_image");
  EXPECT_EQ(options->symbols, "hello.elf");
  EXPECT_EQ(options->memory_bytes, std::uint64_t{8} << 20);
  EXPECT_EQ(options->qemu, "q/qemu");
  EXPECT_TRUE(options->test);
  EXPECT_EQ(options->cmdline, "a b");
  EXPECT_EQ(options->machine, "");  // The image's CPU decides.
  EXPECT_EQ(options->accelerator, Accelerator::kMeasure);
}

TEST(OptionsTest, TakesWhatPeopleAskFor) {
  const auto options = Parse({"--port", "8080:8000", "--memory=1536K", "--machine=microvm,acpi=off",
                              "--accel=tcg", "--disk=a", "--disk=b", "--gdb", "--print",
                              "--qemu-arg=-d", "--qemu-arg=int", "--", "--word", "more"});
  ASSERT_TRUE(options.has_value()) << options.error();
  EXPECT_EQ(options->port, 8080);
  EXPECT_EQ(options->guest_port, 8000);
  EXPECT_EQ(options->memory_bytes, std::uint64_t{1536} << 10);
  EXPECT_EQ(options->machine, "microvm,acpi=off");
  EXPECT_EQ(options->accelerator, Accelerator::kTcg);
  EXPECT_EQ(options->disks, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(options->gdb);
  EXPECT_TRUE(options->print);
  EXPECT_EQ(options->qemu_arguments, (std::vector<std::string>{"-d", "int"}));
  EXPECT_EQ(options->words, (std::vector<std::string>{"--word", "more"}));
}

TEST(OptionsTest, TheLastOfAnOptionCounts) {
  EXPECT_EQ(Parse({"--memory-mib=8", "--memory=2G"})->memory_bytes, std::uint64_t{2} << 30);
}

TEST(OptionsTest, MistakesAreOneSentence) {
  EXPECT_EQ(ComplaintOf({"--prot=1"}), "--prot=1: no such option; --help lists them");
  EXPECT_EQ(ComplaintOf({"-help"}), "-help: no such option; --help lists them");
  EXPECT_EQ(ComplaintOf({"--gdb", "-x"}), "-x: no such option; --help lists them");
  EXPECT_EQ(ComplaintOf({"--gdb=yes"}), "--gdb takes no value");
  EXPECT_EQ(ComplaintOf({"--mem=8"}), "--mem may mean --memory-mib or --memory: write it out");
  EXPECT_EQ(ComplaintOf({"--port"}), "--port wants a value; --help says which");
  EXPECT_TRUE(ComplaintOf({"--port=0"}).starts_with("--port=0: give a port of this machine"));
  EXPECT_TRUE(ComplaintOf({"--port=65536"}).starts_with("--port=65536: give"));
  EXPECT_TRUE(ComplaintOf({"--port=80:x"}).starts_with("--port=80:x: give"));
  for (const char* memory : {"", "0", "-1", "M", "8X", "99999999999999999999", "99999999999G"}) {
    EXPECT_TRUE(ComplaintOf({std::string("--memory=") + memory}).contains("give MiB")) << memory;
  }
  EXPECT_TRUE(ComplaintOf({"--machine=toaster"}).contains("pc, q35 or microvm"));
  EXPECT_TRUE(ComplaintOf({"--backend=bare_metal", "--machine=virt"}).contains("only kvm images"));
  EXPECT_TRUE(ComplaintOf({"--backend=bare_metal", "--machine=raspi3b"})
                  .contains("only bare_metal images"));
  EXPECT_TRUE(ComplaintOf({"--backend=bare_metal", "--device-tree=x", "--machine=pc"})
                  .contains("the one board"));
  EXPECT_TRUE(ComplaintOf({"--backend=bare_metal", "--device-tree=x", "--boot=uefi"})
                  .contains("for PCs boot by firmware"));
  EXPECT_TRUE(ComplaintOf({"--backend=bare_metal", "--device-tree=x", "--disk=y"})
                  .contains("boards and xen"));
  EXPECT_TRUE(ComplaintOf({"--backend=bare_metal", "--device-tree=x", "--memory=8"})
                  .contains("has the memory it has"));
  EXPECT_TRUE(ComplaintOf({"--accel=hvf"}).contains("kvm, tcg"));
  EXPECT_TRUE(ComplaintOf({"--tap=t", "--port=1"}).contains("not both"));
  EXPECT_TRUE(ComplaintOf({"--tap=a-name-of-sixteen"}).contains("15 characters"));
  EXPECT_TRUE(ComplaintOf({"--network=no", "--port=80"}).contains("network = True"));
  EXPECT_TRUE(ComplaintOf({"--network=maybe"}).contains("yes or no"));
  EXPECT_TRUE(ComplaintOf({"--boot=uefi", "--memory=8"}).contains("only bare_metal images"));
  EXPECT_TRUE(ComplaintOf({"--backend=xen"}).contains("give --hypervisor"));
  EXPECT_TRUE(ComplaintOf({"--backend=xen", "--machine=q35"}).contains("give pv or pvh"));
  EXPECT_TRUE(ComplaintOf({"--backend=xen", "--hypervisor=xen"}).contains("xl create"));
  EXPECT_TRUE(ComplaintOf({"--xen-arg=loglvl=all"}).contains("only xen images"));
  EXPECT_TRUE(ComplaintOf({"--disk="}).contains("give a file"));
  EXPECT_TRUE(ComplaintOf({"--backend=linuxu", "--disk=a", "--disk=b"}).contains("has one disk"));
  EXPECT_TRUE(ComplaintOf({"--backend=linuxu", "--qemu-arg=-s"}).contains("without QEMU"));
  EXPECT_TRUE(ComplaintOf({"--backend=linuxu", "--machine=pc"}).contains("on no machine"));
  EXPECT_TRUE(ComplaintOf({"--backend=linuxu", "--accel=kvm"}).contains("without KVM"));
  EXPECT_FALSE(ParseOptions({}).has_value());
}

TEST(OptionsTest, AXenImageIsAPvhDomainUnlessAskedOtherwise) {
  const std::vector<std::string> words = {"--backend=xen", "--image=hello", "--hypervisor=xen"};
  EXPECT_EQ(ParseOptions(words)->machine, "pvh");
  std::vector<std::string> more = words;
  more.insert(more.end(), {"--machine=pv", "--xen-arg=loglvl=all"});
  EXPECT_EQ(ParseOptions(more)->machine, "pv");
  EXPECT_EQ(ParseOptions(more)->xen_arguments, std::vector<std::string>{"loglvl=all"});
  more.push_back("--accel=kvm");
  EXPECT_TRUE(ParseOptions(more).error().contains("interpreter"));
}

TEST(OptionsTest, HelpNeedsNoImage) {
  const auto options = ParseOptions(std::vector<std::string>{"--help"});
  ASSERT_TRUE(options.has_value());
  EXPECT_TRUE(options->help);
  EXPECT_TRUE(HelpText().contains("--port"));
}

}  // namespace
}  // namespace ashlar::run
