// Sockets. Numbers are Linux's, but that SOCK_NONBLOCK and SOCK_CLOEXEC equal O_NONBLOCK and O_CLOEXEC of
// newlib's <fcntl.h>.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifndef _SA_FAMILY_T_DECLARED
typedef __sa_family_t sa_family_t;
#define _SA_FAMILY_T_DECLARED
#endif
#ifndef _SOCKLEN_T_DECLARED
typedef __socklen_t socklen_t;
#define _SOCKLEN_T_DECLARED
#endif

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL AF_UNIX
#define AF_INET 2
#define AF_INET6 10
#define AF_PACKET 17
#define PF_UNSPEC AF_UNSPEC
#define PF_UNIX AF_UNIX
#define PF_LOCAL AF_LOCAL
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
#define PF_PACKET AF_PACKET

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_RDM 4
#define SOCK_SEQPACKET 5
#define SOCK_NONBLOCK 0x4000
#define SOCK_CLOEXEC 0x40000

#define SOL_SOCKET 1
#define SO_DEBUG 1
#define SO_REUSEADDR 2
#define SO_TYPE 3
#define SO_ERROR 4
#define SO_DONTROUTE 5
#define SO_BROADCAST 6
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_KEEPALIVE 9
#define SO_OOBINLINE 10
#define SO_PRIORITY 12
#define SO_LINGER 13
#define SO_REUSEPORT 15
#define SO_RCVLOWAT 18
#define SO_SNDLOWAT 19
#define SO_RCVTIMEO 20
#define SO_SNDTIMEO 21
#define SO_BINDTODEVICE 25
#define SO_ACCEPTCONN 30
#define SO_PROTOCOL 38
#define SO_DOMAIN 39
#define SO_BUSY_POLL 46
#define SO_INCOMING_CPU 49

#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_DONTROUTE 0x4
#define MSG_CTRUNC 0x8
#define MSG_TRUNC 0x20
#define MSG_DONTWAIT 0x40
#define MSG_EOR 0x80
#define MSG_WAITALL 0x100
#define MSG_NOSIGNAL 0x4000
#define MSG_MORE 0x8000
#define MSG_WAITFORONE 0x10000
#define MSG_CMSG_CLOEXEC 0x40000000

#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2

#define SOMAXCONN 4096

#define SCM_RIGHTS 1

struct sockaddr {
  sa_family_t sa_family;
  char sa_data[14];
};

/// Large enough, and aligned, for an address of any family.
struct sockaddr_storage {
  sa_family_t ss_family;
  char __padding[118];
  unsigned long __alignment;
};

struct linger {
  int l_onoff;
  int l_linger;
};

struct ucred {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};

struct msghdr {
  void* msg_name;
  socklen_t msg_namelen;
  struct iovec* msg_iov;
  size_t msg_iovlen;
  void* msg_control;
  size_t msg_controllen;
  int msg_flags;
};

struct mmsghdr {
  struct msghdr msg_hdr;
  unsigned int msg_len;
};

struct cmsghdr {
  size_t cmsg_len;
  int cmsg_level;
  int cmsg_type;
};

#define CMSG_ALIGN(length) (((length) + sizeof(size_t) - 1) & ~(sizeof(size_t) - 1))
#define CMSG_SPACE(length) (CMSG_ALIGN(length) + CMSG_ALIGN(sizeof(struct cmsghdr)))
#define CMSG_LEN(length) (CMSG_ALIGN(sizeof(struct cmsghdr)) + (length))
#define CMSG_DATA(header) ((unsigned char*)((struct cmsghdr*)(header) + 1))
#define CMSG_FIRSTHDR(message)                                \
  ((message)->msg_controllen >= sizeof(struct cmsghdr)        \
       ? (struct cmsghdr*)(message)->msg_control              \
       : (struct cmsghdr*)0)
#define CMSG_NXTHDR(message, header)                                                              \
  ((header)->cmsg_len < sizeof(struct cmsghdr) ||                                                 \
           (size_t)((char*)(message)->msg_control + (message)->msg_controllen - (char*)(header)) < \
               CMSG_ALIGN((header)->cmsg_len) + sizeof(struct cmsghdr)                            \
       ? (struct cmsghdr*)0                                                                       \
       : (struct cmsghdr*)((char*)(header) + CMSG_ALIGN((header)->cmsg_len)))

#ifdef __cplusplus
extern "C" {
#endif

struct timespec;

int socket(int domain, int type, int protocol);
int socketpair(int domain, int type, int protocol, int descriptors[2]);
int bind(int descriptor, const struct sockaddr* address, socklen_t length);
int listen(int descriptor, int backlog);
int accept(int descriptor, struct sockaddr* __restrict address, socklen_t* __restrict length);
int accept4(int descriptor, struct sockaddr* __restrict address, socklen_t* __restrict length,
            int flags);
int connect(int descriptor, const struct sockaddr* address, socklen_t length);
int shutdown(int descriptor, int how);
int getsockname(int descriptor, struct sockaddr* __restrict address, socklen_t* __restrict length);
int getpeername(int descriptor, struct sockaddr* __restrict address, socklen_t* __restrict length);
int getsockopt(int descriptor, int level, int option, void* __restrict value,
               socklen_t* __restrict length);
int setsockopt(int descriptor, int level, int option, const void* value, socklen_t length);
ssize_t send(int descriptor, const void* buffer, size_t length, int flags);
ssize_t sendto(int descriptor, const void* buffer, size_t length, int flags,
               const struct sockaddr* address, socklen_t address_length);
ssize_t sendmsg(int descriptor, const struct msghdr* message, int flags);
int sendmmsg(int descriptor, struct mmsghdr* messages, unsigned int count, int flags);
ssize_t recv(int descriptor, void* buffer, size_t length, int flags);
ssize_t recvfrom(int descriptor, void* __restrict buffer, size_t length, int flags,
                 struct sockaddr* __restrict address, socklen_t* __restrict address_length);
ssize_t recvmsg(int descriptor, struct msghdr* message, int flags);
int recvmmsg(int descriptor, struct mmsghdr* messages, unsigned int count, int flags,
             struct timespec* timeout);
int sockatmark(int descriptor);

#ifdef __cplusplus
}
#endif
