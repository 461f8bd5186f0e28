// Starting a child with a pipe on its output, and waiting for words in it.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace benchmarks {

using Clock = std::chrono::steady_clock;

Process::Process(const std::vector<std::string>& words) {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return;
  }
  std::vector<char*> arguments;
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  started_ = Clock::now();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  pipe_ = ends[0];
}

Process::~Process() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (pipe_ >= 0) {
    close(pipe_);
  }
}

bool Process::ReadSome(std::chrono::milliseconds limit) {
  pollfd wait{.fd = pipe_, .events = POLLIN, .revents = 0};
  if (poll(&wait, 1, static_cast<int>(limit.count())) <= 0) {
    return false;
  }
  std::array<char, 4096> buffer;
  const ssize_t size = read(pipe_, buffer.data(), buffer.size());
  if (size <= 0) {
    return false;
  }
  output_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

bool Process::WaitForText(std::string_view text, std::chrono::milliseconds limit) {
  const Clock::time_point deadline = Clock::now() + limit;
  while (output_.find(text) == output_.npos) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0 || !ReadSome(left)) {
      return false;
    }
  }
  time_to_text_ = Clock::now() - started_;
  return true;
}

int Process::WaitForExit(std::chrono::milliseconds limit) {
  const Clock::time_point deadline = Clock::now() + limit;
  while (pid_ > 0 && Clock::now() < deadline) {
    ReadSome(std::chrono::milliseconds(5));
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      while (ReadSome(std::chrono::milliseconds(0))) {
      }
      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return -1;
}

}  // namespace benchmarks
