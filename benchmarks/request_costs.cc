// Takes the counter before and after requests of each kind, less what passes while idle.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/request_costs.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>

namespace benchmarks {

RequestCosts MeasureRequests(const Server& server, const std::function<std::uint64_t()>& now,
                             std::uint64_t requests) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  RequestCosts costs;
  // What a network does when it comes up takes some seconds.
  std::this_thread::sleep_for(seconds(4));
  constexpr seconds kIdle(2);
  const auto idle_from = now();
  std::this_thread::sleep_for(kIdle);
  const double idle_per_second = static_cast<double>(now() - idle_from) / kIdle.count();

  const auto count = [&](const std::function<bool()>& work) -> std::optional<double> {
    const auto before = now();
    const auto started = std::chrono::steady_clock::now();
    if (!work()) {
      return std::nullopt;
    }
    const double elapsed =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    std::this_thread::sleep_for(milliseconds(20));
    return static_cast<double>(now() - before) - idle_per_second * elapsed;
  };
  const auto per = [](std::optional<double> total, double number) {
    return total ? std::optional(*total / number) : std::nullopt;
  };

  if (auto connection = Connection::Open(server);
      connection && connection->Get("/small.txt", true)) {
    costs.keep_alive = per(count([&] {
                             for (std::uint64_t i = 0; i < requests; ++i) {
                               if (!connection->Get("/small.txt", true)) {
                                 return false;
                               }
                             }
                             return true;
                           }),
                           static_cast<double>(requests));
    std::size_t bytes = 0;
    const auto large = count([&] {
      for (int i = 0; i < 8; ++i) {
        const auto size = connection->Get("/large.bin", true);
        if (!size) {
          return false;
        }
        bytes += *size;
      }
      return true;
    });
    costs.per_byte = per(large, static_cast<double>(std::max<std::size_t>(bytes, 1)));
  }
  costs.new_connection = per(count([&] {
                               for (std::uint64_t i = 0; i < requests; ++i) {
                                 auto connection = Connection::Open(server);
                                 if (!connection || !connection->Get("/small.txt", false)) {
                                   return false;
                                 }
                               }
                               return true;
                             }),
                             static_cast<double>(requests));
  return costs;
}

}  // namespace benchmarks
