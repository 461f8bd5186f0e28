// Signals, of which a unikernel has only those it sends itself: raise(), kill() of its own number,
// abort().
//
// A handler runs at once, on the stack of whoever raises. A signal without one does what Linux does
// by default: nothing for SIGCHLD, SIGURG, SIGWINCH and SIGCONT, the end of the image with a panic
// that names it for the others. Masks are kept and told but hold nothing back.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <signal.h>
#include <string.h>

#include <array>

#include "libs/libc/abort.h"
#include "libs/libc/report.h"

namespace {

constinit std::array<struct sigaction, NSIG> actions = {};
constinit sigset_t mask = 0;

bool IsSignal(int signal) { return signal > 0 && signal < NSIG; }

int Fail(int error) {
  errno = error;
  return -1;
}

void Deliver(int signal) {
  struct sigaction& action = actions[signal];
  if (action.sa_handler == SIG_IGN) {
    return;
  }
  if (action.sa_handler != SIG_DFL) {
    const struct sigaction now = action;
    if ((now.sa_flags & static_cast<int>(SA_RESETHAND)) != 0) {
      action.sa_handler = SIG_DFL;
    }
    if ((now.sa_flags & SA_SIGINFO) != 0) {
      siginfo_t information = {};
      information.si_signo = signal;
      information.si_code = SI_USER;
      now.sa_sigaction(signal, &information, nullptr);
    } else {
      now.sa_handler(signal);
    }
    return;
  }
  if (signal != SIGCHLD && signal != SIGURG && signal != SIGWINCH && signal != SIGCONT) {
    ashlar::libc::PanicFormat("signal %d (%s)", signal, strsignal(signal));
  }
}

void RunAbortHandler() {
  if (actions[SIGABRT].sa_handler != SIG_DFL) {
    Deliver(SIGABRT);
  }
}

}  // namespace

extern "C" {

int sigaction(int signal, const struct sigaction* action, struct sigaction* old) {
  if (!IsSignal(signal) || signal == SIGKILL || signal == SIGSTOP) {
    return Fail(EINVAL);
  }
  if (old != nullptr) {
    *old = actions[signal];
  }
  if (action != nullptr) {
    actions[signal] = *action;
    if (signal == SIGABRT) {
      ashlar::libc::abort_hook = RunAbortHandler;
    }
  }
  return 0;
}

_sig_func_ptr signal(int signal, _sig_func_ptr handler) {
  struct sigaction action = {};
  struct sigaction old = {};
  action.sa_handler = handler;
  return sigaction(signal, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

int raise(int signal) {
  if (!IsSignal(signal)) {
    return Fail(EINVAL);
  }
  Deliver(signal);
  return 0;
}

int kill(pid_t process, int signal) {
  // Its own number, its group, or everybody: all the same one process.
  if (process != 1 && process != 0 && process != -1) {
    return Fail(ESRCH);
  }
  return signal == 0 ? 0 : raise(signal);
}

int sigprocmask(int how, const sigset_t* set, sigset_t* old) {
  if (old != nullptr) {
    *old = mask;
  }
  if (set != nullptr) {
    switch (how) {
      case SIG_BLOCK:
        mask |= *set;
        break;
      case SIG_UNBLOCK:
        mask &= ~*set;
        break;
      case SIG_SETMASK:
        mask = *set;
        break;
      default:
        return Fail(EINVAL);
    }
  }
  return 0;
}

int pthread_sigmask(int how, const sigset_t* set, sigset_t* old) {
  return sigprocmask(how, set, old) == 0 ? 0 : EINVAL;
}

int sigpending(sigset_t* set) {
  *set = 0;
  return 0;
}

int sigaltstack(const stack_t* stack, stack_t* old) {
  (void)stack;
  if (old != nullptr) {
    *old = {.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
  }
  return 0;
}

int siginterrupt(int signal, int flag) {
  (void)flag;
  return IsSignal(signal) ? 0 : Fail(EINVAL);
}

}  // extern "C"
