// Names of hosts: lwIP's resolver, and a thread that sleeps until it calls back.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/sockets/resolve.h"

#include <errno.h>

#include "libs/scheduler/scheduler.h"
#include "lwip/dns.h"

namespace ashlar::posix {
namespace {

struct Question {
  scheduler::Thread& thread;
  bool answered = false;
  bool found = false;
  ip_addr_t address = {};
};

void OnAnswer(const char*, const ip_addr_t* address, void* argument) {
  auto& question = *static_cast<Question*>(argument);
  question.answered = true;
  if (address != nullptr) {
    question.found = true;
    question.address = *address;
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
      return question.found ? Outcome<ip_addr_t>(question.address) : Failure(ENOENT);
    case ERR_MEM:
      return Failure(ENOMEM);
    case ERR_VAL:
      return Failure(ENOENT);  // no name server is known
    default:
      return Failure(EINVAL);
  }
}

}  // namespace ashlar::posix
