// Whether an exception is still worth a report.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::aarch64 {

/// Set by the first report, and by whoever leaves the machine in a way that may fault: an exception
/// then calls halt::Exit() at once.
inline constinit bool reports_are_over = false;

}  // namespace ashlar::aarch64
