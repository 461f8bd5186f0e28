// lwIP's platform: time, random numbers, initial sequence numbers, assertions.
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/lwip_port.h"

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <span>

#include "libs/base/check.h"
#include "libs/clock/clock.h"
#include "libs/console/console.h"
#include "libs/entropy/entropy.h"
#include "lwip/ip_addr.h"
#include "lwip/sys.h"

std::uint8_t ashlar_net_name_servers_chosen = 0;

namespace ashlar::net {
namespace {

struct Key {
  std::uint64_t k0;
  std::uint64_t k1;
};

constinit Key key = {};
constinit std::uint64_t counter = 0;

// SipHash-2-4 [SipHash] of whole 64-bit words (their number in place of the length byte).
template <std::size_t N>
std::uint64_t SipHash(const std::array<std::uint64_t, N>& words) {
  std::uint64_t v0 = key.k0 ^ 0x736f'6d65'7073'6575;
  std::uint64_t v1 = key.k1 ^ 0x646f'7261'6e64'6f6d;
  std::uint64_t v2 = key.k0 ^ 0x6c79'6765'6e65'7261;
  std::uint64_t v3 = key.k1 ^ 0x7465'6462'7974'6573;
  const auto round = [&] {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  };
  const auto absorb = [&](std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  };
  for (std::uint64_t word : words) {
    absorb(word);
  }
  absorb(std::uint64_t{N * 8} << 56);
  v2 ^= 0xff;
  round();
  round();
  round();
  round();
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace

void SeedRandom() {
  if (!entropy::Fill(std::as_writable_bytes(std::span(&key, 1)))) {
    console::Write("net: no source of entropy: sequence numbers can be guessed\n");
    key = {static_cast<std::uint64_t>(clock::Monotonic::now().time_since_epoch().count()),
           static_cast<std::uint64_t>(clock::UnixTime().count())};
  }
}

std::uint64_t Random() { return SipHash<1>({++counter}); }

}  // namespace ashlar::net

extern "C" {

std::uint32_t ashlar_net_random(void) { return static_cast<std::uint32_t>(ashlar::net::Random()); }

// RFC 6528: a secret function of the connection, plus a clock that ticks every 4 us.
std::uint32_t ashlar_net_initial_sequence(const ip_addr* local_ip, std::uint16_t local_port,
                                          const ip_addr* remote_ip, std::uint16_t remote_port) {
  const std::uint64_t ports = std::uint64_t{local_port} << 16 | remote_port;
  std::uint64_t hash;
  if (IP_IS_V6(remote_ip)) {
    const std::uint32_t* local = ip_2_ip6(local_ip)->addr;
    const std::uint32_t* remote = ip_2_ip6(remote_ip)->addr;
    hash = ashlar::net::SipHash<5>({std::uint64_t{local[0]} << 32 | local[1],
                                    std::uint64_t{local[2]} << 32 | local[3],
                                    std::uint64_t{remote[0]} << 32 | remote[1],
                                    std::uint64_t{remote[2]} << 32 | remote[3], ports});
  } else {
    hash = ashlar::net::SipHash<2>(
        {std::uint64_t{ip_2_ip4(local_ip)->addr} << 32 | ip_2_ip4(remote_ip)->addr, ports});
  }
  const auto now = ashlar::clock::Monotonic::now().time_since_epoch();
  return static_cast<std::uint32_t>(hash +
                                    static_cast<std::uint64_t>(now / std::chrono::microseconds(4)));
}

u32_t sys_now(void) {
  const auto now = ashlar::clock::Monotonic::now().time_since_epoch();
  return static_cast<u32_t>(now / std::chrono::milliseconds(1));
}

void ashlar_net_assertion_failed(const char* message, const char* file, int line) {
  ashlar::console::Write("lwIP: ");
  ashlar::console::Write(message);
  ashlar::console::Write(" (");
  ashlar::console::Write(file);
  char digits[12];
  int end = sizeof(digits);
  do {
    digits[--end] = static_cast<char>('0' + line % 10);
    line /= 10;
  } while (line > 0 && end > 0);
  ashlar::console::Write(":");
  ashlar::console::Write({digits + end, sizeof(digits) - static_cast<std::size_t>(end)});
  ashlar::console::Write(")\n");
  ashlar::Panic("lwIP's assertion failed");
}

}  // extern "C"
