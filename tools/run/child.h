// The child process: the VMM, or the image itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "tools/run/forwarder.h"
#include "tools/run/host_network.h"
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
    std::optional<int> inherited_fd =
        std::nullopt;            ///< a descriptor the program gets under the same number
    bool stop_at_entry = false;  ///< leave it stopped (SIGSTOP) before its first instruction
    bool watch_parent = true;    ///< end it when our own parent dies
  };

  /// Starts `command` with this process's standard streams, in its process group. It is killed when
  /// this process dies, in whatever way. From here on the signals that Wait() handles are held back
  /// in this process.
  static std::expected<Child, Complaint> Start(std::span<const std::string> command,
                                               const StartOptions& options);

  pid_t pid() const { return pid_; }

  /// Waits for its end, and runs `forwarder` meanwhile, if there is one. SIGINT, SIGTERM, SIGHUP
  /// and the death of our parent (if it is watched) end it early; interrupted_by() then says so.
  Ending Wait(Forwarder* forwarder);

  /// The signal that ended the wait early, or zero.
  int interrupted_by() const { return interrupted_by_; }

 private:
  Child(pid_t pid, File parent) : pid_(pid), parent_(std::move(parent)) {}

  pid_t pid_;
  File parent_;  // readable once our parent has died
  int interrupted_by_ = 0;
};

}  // namespace ashlar::run
