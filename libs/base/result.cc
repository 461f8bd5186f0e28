// The errors' names in words.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/result.h"

namespace ashlar {

std::string_view Describe(Error error) {
  switch (error) {
    case Error::kInvalidArgument:
      return "invalid argument";
    case Error::kNotFound:
      return "not found";
    case Error::kExists:
      return "exists already";
    case Error::kUnsupported:
      return "not supported here";
    case Error::kOutOfMemory:
      return "out of memory";
    case Error::kNoSpace:
      return "no space left";
    case Error::kWouldBlock:
      return "would block";
    case Error::kTimedOut:
      return "timed out";
    case Error::kInterrupted:
      return "interrupted";
    case Error::kBroken:
      return "breaks its specification";
    case Error::kInputOutput:
      return "input/output error";
    case Error::kPermission:
      return "not permitted";
    case Error::kAddressInUse:
      return "address in use";
    case Error::kAddressUnavailable:
      return "address not available";
    case Error::kNotConnected:
      return "not connected";
    case Error::kConnectionRefused:
      return "connection refused";
    case Error::kConnectionReset:
      return "connection reset";
    case Error::kUnreachable:
      return "unreachable";
    case Error::kMessageTooLong:
      return "message too long";
  }
  return "unknown error";
}

}  // namespace ashlar
