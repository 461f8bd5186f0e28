// The child process: the VMM, or the image itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <expected>
#include <optional>
#include <span>
#include <string>

#include "tools/run/forwarder.h"
#include "tools/run/options.h"

namespace ashlar::run {

/// How the child ended, as waitpid says it.
struct Ending {
  bool by_signal;
  int number;  ///< the exit code, or the signal
};

class Child {
 public:
  struct StartOptions {
    std::optional<int> inherited_fd = std::nullopt;  ///< a descriptor the program gets under the same number
    bool stop_at_entry = false;       ///< leave it stopped (SIGSTOP) before its first instruction
  };

  /// Starts `command` with this process's standard streams, in its process group. It is killed when this process dies, in
  /// whatever way.
  static std::expected<Child, Complaint> Start(std::span<const std::string> command, const StartOptions& options);

  pid_t pid() const { return pid_; }

  /// Waits for its end, and runs `forwarder` meanwhile, if there is one. SIGINT, SIGTERM, SIGHUP and the death of our
  /// parent end it early; Ended() then says so.
  Ending Wait(Forwarder* forwarder);

  /// The signal that ended the wait early, or zero.
  int interrupted_by() const { return interrupted_by_; }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  pid_t pid_;
  int interrupted_by_ = 0;
};

/// Has the signals that Wait() handles held back from now on. Before Start().
void HoldSignals();

}  // namespace ashlar::run
