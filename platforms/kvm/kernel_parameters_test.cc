// What hypervisors write of virtio-mmio devices, and everything else.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/kernel_parameters.h"

#include <string_view>

#include "gtest/gtest.h"

namespace ashlar::kvm {
namespace {

TEST(ParseVirtioMmioDeviceTest, ReadsWhatHypervisorsWrite) {
  const auto qemu = ParseVirtioMmioDevice("virtio_mmio.device=512@0xfeb00e00:12");
  ASSERT_TRUE(qemu);
  EXPECT_EQ(qemu->address, 0xfeb00e00U);
  EXPECT_EQ(qemu->size, 512U);
  EXPECT_EQ(qemu->interrupt, 12U);
  const auto firecracker = ParseVirtioMmioDevice("virtio_mmio.device=4K@0xd0000000:5");
  ASSERT_TRUE(firecracker);
  EXPECT_EQ(firecracker->size, 4096U);
  EXPECT_TRUE(ParseVirtioMmioDevice("virtio_mmio.device=0x200@3489660928:5:1"));
}

TEST(ParseVirtioMmioDeviceTest, RefusesEverythingElse) {
  for (const std::string_view word :
       {"", "virtio_mmio.device=", "virtio_mmio.device=512", "virtio_mmio.device=512@",
        "virtio_mmio.device=512@0x", "virtio_mmio.device=512@0xfeb00e00",
        "virtio_mmio.device=512@0xfeb00e00:", "virtio_mmio.device=0@0x1000:1",
        "virtio_mmio.device=512@0x100000000:1", "virtio_mmio.device=4097M@0x1000:1",
        "virtio_mmio.device=1@2:3x", "other.device=512@0xfeb00e00:12"}) {
    EXPECT_FALSE(ParseVirtioMmioDevice(word)) << word;
  }
}

}  // namespace
}  // namespace ashlar::kvm
