// Ports, taps and network namespaces, by Linux's sockets and ioctls.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/host_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <expected>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar::run {
namespace {

sockaddr_in AddressOf(std::uint32_t address, std::uint16_t port) {
  sockaddr_in result = {};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(address);
  return result;
}

std::string Dotted(std::uint32_t address) {
  return std::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255,
                     address & 255);
}

bool WriteFile(const char* path, std::string_view text) {
  const File file(open(path, O_WRONLY | O_CLOEXEC));
  return file.valid() &&
         write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

ifreq RequestFor(const std::string& name) {
  ifreq request = {};
  std::memcpy(request.ifr_name, name.data(), std::min(name.size(), sizeof(request.ifr_name) - 1));
  return request;
}

// What makes a tap that is used as it is.
std::string HowToMakeTap(std::string_view name) {
  return std::format(
      "as root, ip tuntap add {0} mode tap user $USER vnet_hdr; ip addr add 10.0.3.1/24 dev {0}; "
      "ip link set {0} up",
      name);
}

// The open tap, not inherited by mistake: the child's start makes it so on purpose.
std::expected<File, Complaint> AttachTap(const std::string& name) {
  File tap(open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  if (!tap.valid()) {
    if (errno == ENOENT || errno == ENXIO || errno == ENODEV) {
      return std::unexpected("this machine has no /dev/net/tun: as root, modprobe tun");
    }
    return std::unexpected(
        std::format("/dev/net/tun can't be opened ({}): run as root", strerror(errno)));
  }
  ifreq request = RequestFor(name);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  if (ioctl(tap.get(), TUNSETIFF, &request) != 0) {
    switch (errno) {
      case EPERM:
        return std::unexpected(
            std::format("no right to use the tap device {}: {}", name, HowToMakeTap(name)));
      case EBUSY:
        return std::unexpected(
            std::format("{} is in use by another process: end that, or name another tap", name));
      default:
        return std::unexpected(std::format(
            "{} can't be used as a tap with virtio-net headers ({}); this makes one: {}", name,
            strerror(errno), HowToMakeTap("NAME")));
    }
  }
  return tap;
}

bool BringUp(const std::string& name, std::optional<std::uint32_t> address) {
  const File socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request = RequestFor(name);
  if (address.has_value()) {
    const sockaddr_in own = AddressOf(*address, 0);
    const sockaddr_in mask = AddressOf(0xffffff00, 0);
    std::memcpy(&request.ifr_addr, &own, sizeof(own));
    if (ioctl(socket.get(), SIOCSIFADDR, &request) != 0) {
      return false;
    }
    std::memcpy(&request.ifr_netmask, &mask, sizeof(mask));
    if (ioctl(socket.get(), SIOCSIFNETMASK, &request) != 0) {
      return false;
    }
  }
  if (ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) {
    return false;
  }
  request.ifr_flags |= IFF_UP;
  return ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

// 10.77.N.1 for the first N whose network no interface of ours is in.
std::optional<std::uint32_t> FreeNetwork() {
  bool taken[256] = {};
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) {
    return std::nullopt;
  }
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) {
      continue;
    }
    sockaddr_in address;
    std::memcpy(&address, entry->ifa_addr, sizeof(address));
    const std::uint32_t number = ntohl(address.sin_addr.s_addr);
    if (number >> 16 == (10 << 8 | 77)) {
      taken[number >> 8 & 255] = true;
    }
  }
  freeifaddrs(list);
  for (std::uint32_t n = 1; n < 255; ++n) {
    if (!taken[n]) {
      return 10u << 24 | 77u << 16 | n << 8 | 1;
    }
  }
  return std::nullopt;
}

Network MakeNetwork(File tap, std::uint32_t host, std::uint32_t image) {
  return {.tap = std::move(tap),
          .image_address = Dotted(image),
          .parameters = {std::format("net.address={}/24", Dotted(image)),
                         std::format("net.gateway={}", Dotted(host))}};
}

std::expected<Port, Complaint> Bind(std::uint16_t port, bool listening) {
  File socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  constexpr int kOn = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof(kOn));
  sockaddr_in address = AddressOf(INADDR_LOOPBACK, port);
  socklen_t size = sizeof(address);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      (listening && listen(socket.get(), 512) != 0) ||
      getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    if (errno == EADDRINUSE) {
      return std::unexpected(std::format(
          "port {} is taken: choose another with --port, or leave it out to have a free one",
          port));
    }
    if (errno == EACCES) {
      return std::unexpected(
          std::format("port {} is reserved for root: choose one above 1023", port));
    }
    return std::unexpected(std::format("port {} can't be used ({}): choose another with --port",
                                       port, strerror(errno)));
  }
  return Port{.socket = std::move(socket), .number = ntohs(address.sin_port)};
}

}  // namespace

File& File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

File::~File() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

int File::Release() { return std::exchange(fd_, -1); }

std::expected<Port, Complaint> HoldPort(std::optional<std::uint16_t> wanted) {
  return Bind(wanted.value_or(0), /*listening=*/false);
}

std::expected<Port, Complaint> Listen(std::optional<std::uint16_t> wanted) {
  return Bind(wanted.value_or(0), /*listening=*/true);
}

std::expected<Network, Complaint> OpenTap(const std::string& name) {
  const bool existed = if_nametoindex(name.c_str()) != 0;
  auto tap = AttachTap(name);
  if (!tap.has_value()) {
    return std::unexpected(tap.error());
  }
  if (existed) {
    return Network{.tap = *std::move(tap), .image_address = {}, .parameters = {}};
  }
  // It is ours, and goes when we do.
  const std::optional<std::uint32_t> host = FreeNetwork();
  if (!host.has_value() || !BringUp(name, host)) {
    return std::unexpected(
        std::format("{} was made but could not be given an address ({}): make it yourself; {}",
                    name, strerror(errno), HowToMakeTap(name)));
  }
  return MakeNetwork(*std::move(tap), *host, *host + 1);
}

std::expected<Network, Complaint> EnterNetworkNamespace() {
  constexpr std::string_view kAdvice = "use a tap device instead: --tap=NAME";
  const unsigned user = geteuid();
  const unsigned group = getegid();
  if (unshare(CLONE_NEWNET) != 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
      return std::unexpected(std::format("this machine allows no network namespace ({}): {}",
                                         strerror(errno), kAdvice));
    }
    // The same user inside, who may do with this network what he likes.
    if (!WriteFile("/proc/self/setgroups", "deny") ||
        !WriteFile("/proc/self/uid_map", std::format("{} {} 1", user, user)) ||
        !WriteFile("/proc/self/gid_map", std::format("{} {} 1", group, group))) {
      return std::unexpected(
          std::format("this machine allows no user namespace ({}): {}", strerror(errno), kAdvice));
    }
  }
  constexpr std::uint32_t kHost = 10u << 24 | 2 << 8 | 2;
  constexpr std::uint32_t kImage = 10u << 24 | 2 << 8 | 15;
  auto tap = AttachTap("tap0");
  if (!tap.has_value()) {
    return std::unexpected(tap.error());
  }
  if (!BringUp("lo", std::nullopt) || !BringUp("tap0", kHost)) {
    return std::unexpected(
        std::format("the namespace's network can't be set up ({}): {}", strerror(errno), kAdvice));
  }
  return MakeNetwork(*std::move(tap), kHost, kImage);
}

}  // namespace ashlar::run
