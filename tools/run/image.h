// What an image's ELF says about itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "tools/run/options.h"

namespace ashlar::run {

struct ImageFacts {
  bool aarch64 = false;          ///< for that CPU; else for x86-64
  bool pvh = false;              ///< has the PVH entry note: a VMM can load it
  std::uint64_t memory_end = 0;  ///< the first address behind it, physical
};

/// Reads the ELF and program headers in `bytes`, the whole file. `name` is for the complaint.
std::expected<ImageFacts, Complaint> ReadImage(std::span<const std::byte> bytes,
                                               const std::string& name);

/// The machine that the image runs on if nobody chose one.
std::string ChooseMachine(const ImageFacts& facts);

/// Whether the image fits the options: the backend it was built for, the machine, and the memory.
std::expected<void, Complaint> CheckImage(const ImageFacts& facts, const Options& options);

}  // namespace ashlar::run
