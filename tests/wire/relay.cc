// The taps and the packet socket, and the thread that moves frames between them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/wire/relay.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "libs/linux/abi.h"

namespace ashlar::wire {
namespace {

using run::File;

// The longest frame: a segment of 64 KiB behind its Ethernet header and a VLAN's tag.
constexpr std::size_t kLongest = 65536 + 18;

std::unexpected<std::string> Because(std::string_view what) {
  return std::unexpected(std::format("{}: {}", what, std::strerror(errno)));
}

ifreq Named(std::string_view name) {
  ifreq request = {};
  name.copy(request.ifr_name, sizeof(request.ifr_name) - 1);
  return request;
}

// A tap that stays when this process closes it, up, its interface silent: only the packet socket
// below may answer the guest, not this machine's ARP.
std::expected<void, std::string> MakeGuestTap() {
  const File tap(open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  ifreq request = Named(Relay::kGuestTap);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  if (!tap.valid() || ioctl(tap.get(), TUNSETIFF, &request) != 0 ||
      ioctl(tap.get(), TUNSETPERSIST, 1) != 0) {
    return Because("making the guest's tap");
  }
  const File socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) {
    return Because("reading the guest's tap");
  }
  request.ifr_flags |= IFF_UP | IFF_NOARP;
  if (ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) {
    return Because("starting the guest's tap");
  }
  return {};
}

// The host's end of the guest's tap: what QEMU or linuxu holds is the other one [packet.7].
std::expected<File, std::string> OpenGuestSide() {
  File socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  constexpr int kOn = 1;
  constexpr int kRoom = 8 << 20;
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &kRoom, sizeof(kRoom));
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &kRoom, sizeof(kRoom));
  sockaddr_ll address = {};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(Relay::kGuestTap));
  if (!socket.valid() ||
      setsockopt(socket.get(), SOL_PACKET, PACKET_VNET_HDR, &kOn, sizeof(kOn)) != 0 ||
      setsockopt(socket.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &kOn, sizeof(kOn)) != 0 ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return Because("a packet socket on the guest's tap");
  }
  return socket;
}

}  // namespace

std::expected<std::unique_ptr<Relay>, std::string> Relay::Create() {
  auto network = run::EnterNetworkNamespace();
  if (!network.has_value()) {
    return std::unexpected(network.error());
  }
  constexpr unsigned long kOffloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
  if (ioctl(network->tap.get(), TUNSETOFFLOAD, kOffloads) != 0 ||
      fcntl(network->tap.get(), F_SETFL, O_NONBLOCK) != 0) {
    return Because("offloads of this machine's tap");
  }
  const auto made = MakeGuestTap();
  if (!made.has_value()) {
    return std::unexpected(made.error());
  }
  auto guest_side = OpenGuestSide();
  if (!guest_side.has_value()) {
    return std::unexpected(guest_side.error());
  }
  File stop(eventfd(0, EFD_CLOEXEC));
  if (!stop.valid()) {
    return Because("an event");
  }
  return std::unique_ptr<Relay>(
      new Relay(*std::move(network), *std::move(guest_side), std::move(stop)));
}

Relay::Relay(run::Network network, File guest_side, File stop)
    : network_(std::move(network)),
      guest_side_(std::move(guest_side)),
      stop_(std::move(stop)),
      buffer_(kLongest, '\0'),
      thread_([this] { Run(); }) {}

Relay::~Relay() {
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

void Relay::Restart(const Faults& faults, std::uint32_t seed) {
  const std::scoped_lock lock(mutex_);
  to_guest_ = FaultyWire(seed);
  from_guest_ = FaultyWire(~seed);
  to_guest_.SetFaults(faults);
  from_guest_.SetFaults(faults);
  full_ = 0;
}

Relay::Totals Relay::totals() {
  const std::scoped_lock lock(mutex_);
  return {.to_guest = to_guest_.counts(), .from_guest = from_guest_.counts(), .full = full_};
}

bool Relay::ReadFrom(int fd, Frame& frame) {
  iovec parts[] = {{.iov_base = &frame.header, .iov_len = sizeof(frame.header)},
                   {.iov_base = buffer_.data(), .iov_len = buffer_.size()}};
  const ssize_t size = readv(fd, parts, 2);
  if (size <= static_cast<ssize_t>(sizeof(frame.header))) {
    return false;
  }
  frame.bytes.assign(buffer_, 0, static_cast<std::size_t>(size) - sizeof(frame.header));
  return true;
}

void Relay::WriteTo(int fd, const Frame& frame) {
  // writev() only reads, but has the type that readv() has.
  const iovec parts[] = {
      {.iov_base = const_cast<linux::VnetHeader*>(&frame.header), .iov_len = sizeof(frame.header)},
      {.iov_base = const_cast<char*>(frame.bytes.data()), .iov_len = frame.bytes.size()}};
  full_ += writev(fd, parts, 2) < 0 ? 1 : 0;
}

void Relay::Run() {
  const int host = network_.tap.get();
  const int guest = guest_side_.get();
  const FaultyWire::Sink to_host = [&](const Frame& frame) { WriteTo(host, frame); };
  const FaultyWire::Sink to_guest = [&](const Frame& frame) { WriteTo(guest, frame); };
  int timeout = -1;
  for (;;) {
    pollfd fds[] = {{.fd = stop_.get(), .events = POLLIN, .revents = 0},
                    {.fd = host, .events = POLLIN, .revents = 0},
                    {.fd = guest, .events = POLLIN, .revents = 0}};
    poll(fds, 3, timeout);
    if (fds[0].revents != 0) {
      return;
    }
    const std::scoped_lock lock(mutex_);
    const auto now = FaultyWire::Clock::now();
    // Bounded, so that neither direction starves the other.
    Frame frame;
    for (int i = 0; i < 32 && ReadFrom(host, frame); ++i) {
      to_guest_.Put(frame, now, to_guest);
    }
    for (int i = 0; i < 32 && ReadFrom(guest, frame); ++i) {
      from_guest_.Put(frame, now, to_host);
    }
    to_guest_.PassDelayed(now, to_guest);
    from_guest_.PassDelayed(now, to_host);
    timeout = -1;
    for (const FaultyWire* wire : {&to_guest_, &from_guest_}) {
      if (const auto next = wire->NextDelayed(now)) {
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next).count();
        timeout = timeout < 0 ? static_cast<int>(wait) : std::min(timeout, static_cast<int>(wait));
      }
    }
  }
}

}  // namespace ashlar::wire
