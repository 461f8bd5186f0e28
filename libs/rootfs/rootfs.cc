// The archive reader.
// SPDX-License-Identifier: Apache-2.0
#include "libs/rootfs/rootfs.h"

#include <cstring>

#include "libs/base/check.h"
#include "libs/rootfs/format.h"

namespace ashlar::rootfs {
namespace {

/// Whether `size` bytes at `offset` lie inside `bytes`.
bool Contains(std::span<const std::byte> bytes, std::uint32_t offset, std::uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

/// The record at `offset`, copied out: the archive may lie at any address. The caller has checked
/// the offset.
template <typename T>
T Load(std::span<const std::byte> bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::string_view Text(std::span<const std::byte> bytes, std::uint32_t offset, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes.data()) + offset, size};
}

}  // namespace

Result<Archive> Archive::Open(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(format::Header)) {
    return std::unexpected(Error::kBroken);
  }
  const auto header = Load<format::Header>(bytes, 0);
  if (std::memcmp(header.magic, format::kMagic, sizeof header.magic) != 0 ||
      header.version != format::kVersion || header.archive_size < sizeof header ||
      header.archive_size > bytes.size()) {
    return std::unexpected(Error::kBroken);
  }
  bytes = bytes.first(header.archive_size);
  if (!std::has_single_bit(header.slot_count) || header.slot_count <= header.file_count ||
      !Contains(bytes, header.files_offset,
                std::uint64_t{header.file_count} * sizeof(format::FileRecord)) ||
      !Contains(bytes, header.slots_offset,
                std::uint64_t{header.slot_count} * sizeof(std::uint32_t))) {
    return std::unexpected(Error::kBroken);
  }
  Archive archive;
  archive.bytes_ = bytes;
  archive.file_count_ = header.file_count;
  archive.slot_mask_ = header.slot_count - 1;
  archive.files_offset_ = header.files_offset;
  archive.slots_offset_ = header.slots_offset;
  return archive;
}

Result<File> Archive::At(std::size_t index) const {
  if (index >= file_count_) {
    return std::unexpected(Error::kNotFound);
  }
  const auto record =
      Load<format::FileRecord>(bytes_, files_offset_ + index * sizeof(format::FileRecord));
  if (!Contains(bytes_, record.path_offset, record.path_size) ||
      !Contains(bytes_, record.type_offset, record.type_size) ||
      !Contains(bytes_, record.data_offset, record.data_size) || record.kind > format::kDirectory) {
    return std::unexpected(Error::kBroken);
  }
  File file;
  file.index = static_cast<std::uint32_t>(index);
  file.path = Text(bytes_, record.path_offset, record.path_size);
  file.modified = std::chrono::sys_seconds(
      std::chrono::seconds(Load<std::int64_t>(bytes_, offsetof(format::Header, modified))));
  if (record.kind == format::kDirectory) {
    file.kind = File::Kind::kDirectory;
    return file;
  }
  file.bytes = bytes_.subspan(record.data_offset, record.data_size);
  file.content_type = Text(bytes_, record.type_offset, record.type_size);
  // Where the record lies, not in the copy of it: the view must outlive this call.
  const std::size_t tag_offset =
      files_offset_ + index * sizeof(format::FileRecord) + offsetof(format::FileRecord, entity_tag);
  file.entity_tag = Text(bytes_, static_cast<std::uint32_t>(tag_offset), format::kEntityTagSize);
  if (file.content_type.empty()) {
    return std::unexpected(Error::kBroken);
  }
  return file;
}

Result<File> Archive::Find(std::string_view path) const {
  if (bytes_.empty()) {
    return std::unexpected(Error::kNotFound);
  }
  const std::uint32_t hash = format::Hash(path);
  for (std::uint32_t probe = 0; probe <= slot_mask_; ++probe) {
    const std::size_t slot_index = (hash + probe) & slot_mask_;
    const auto slot =
        Load<std::uint32_t>(bytes_, slots_offset_ + slot_index * sizeof(std::uint32_t));
    if (slot == 0) {
      return std::unexpected(Error::kNotFound);
    }
    if (slot > file_count_) {
      return std::unexpected(Error::kBroken);
    }
    const std::size_t record = files_offset_ + (slot - 1) * sizeof(format::FileRecord);
    if (Load<std::uint32_t>(bytes_, record + offsetof(format::FileRecord, hash)) != hash) {
      continue;
    }
    const Result<File> file = At(slot - 1);
    if (!file.has_value() || file->path == path) {
      return file;
    }
  }
  return std::unexpected(Error::kNotFound);
}

// Around the archive that the image's rootfs() target, or :no_files, puts there
// (//rules:rootfs.bzl).
extern "C" const std::byte ashlar_rootfs_start[];
extern "C" const std::byte ashlar_rootfs_end[];

Archive Embedded() {
  const Result<Archive> archive = Archive::Open({ashlar_rootfs_start, ashlar_rootfs_end});
  ASHLAR_CHECK(archive.has_value());
  return *archive;
}

}  // namespace ashlar::rootfs
