// Any bytes as a domain's start information: it is refused, or what it says lies within the
// domain's memory.
//
// Input: the domain's memory from kBase on; a StartInfo or a HvmStartInfo comes first.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "platforms/xen/start_information.h"

namespace {

using namespace ashlar;

constexpr std::uint64_t kBase = 0x1000;

std::span<const std::byte> input;

// Exactly the bytes asked for, so that a sanitizer sees one more.
std::unique_ptr<std::byte[]> piece;

std::span<const std::byte> Map(std::uint64_t address, std::size_t size) {
  if (address < kBase || address - kBase > input.size() ||
      size > input.size() - (address - kBase)) {
    return {};
  }
  piece = std::make_unique<std::byte[]>(size);
  std::memcpy(piece.get(), input.data() + (address - kBase), size);
  return {piece.get(), size};
}

void Require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input = std::as_bytes(std::span(data, size));
  if (const Result<xen::PvhStartInformation> pvh = xen::PvhStartInformation::At(kBase, Map)) {
    Require(pvh->command_line().size() <= 4096);
    (void)pvh->occupied();
  }
  if (size >= sizeof(xen::StartInfo)) {
    const auto info = std::make_unique<xen::StartInfo>();
    std::memcpy(info.get(), data, sizeof *info);
    if (const Result<xen::PvStartInformation> pv = xen::PvStartInformation::From(*info)) {
      const std::uint64_t memory = pv->page_count() * kPageSize;
      Require(pv->command_line().size() <= sizeof info->command_line);
      Require(pv->end_of_bootstrap() <= memory);
      const auto frames = reinterpret_cast<std::uintptr_t>(pv->frames().data());
      Require(frames <= memory && pv->frames().size_bytes() <= memory - frames);
    }
  }
  return 0;
}
