// The same three figures for every application, backend and CPU: the image's size, the instructions
// from its entry to main(), and the smallest memory in which it does its work.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "benchmarks/report.h"

namespace benchmarks {

struct CellFiles {
  std::string plugin, qemu_x86_64, qemu_aarch64;  ///< the interpreters of Linux processes
};

/// Boots each image as `bazel run` does, several times; some minutes. `add` gets each row at once.
void MeasureCells(const CellFiles& files, const std::function<void(Row)>& add);

}  // namespace benchmarks
