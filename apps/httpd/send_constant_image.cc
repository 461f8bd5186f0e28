// Sending constant bytes in an image: by reference, from the rootfs to the network device.
//
// POSIX has no word for "these bytes never change" but sendfile(), which wants an open file for
// each; so this asks the layer below it.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "apps/httpd/send_constant.h"
#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::httpd {

ssize_t SendConstant(int socket, std::span<const std::byte> bytes) {
  posix::File* const file = posix::Find(socket);
  if (file == nullptr) {
    return posix::Fail(EBADF);
  }
  const iovec piece = {const_cast<std::byte*>(bytes.data()), bytes.size()};
  return posix::Return(file->Write({&piece, 1}, posix::Lifetime::kImage));
}

}  // namespace ashlar::httpd
