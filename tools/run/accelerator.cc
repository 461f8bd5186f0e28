// Measures KVM with the smallest guest there is: a counting loop in real mode.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/accelerator.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <string>
#include <utility>

namespace ashlar::run {
namespace {

// mov ecx, count; loop: dec ecx; jnz loop; hlt
constexpr std::uint32_t kIterations = 2000;
constexpr std::uint8_t kGuest[] = {
    0x66, 0xb9, kIterations & 0xff, kIterations >> 8, 0, 0, 0x66, 0x49, 0x75, 0xfc, 0xf4};
constexpr double kInstructions = 2.0 * kIterations + 2;

constexpr std::size_t kPage = 4096;

// TCG does hundreds of millions, real KVM thousands; entering the guest counts here as well, so the
// bar is low.
constexpr double kWorthIt = 10e6;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

class Mapping {
 public:
  Mapping(int fd, std::size_t size, int flags)
      : size_(size), address_(mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, 0)) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (valid()) {
      munmap(address_, size_);
    }
  }
  void* get() const { return address_; }
  bool valid() const { return address_ != MAP_FAILED; }

 private:
  std::size_t size_;
  void* address_;
};

// The registers a real-mode guest starts with: everything flat at `base`.
bool EnterRealMode(int vcpu) {
  kvm_sregs special;
  if (ioctl(vcpu, KVM_GET_SREGS, &special) != 0) {
    return false;
  }
  special.cs.base = 0;
  special.cs.selector = 0;
  return ioctl(vcpu, KVM_SET_SREGS, &special) == 0;
}

std::expected<double, Complaint> RunOnce(int vcpu, const kvm_run& run) {
  kvm_regs registers = {};
  registers.rflags = 2;
  registers.rip = kPage;
  if (ioctl(vcpu, KVM_SET_REGS, &registers) != 0) {
    return std::unexpected("KVM refuses a guest's registers");
  }
  const auto start = std::chrono::steady_clock::now();
  int result = 0;
  do {
    result = ioctl(vcpu, KVM_RUN, nullptr);
  } while (result != 0 && errno == EINTR);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  if (result != 0 || run.exit_reason != KVM_EXIT_HLT) {
    return std::unexpected("KVM can't run a small guest");
  }
  return kInstructions / std::max(time.count(), 1e-9);
}

}  // namespace

std::expected<double, Complaint> MeasureKvm() {
  const Descriptor kvm(open("/dev/kvm", O_RDWR | O_CLOEXEC));
  if (!kvm.valid()) {
    return std::unexpected(
        errno == ENOENT
            ? std::string("this machine has no /dev/kvm")
            : std::format("/dev/kvm can't be opened ({}): join the group kvm", strerror(errno)));
  }
  const Descriptor vm(ioctl(kvm.get(), KVM_CREATE_VM, 0));
  const Descriptor vcpu(vm.valid() ? ioctl(vm.get(), KVM_CREATE_VCPU, 0) : -1);
  const int run_size = ioctl(kvm.get(), KVM_GET_VCPU_MMAP_SIZE, 0);
  if (!vcpu.valid() || run_size < static_cast<int>(sizeof(kvm_run))) {
    return std::unexpected(std::format("KVM makes no machine ({})", strerror(errno)));
  }
  const Mapping run(vcpu.get(), static_cast<std::size_t>(run_size), MAP_SHARED);
  const Mapping memory(-1, kPage, MAP_PRIVATE | MAP_ANONYMOUS);
  if (!run.valid() || !memory.valid()) {
    return std::unexpected("no memory for a small guest");
  }
  std::memcpy(memory.get(), kGuest, sizeof(kGuest));
  kvm_userspace_memory_region region = {};
  region.guest_phys_addr = kPage;
  region.memory_size = kPage;
  region.userspace_addr = reinterpret_cast<std::uintptr_t>(memory.get());
  if (ioctl(vm.get(), KVM_SET_USER_MEMORY_REGION, &region) != 0 || !EnterRealMode(vcpu.get())) {
    return std::unexpected(std::format("KVM refuses a small guest ({})", strerror(errno)));
  }
  // The first run also faults the memory in.
  auto best = RunOnce(vcpu.get(), *static_cast<const kvm_run*>(run.get()));
  if (best.has_value() && *best < kWorthIt) {
    const auto again = RunOnce(vcpu.get(), *static_cast<const kvm_run*>(run.get()));
    if (again.has_value()) {
      best = std::max(*best, *again);
    }
  }
  return best;
}

std::expected<AcceleratorChoice, Complaint> ChooseAccelerator(
    Accelerator asked, const std::expected<double, Complaint>& measured) {
  if (asked == Accelerator::kTcg) {
    return AcceleratorChoice{.kvm = false, .reason = "as asked"};
  }
  if (asked == Accelerator::kKvm) {
    if (!measured.has_value()) {
      return std::unexpected(
          std::format("--accel=kvm: {}; or leave the choice to --accel=auto", measured.error()));
    }
    return AcceleratorChoice{.kvm = true, .reason = "as asked"};
  }
  if (!measured.has_value()) {
    return AcceleratorChoice{.kvm = false, .reason = measured.error()};
  }
  const std::string speed =
      std::format("a KVM guest runs {:.1f} million instructions a second here", *measured / 1e6);
  if (*measured < kWorthIt) {
    return AcceleratorChoice{.kvm = false, .reason = speed + ": TCG is faster"};
  }
  return AcceleratorChoice{.kvm = true, .reason = "measured"};
}

}  // namespace ashlar::run
