// Signals: the types, numbers (Linux's) and functions of <signal.h>. A unikernel has nobody to send it one but
// itself: what raise() and abort() do is real, the rest is there so that programs compile.
// SPDX-License-Identifier: Apache-2.0
#ifndef _SYS_SIGNAL_H
#define _SYS_SIGNAL_H

#include <stdint.h>
#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <sys/cdefs.h>
#include <sys/features.h>
#include <sys/types.h>

#ifndef _SIGSET_T_DECLARED
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT SIGABRT
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPOLL SIGIO
#define SIGPWR 30
#define SIGSYS 31
#define NSIG 32

#define SIGEV_SIGNAL 0
#define SIGEV_NONE 1
#define SIGEV_THREAD 2

#define SA_NOCLDSTOP 0x00000001
#define SA_NOCLDWAIT 0x00000002
#define SA_SIGINFO 0x00000004
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SI_USER 0
#define SI_QUEUE (-1)
#define SI_TIMER (-2)
#define FPE_INTDIV 1
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2

#define MINSIGSTKSZ 2048
#define SIGSTKSZ 8192
#define SS_ONSTACK 1
#define SS_DISABLE 2

#define SIG2STR_MAX 17

typedef void (*_sig_func_ptr)(int);

union sigval {
  int sival_int;
  void* sival_ptr;
};

struct sigevent {
  union sigval sigev_value;
  int sigev_signo;
  int sigev_notify;
  void (*sigev_notify_function)(union sigval);
  pthread_attr_t* sigev_notify_attributes;
};

typedef struct {
  int si_signo;
  int si_errno;
  int si_code;
  pid_t si_pid;
  uid_t si_uid;
  int si_status;
  void* si_addr;
  union sigval si_value;
} siginfo_t;

struct sigaction {
  union {
    _sig_func_ptr __handler;
    void (*__action)(int, siginfo_t*, void*);
  } __function;
  sigset_t sa_mask;
  int sa_flags;
};
#define sa_handler __function.__handler
#define sa_sigaction __function.__action

typedef struct sigaltstack {
  void* ss_sp;
  int ss_flags;
  size_t ss_size;
} stack_t;

#ifdef __cplusplus
extern "C" {
#endif

int sigprocmask(int how, const sigset_t* set, sigset_t* old);
int pthread_sigmask(int how, const sigset_t* set, sigset_t* old);
int pthread_kill(pthread_t thread, int signal);
int kill(pid_t process, int signal);
int killpg(pid_t group, int signal);
int sigaction(int signal, const struct sigaction* __restrict action,
              struct sigaction* __restrict old);
int sigpending(sigset_t* set);
int sigsuspend(const sigset_t* set);
int sigwait(const sigset_t* __restrict set, int* __restrict signal);
int sigwaitinfo(const sigset_t* __restrict set, siginfo_t* __restrict information);
int sigtimedwait(const sigset_t* __restrict set, siginfo_t* __restrict information,
                 const struct timespec* __restrict timeout);
int sigqueue(pid_t process, int signal, const union sigval value);
int sigpause(int signal);
int sigaltstack(const stack_t* __restrict stack, stack_t* __restrict old);
int siginterrupt(int signal, int flag);
int sig2str(int signal, char* text);
int str2sig(const char* __restrict text, int* __restrict signal);

static inline int sigemptyset(sigset_t* set) {
  *set = 0;
  return 0;
}
static inline int sigfillset(sigset_t* set) {
  *set = ~0ul;
  return 0;
}
static inline int sigaddset(sigset_t* set, int signal) {
  *set |= 1ul << signal;
  return 0;
}
static inline int sigdelset(sigset_t* set, int signal) {
  *set &= ~(1ul << signal);
  return 0;
}
static inline int sigismember(const sigset_t* set, int signal) {
  return (*set >> signal & 1) != 0;
}

#ifdef __cplusplus
}
#endif

#ifndef _SIGNAL_H_
#include <signal.h>
#endif

#endif  // _SYS_SIGNAL_H
