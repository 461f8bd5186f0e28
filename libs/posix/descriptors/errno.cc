// ashlar::Error as errno.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

int ToErrno(Error error) {
  switch (error) {
    case Error::kInvalidArgument:
      return EINVAL;
    case Error::kNotFound:
      return ENOENT;
    case Error::kExists:
      return EEXIST;
    case Error::kUnsupported:
      return EOPNOTSUPP;
    case Error::kOutOfMemory:
      return ENOMEM;
    case Error::kNoSpace:
      return ENOSPC;
    case Error::kWouldBlock:
      return EAGAIN;
    case Error::kTimedOut:
      return ETIMEDOUT;
    case Error::kInterrupted:
      return EINTR;
    case Error::kBroken:
    case Error::kInputOutput:
      return EIO;
    case Error::kPermission:
      return EACCES;
    case Error::kAddressInUse:
      return EADDRINUSE;
    case Error::kAddressUnavailable:
      return EADDRNOTAVAIL;
    case Error::kNotConnected:
      return ENOTCONN;
    case Error::kConnectionRefused:
      return ECONNREFUSED;
    case Error::kConnectionReset:
      return ECONNRESET;
    case Error::kUnreachable:
      return EHOSTUNREACH;
    case Error::kMessageTooLong:
      return EMSGSIZE;
  }
  return EIO;
}

}  // namespace ashlar::posix
