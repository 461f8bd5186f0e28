// Reading and writing blocks by threads that wait for it.
// SPDX-License-Identifier: Apache-2.0
#include "libs/blockdev/blocking.h"

#include <algorithm>
#include <expected>

#include "libs/base/check.h"
#include "libs/base/units.h"

namespace ashlar::blockdev {

// What one call has in flight; lives on its stack.
struct Blocking::Transfer {
  std::size_t in_flight = 0;
  Result<void> result = {};
};

Blocking::Blocking(BlockDevice& device) : device_(device), queue_(*device.queues().front()) {
  event_loop::Add(*this);
}

Blocking::~Blocking() {
  ASHLAR_CHECK(waiting_ == 0);
  event_loop::Remove(*this);
}

Result<void> Blocking::Read(std::uint64_t first_block, std::span<std::byte> into) {
  return Cut(Operation::kRead, first_block, into);
}

Result<void> Blocking::Write(std::uint64_t first_block, std::span<const std::byte> from) {
  // The device only reads it.
  return Cut(Operation::kWrite, first_block,
             {const_cast<std::byte*>(from.data()), from.size()});  // NOLINT(*-const-cast)
}

Result<void> Blocking::Flush() {
  Transfer transfer;
  Submit(transfer, {.operation = Operation::kFlush});
  return Await(transfer);
}

Result<void> Blocking::Discard(std::uint64_t first_block, std::uint64_t block_count) {
  Transfer transfer;
  if (block_count != 0) {
    Submit(
        transfer,
        {.operation = Operation::kDiscard, .first_block = first_block, .block_count = block_count});
  }
  return Await(transfer);
}

Result<void> Blocking::Cut(Operation operation, std::uint64_t first_block,
                           std::span<std::byte> buffer) {
  const Properties& properties = device_.properties();
  if (!IsAligned(buffer.size(), properties.block_size)) {
    return std::unexpected(Error::kInvalidArgument);
  }
  const std::size_t most = std::size_t{properties.max_blocks} * properties.block_size;
  Transfer transfer;
  while (!buffer.empty() && transfer.result) {
    const std::span<std::byte> part = buffer.first(std::min(buffer.size(), most));
    Submit(transfer, {.operation = operation, .first_block = first_block, .buffer = part});
    first_block += part.size() / properties.block_size;
    buffer = buffer.subspan(part.size());
  }
  return Await(transfer);
}

void Blocking::Submit(Transfer& transfer, Request request) {
  request.cookie = &transfer;
  for (;;) {
    const Result<void> submitted = queue_.Submit(request);
    if (submitted) {
      ++transfer.in_flight;
      return;
    }
    if (submitted.error() != Error::kWouldBlock) {
      transfer.result = submitted;
      return;
    }
    WaitForCompletion();
  }
}

// Also after an error: the buffers are the device's until all of it is done.
Result<void> Blocking::Await(Transfer& transfer) {
  while (transfer.in_flight > 0) {
    WaitForCompletion();
  }
  return transfer.result;
}

void Blocking::WaitForCompletion() {
  queue_.Notify();
  ++waiting_;
  if (!completion_.WaitUntil(queue_.deadline())) {
    Poll();  // the device is late; asking it gives it up
  }
  --waiting_;
}

void Blocking::Completed(void* cookie, Result<void> result) {
  Transfer& transfer = *static_cast<Transfer*>(cookie);
  --transfer.in_flight;
  if (!result && transfer.result) {
    transfer.result = result;
  }
}

bool Blocking::Poll() {
  if (notified_) {
    notified_ = false;
    queue_.DisableNotifications();
  }
  const bool any = queue_.Poll(*this);
  if (any) {
    completion_.WakeAll();
  }
  return any;
}

// Also with nobody waiting: it takes the note that the last completion left, which would keep the
// CPU awake.
bool Blocking::PrepareToWait() {
  notified_ = true;
  return queue_.EnableNotifications();
}

}  // namespace ashlar::blockdev
