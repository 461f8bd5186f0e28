// A block device without hardware.
// SPDX-License-Identifier: Apache-2.0
#include "libs/blockdev/synchronous_disk.h"

#include <cstddef>
#include <expected>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/blockdev/validate.h"

namespace ashlar::blockdev {

SynchronousDisk::SynchronousDisk(const Properties& properties) : properties_(properties) {
  ASHLAR_CHECK(Sane(properties) && properties.max_requests <= kMaxRequests);
}

Result<void> SynchronousDisk::Submit(const Request& request) {
  ASHLAR_TRY(Validate(properties_, request));
  if (waiting_ == properties_.max_requests) {
    return std::unexpected(Error::kWouldBlock);
  }
  requests_[(head_ + waiting_) % kMaxRequests] = request;
  ++waiting_;
  return {};
}

bool SynchronousDisk::Poll(Client& client) {
  bool any = false;
  // Only those that are there now: a client may submit as fast as they are done.
  for (std::size_t left = submitted_; left > 0; --left) {
    const Request request = requests_[head_];
    head_ = (head_ + 1) % kMaxRequests;
    --waiting_;
    --submitted_;
    any = true;
    client.Completed(request.cookie, Do(request));
  }
  return any;
}

}  // namespace ashlar::blockdev
