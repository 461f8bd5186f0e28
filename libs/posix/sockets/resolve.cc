// Names of hosts: lwIP's resolver, and a thread that sleeps until it calls back.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/sockets/resolve.h"

#include <errno.h>

#include "libs/scheduler/scheduler.h"
#include "lwip/dns.h"
#include "lwip/ip.h"

namespace ashlar::posix {
namespace {

struct Question {
  scheduler::Thread& thread;
  bool answered = false;
  int error = 0;
  ip_addr_t address = {};
};

void OnAnswer(const char*, const ip_addr_t* address, void* argument) {
  auto& question = *static_cast<Question*>(argument);
  question.answered = true;
  if (address != nullptr) {
    question.address = *address;
  } else {
    // lwIP does not say why. It calls from within the server's packet, or, if none came that is an
    // answer, from a timer.
    question.error = ip_current_netif() != nullptr ? ENOENT : EAGAIN;
  }
  scheduler::Wake(question.thread);
}

}  // namespace

Outcome<ip_addr_t> Resolve(const char* name, Family family) {
  // lwIP always calls back in the end: the question may lie on the stack.
  Question question = {.thread = scheduler::Current()};
  const u8_t type = family == Family::kIpv4 ? LWIP_DNS_ADDRTYPE_IPV4 : LWIP_DNS_ADDRTYPE_IPV6;
  const err_t error =
      dns_gethostbyname_addrtype(name, &question.address, &OnAnswer, &question, type);
  switch (error) {
    case ERR_OK:
      return question.address;
    case ERR_INPROGRESS:
      while (!question.answered) {
        scheduler::Block();
      }
      if (question.error != 0) {
        return Failure(question.error);
      }
      return question.address;
    case ERR_MEM:
      return Failure(EAGAIN);  // as many names are asked for as lwIP has room for
    case ERR_VAL:
      return Failure(EAGAIN);  // no name server is known: DHCP may bring one
    default:
      return Failure(EINVAL);
  }
}

}  // namespace ashlar::posix
