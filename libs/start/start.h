// The start: what lies between the machine's entry and main(), called by the start-up file of each
// image.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::start {

using Main = int(int argc, char** argv, char** environment);

/// Runs the application's global constructors, main() with the command line's arguments, and exit()
/// with its result.
[[noreturn]] void RunMain(Main* application_main);

}  // namespace ashlar::start
