// kernel_payload IMAGE PAYLOAD: writes to PAYLOAD the compressed kernel that a Linux boot image
// holds [Linux Documentation/arch/x86/boot.rst].
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

template <typename T>
T At(const std::vector<char>& bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

int Fail(const char* what) {
  std::fprintf(stderr, "kernel_payload: %s\n", what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t kSetupSectors = 0x1f1;
  constexpr std::size_t kMagic = 0x202;  // "HdrS"
  constexpr std::size_t kPayloadOffset = 0x248;
  constexpr std::size_t kPayloadLength = 0x24c;
  constexpr std::size_t kHeaderEnd = 0x250;
  if (argc != 3) {
    return Fail("usage: kernel_payload IMAGE PAYLOAD");
  }
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<char> image((std::istreambuf_iterator<char>(file)),
                                std::istreambuf_iterator<char>());
  if (image.size() < kHeaderEnd || At<std::uint32_t>(image, kMagic) != 0x53726448) {
    return Fail("this is no Linux boot image");
  }
  // Sector zero comes before those that are counted.
  const std::size_t begin = (std::size_t{At<std::uint8_t>(image, kSetupSectors)} + 1) * 512 +
                            At<std::uint32_t>(image, kPayloadOffset);
  const std::size_t size = At<std::uint32_t>(image, kPayloadLength);
  if (begin > image.size() || size > image.size() - begin) {
    return Fail("the image ends within its payload");
  }
  std::ofstream payload(argv[2], std::ios::binary);
  payload.write(image.data() + begin, static_cast<std::streamsize>(size));
  return payload.flush() ? 0 : Fail("cannot write the payload");
}
