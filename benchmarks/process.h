// A child process whose output is read: a VMM, or an image that is a Linux process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace benchmarks {

/// Owns one child; its destructor kills and reaps it. The child dies with this process, too.
class Process {
 public:
  /// Starts `words` with standard output and error into a pipe. Fails later, by an exit status of
  /// 127, if it can't.
  explicit Process(const std::vector<std::string>& words);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Reads until the output so far contains `text`. False if it ended, or `limit` passed, without.
  bool WaitForText(std::string_view text, std::chrono::milliseconds limit);
  /// The exit status, or -1 if it was killed by a signal or still ran after `limit`.
  int WaitForExit(std::chrono::milliseconds limit);

  const std::string& output() const { return output_; }
  /// How long it took from just before the start to the text of the last WaitForText that returned
  /// true.
  std::chrono::nanoseconds time_to_text() const { return time_to_text_; }

 private:
  bool ReadSome(std::chrono::milliseconds limit);

  pid_t pid_ = -1;
  int pipe_ = -1;
  std::chrono::steady_clock::time_point started_;
  std::chrono::nanoseconds time_to_text_{};
  std::string output_;
};

}  // namespace benchmarks
