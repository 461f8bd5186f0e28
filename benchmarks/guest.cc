// QEMU's words for the machines that are measured, and reading its counter plugin's output.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/guest.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <format>
#include <span>
#include <string>
#include <string_view>

namespace benchmarks {

Words Machine(const std::string& qemu, std::string_view machine, std::string_view memory,
              const std::string& image) {
  return {qemu,
          "-accel",
          "tcg",
          "-M",
          std::string(machine),
          "-cpu",
          "max",
          "-m",
          std::string(memory),
          "-display",
          "none",
          "-nodefaults",
          "-no-reboot",
          "-serial",
          "stdio",
          "-monitor",
          "none",
          "-device",
          "isa-debug-exit,iobase=0xf4,iosize=1",
          "-kernel",
          image};
}

Counters::Counters() : path_(std::format("/tmp/ashlar-counters-{}", getpid())) {
  std::filesystem::remove(path_);
  const int file = open(path_.c_str(), O_RDWR | O_CREAT, 0600);
  if (file >= 0 && ftruncate(file, 4096) == 0) {
    map_ =
        static_cast<volatile std::uint64_t*>(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0));
  }
  close(file);
}

Counters::~Counters() { std::filesystem::remove(path_); }

Words Counters::Arguments(const std::string& plugin, std::span<const std::uint64_t> marks) const {
  std::string words = plugin + ",out=" + path_;
  for (const std::uint64_t mark : marks) {
    words += std::format(",mark={:#x}", mark);
  }
  return {"-plugin", words};
}

}  // namespace benchmarks
