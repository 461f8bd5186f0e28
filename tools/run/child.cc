// Forks, executes, and waits by a signal descriptor and a pidfd.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <expected>
#include <format>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::run {
namespace {

constexpr std::chrono::milliseconds kPatience(2000);

sigset_t HeldSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
    sigaddset(&set, signal);
  }
  return set;
}

[[noreturn]] void Execute(std::span<const std::string> command, const Child::StartOptions& options,
                          pid_t parent, int report) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(127);  // It died before the line above.
  }
  const sigset_t held = HeldSignals();
  sigprocmask(SIG_UNBLOCK, &held, nullptr);
  if (options.inherited_fd.has_value()) {
    fcntl(*options.inherited_fd, F_SETFD, 0);
  }
  if (options.stop_at_entry) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  }
  std::vector<char*> argv;
  for (const std::string& word : command) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  const int error = errno;
  (void)!write(report, &error, sizeof(error));
  _exit(127);
}

}  // namespace

std::expected<Child, Complaint> Child::Start(std::span<const std::string> command,
                                             const StartOptions& options) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    return std::unexpected(std::format("no pipe ({})", strerror(errno)));
  }
  const File report_end(report[0]);
  // Before the child is there, or its end could be missed.
  const sigset_t held = HeldSignals();
  sigprocmask(SIG_BLOCK, &held, nullptr);
  // Where the kernel is too old for it, -1, which poll ignores.
  File our_parent(options.watch_parent ? static_cast<int>(syscall(SYS_pidfd_open, getppid(), 0))
                                       : -1);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    Execute(command, options, parent, report[1]);
  }
  close(report[1]);
  if (pid < 0) {
    return std::unexpected(std::format("no new process ({})", strerror(errno)));
  }
  int error = 0;
  if (read(report[0], &error, sizeof(error)) == sizeof(error)) {
    waitpid(pid, nullptr, 0);
    return std::unexpected(std::format("{} can't be started: {}", command[0], strerror(error)));
  }
  if (options.stop_at_entry) {
    // It stops on its own at execve; left so, for a debugger instead of us.
    waitpid(pid, nullptr, 0);
    ptrace(PTRACE_DETACH, pid, nullptr, reinterpret_cast<void*>(SIGSTOP));
  }
  return Child(pid, std::move(our_parent));
}

Ending Child::Wait(Forwarder* forwarder) {
  const sigset_t held = HeldSignals();
  const File signals(signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK));
  auto deadline = std::chrono::steady_clock::time_point::max();
  for (;;) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      if (WIFSIGNALED(status)) {
        return {.by_signal = true, .number = WTERMSIG(status)};
      }
      return {.by_signal = false, .number = WEXITSTATUS(status)};
    }
    int timeout = -1;
    if (interrupted_by_ != 0) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) {
        kill(pid_, SIGKILL);
        deadline = std::chrono::steady_clock::now() + kPatience;
        continue;
      }
      timeout = static_cast<int>(left.count());
    }
    std::vector<pollfd> fds = {
        {.fd = signals.get(), .events = POLLIN, .revents = 0},
        {.fd = interrupted_by_ == 0 ? parent_.get() : -1, .events = POLLIN, .revents = 0},
    };
    if (forwarder != nullptr) {
      forwarder->AddTo(fds);
    }
    poll(fds.data(), fds.size(), timeout);
    int wanted = fds[1].revents != 0 ? SIGHUP : 0;
    signalfd_siginfo information;
    while (read(signals.get(), &information, sizeof(information)) == sizeof(information)) {
      if (information.ssi_signo != SIGCHLD) {
        wanted = static_cast<int>(information.ssi_signo);
      }
    }
    if (wanted != 0 && interrupted_by_ == 0) {
      interrupted_by_ = wanted;
      deadline = std::chrono::steady_clock::now() + kPatience;
      kill(pid_, SIGTERM);
      kill(pid_, SIGCONT);  // It may wait for a debugger.
    }
    if (forwarder != nullptr) {
      forwarder->Run();
    }
  }
}

}  // namespace ashlar::run
