// Packing: what pack (the tool) and tests make archives with. Host programs only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::rootfs {

struct PackedFile {
  std::string path;  ///< in the archive: "docs/index.html"
  std::string contents;
};

struct PackOptions {
  std::int64_t modified =
      0;  ///< what all files say of their age, seconds since 1970 UTC; zero: nothing
};

/// The archive with these files, in any order, and the directories they lie in. The same files give
/// the same bytes. The error is a sentence: a path twice, a file where a directory must be, a path
/// with "..", more than 2 GiB.
std::expected<std::string, std::string> PackArchive(const std::vector<PackedFile>& files,
                                                    const PackOptions& options = {});

/// The media type of a file, by its name's extension; "application/octet-stream" for one that is
/// not known.
std::string_view ContentType(std::string_view path);

}  // namespace ashlar::rootfs
