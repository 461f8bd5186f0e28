// Packing.
// SPDX-License-Identifier: Apache-2.0
#include "libs/rootfs/pack_archive.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "libs/base/units.h"
#include "libs/rootfs/format.h"

namespace ashlar::rootfs {
namespace {

/// Images use the small code model: nothing of them lies above 2 GiB.
constexpr std::size_t kLargestArchive = 2 * kGiB - kPageSize;

struct Extension {
  std::string_view name;
  std::string_view content_type;
};

// The registered types [IANA-media-types] of what sites are made of.
constexpr Extension kExtensions[] = {
    {"avif", "image/avif"},
    {"bin", "application/octet-stream"},
    {"css", "text/css; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/vnd.microsoft.icon"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"md", "text/markdown; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"ogg", "audio/ogg"},
    {"otf", "font/otf"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xml", "application/xml"},
    {"zip", "application/zip"},
};

/// Whether every segment of `path` is a name.
bool IsPlain(std::string_view path) {
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty() || segment == "." || segment == ".." || segment.contains('\0')) {
      return false;
    }
    if (slash == std::string_view::npos) {
      return true;
    }
    path.remove_prefix(slash + 1);
  }
}

/// 64 bits of FNV-1a over the contents. An entity tag must differ between versions of one file,
/// made by the site's own builder: no adversary, and one chance in 2^64 to be wrong.
std::string EntityTag(std::string_view contents) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : contents) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211u;
  }
  std::string tag = "\"";
  for (int shift = 60; shift >= 0; shift -= 4) {
    tag += "0123456789abcdef"[(hash >> shift) & 15];
  }
  return tag + '"';
}

/// Contents start at a page where that costs at most a sixteenth of their size, so that they can be
/// mapped or handed to devices in whole pages; small files lie close together.
std::size_t DataAlignment(std::size_t size) { return size >= 16 * kPageSize ? kPageSize : 16; }

template <typename T>
void Store(std::string& archive, std::size_t offset, const T& value) {
  std::memcpy(archive.data() + offset, &value, sizeof value);
}

/// Texts, each stored once.
class TextTable {
 public:
  explicit TextTable(std::size_t offset) : offset_(offset) {}

  std::uint32_t Add(std::string_view text) {
    const auto [place, added] = places_.try_emplace(std::string(text), offset_ + texts_.size());
    if (added) {
      texts_ += text;
    }
    return static_cast<std::uint32_t>(place->second);
  }
  const std::string& texts() const { return texts_; }

 private:
  std::size_t offset_;
  std::string texts_;
  std::map<std::string, std::size_t> places_;
};

}  // namespace

std::string_view ContentType(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    std::string extension(name.substr(dot + 1));
    std::ranges::transform(extension, extension.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    });
    const Extension* known = std::ranges::find(kExtensions, extension, &Extension::name);
    if (known != std::end(kExtensions)) {
      return known->content_type;
    }
  }
  return "application/octet-stream";
}

std::expected<std::string, std::string> PackArchive(const std::vector<PackedFile>& files,
                                                    const PackOptions& options) {
  // Entries by path; a null pointer is a directory. std::map sorts as the reader promises: by
  // bytes.
  std::map<std::string, const PackedFile*> entries;
  if (!files.empty()) {
    entries.emplace("", nullptr);
  }
  for (const PackedFile& file : files) {
    if (!IsPlain(file.path) || file.path.size() > UINT16_MAX) {
      return std::unexpected("'" + file.path +
                             "' can't be a path in an archive: it must be names " +
                             "joined by single slashes, without \".\" and \"..\"");
    }
    if (!entries.emplace(file.path, &file).second) {
      return std::unexpected("'" + file.path +
                             "' is there twice, or is a directory as well as a file");
    }
    for (std::size_t slash = file.path.find('/'); slash != std::string::npos;
         slash = file.path.find('/', slash + 1)) {
      const auto [place, added] = entries.emplace(file.path.substr(0, slash), nullptr);
      if (!added && place->second != nullptr) {
        return std::unexpected("'" + place->first + "' is a directory as well as a file");
      }
    }
  }

  format::Header header{};
  std::memcpy(header.magic, format::kMagic, sizeof header.magic);
  header.version = format::kVersion;
  header.file_count = static_cast<std::uint32_t>(entries.size());
  header.slot_count = static_cast<std::uint32_t>(std::bit_ceil(2 * entries.size() + 1));
  header.files_offset = sizeof(format::Header);
  header.slots_offset =
      static_cast<std::uint32_t>(header.files_offset + entries.size() * sizeof(format::FileRecord));
  header.modified = options.modified;

  TextTable texts(header.slots_offset + header.slot_count * sizeof(std::uint32_t));
  for (const auto& [path, file] : entries) {
    texts.Add(path);
    texts.Add(file != nullptr ? ContentType(path) : std::string_view());
  }
  std::size_t end =
      header.slots_offset + header.slot_count * sizeof(std::uint32_t) + texts.texts().size();

  std::vector<format::FileRecord> records;
  std::vector<std::uint32_t> slots(header.slot_count, 0);
  for (const auto& [path, file] : entries) {
    format::FileRecord record{};
    record.hash = format::Hash(path);
    record.path_offset = texts.Add(path);
    record.path_size = static_cast<std::uint16_t>(path.size());
    record.kind = file != nullptr ? format::kFile : format::kDirectory;
    if (file != nullptr) {
      const std::string_view type = ContentType(path);
      record.type_offset = texts.Add(type);
      record.type_size = static_cast<std::uint8_t>(type.size());
      end = AlignUp(end, DataAlignment(file->contents.size()));
      if (file->contents.size() > kLargestArchive ||
          end > kLargestArchive - file->contents.size()) {
        return std::unexpected("the files are more than 2 GiB together, which no image can hold");
      }
      record.data_offset = static_cast<std::uint32_t>(end);
      record.data_size = static_cast<std::uint32_t>(file->contents.size());
      end += file->contents.size();
      const std::string tag = EntityTag(file->contents);
      std::memcpy(record.entity_tag, tag.data(), sizeof record.entity_tag);
    }
    std::uint32_t slot = record.hash & (header.slot_count - 1);
    while (slots[slot] != 0) {
      slot = (slot + 1) & (header.slot_count - 1);
    }
    records.push_back(record);
    slots[slot] = static_cast<std::uint32_t>(records.size());
  }
  header.archive_size = static_cast<std::uint32_t>(end);

  std::string archive(end, '\0');
  Store(archive, 0, header);
  for (std::size_t i = 0; i < records.size(); ++i) {
    Store(archive, header.files_offset + i * sizeof records[i], records[i]);
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    Store(archive, header.slots_offset + i * sizeof slots[i], slots[i]);
  }
  const std::size_t texts_offset = header.slots_offset + slots.size() * sizeof slots[0];
  archive.replace(texts_offset, texts.texts().size(), texts.texts());
  std::size_t i = 0;
  for (const auto& [path, file] : entries) {
    if (file != nullptr) {
      archive.replace(records[i].data_offset, file->contents.size(), file->contents);
    }
    ++i;
  }
  return archive;
}

}  // namespace ashlar::rootfs
