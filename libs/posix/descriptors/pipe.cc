// Pipes: a ring of bytes with a file at each end.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/pipe.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "libs/posix/descriptors/allocation.h"
#include "libs/posix/descriptors/waiting_file.h"

namespace ashlar::posix {
namespace {

struct Pipe;

class Reader final : public WaitingFile {
 public:
  Reader(Pipe& pipe, int flags) : WaitingFile(FileKind::kPipe, O_RDONLY | flags, 0), pipe_(pipe) {}
  Outcome<std::size_t> Read(std::span<const iovec> into) override;
  Outcome<FileStatus> Status() override {
    return FileStatus{.kind = FileKind::kPipe, .permissions = 0600};
  }
  void Close() override;

 private:
  friend class Writer;
  Pipe& pipe_;
};

class Writer final : public WaitingFile {
 public:
  Writer(Pipe& pipe, int flags)
      : WaitingFile(FileKind::kPipe, O_WRONLY | flags, kWritable), pipe_(pipe) {}
  Outcome<std::size_t> Write(std::span<const iovec> from, Lifetime lifetime) override;
  Outcome<FileStatus> Status() override {
    return FileStatus{.kind = FileKind::kPipe, .permissions = 0600};
  }
  void Close() override;

 private:
  friend class Reader;
  Pipe& pipe_;
};

struct Pipe {
  explicit Pipe(int flags) : reader(*this, flags), writer(*this, flags) {}

  void CloseEnd(bool& open) {
    open = false;
    if (!reader_open && !writer_open) {
      Delete(this);
    }
  }

  Reader reader;
  Writer writer;
  bool reader_open = true;
  bool writer_open = true;
  std::size_t begin = 0;  // of the bytes held, in `bytes`
  std::size_t size = 0;
  std::array<std::byte, kPipeCapacity> bytes;
};

Outcome<std::size_t> Reader::Read(std::span<const iovec> into) {
  std::size_t taken = 0;
  for (const iovec& piece : into) {
    auto* out = static_cast<std::byte*>(piece.iov_base);
    for (std::size_t left = piece.iov_len; left != 0 && pipe_.size != 0;) {
      const std::size_t count = std::min({left, pipe_.size, kPipeCapacity - pipe_.begin});
      std::memcpy(out, &pipe_.bytes[pipe_.begin], count);
      pipe_.begin = (pipe_.begin + count) % kPipeCapacity;
      pipe_.size -= count;
      out += count;
      left -= count;
      taken += count;
    }
  }
  if (pipe_.size == 0 && pipe_.writer_open) {
    Lower(kReadable);
    if (taken == 0 &&
        std::ranges::any_of(into, [](const iovec& piece) { return piece.iov_len != 0; })) {
      return Failure(EAGAIN);
    }
  }
  if (taken != 0 && kPipeCapacity - pipe_.size >= kPipeAtomicSize && pipe_.writer_open) {
    pipe_.writer.Raise(kWritable);
  }
  return taken;
}

void Reader::Close() {
  if (pipe_.writer_open) {
    pipe_.writer.Raise(kError | kWritable);
  }
  pipe_.CloseEnd(pipe_.reader_open);
}

Outcome<std::size_t> Writer::Write(std::span<const iovec> from, Lifetime) {
  if (!pipe_.reader_open) {
    return Failure(EPIPE);
  }
  std::size_t wanted = 0;
  for (const iovec& piece : from) {
    wanted += piece.iov_len;
  }
  const std::size_t free = kPipeCapacity - pipe_.size;
  if (wanted != 0 && (free == 0 || (wanted <= kPipeAtomicSize && free < wanted))) {
    Lower(kWritable);
    return Failure(EAGAIN);
  }
  std::size_t taken = 0;
  for (const iovec& piece : from) {
    const auto* in = static_cast<const std::byte*>(piece.iov_base);
    for (std::size_t left = piece.iov_len; left != 0 && pipe_.size != kPipeCapacity;) {
      const std::size_t end = (pipe_.begin + pipe_.size) % kPipeCapacity;
      const std::size_t count = std::min({left, kPipeCapacity - pipe_.size, kPipeCapacity - end});
      std::memcpy(&pipe_.bytes[end], in, count);
      pipe_.size += count;
      in += count;
      left -= count;
      taken += count;
    }
  }
  if (kPipeCapacity - pipe_.size < kPipeAtomicSize) {
    Lower(kWritable);
  }
  if (taken != 0) {
    pipe_.reader.Raise(kReadable);
  }
  return taken;
}

void Writer::Close() {
  if (pipe_.reader_open) {
    pipe_.reader.Raise(kReadable | kHangUp);
  }
  pipe_.CloseEnd(pipe_.writer_open);
}

}  // namespace

Outcome<PipeEnds> CreatePipe(int flags) {
  Pipe* const pipe = New<Pipe>(flags);
  if (pipe == nullptr) {
    return Failure(ENOMEM);
  }
  return PipeEnds{pipe->reader, pipe->writer};
}

}  // namespace ashlar::posix
