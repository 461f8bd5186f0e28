// A daemon that writes anything to the store's page: the client writes to its own part of it alone,
// and always comes to an end.
//
// Input: steps of a byte that says how many of the following bytes the daemon writes, and whether
// it moves the indices beyond what is true.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/store.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

#include "libs/log/log.h"
#include "libs/xen/abi.h"
#include "libs/xen/device.h"

namespace {

using namespace ashlar::xen;

class Liar final : public StorePeer {
 public:
  Liar(StoreInterface& page, std::span<const std::uint8_t> input) : page_(page), input_(input) {}

  void Notify() override {}
  bool Wait() override {
    if (input_.empty()) {
      return false;
    }
    const std::uint8_t step = Next();
    if (step >= 0xf0) {
      page_.response_producer = page_.response_producer + (std::uint32_t{step} << 4);
    } else if (step >= 0xe0) {
      page_.request_consumer = page_.request_consumer + step;
    } else {
      page_.request_consumer = page_.request_producer;
      for (std::uint8_t i = 0; i < step && !input_.empty(); ++i) {
        page_.responses[page_.response_producer % sizeof page_.responses] =
            static_cast<char>(Next());
        page_.response_producer = page_.response_producer + 1;
      }
    }
    return true;
  }

 private:
  std::uint8_t Next() {
    const std::uint8_t byte = input_.front();
    input_ = input_.subspan(1);
    return byte;
  }

  StoreInterface& page_;
  std::span<const std::uint8_t> input_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)ashlar::log::SetMinimum(static_cast<ashlar::log::Level>(4));  // lies are expected here
  // On the heap, so that a sanitizer sees a byte behind it.
  const auto page = std::make_unique<StoreInterface>();
  Liar liar(*page, {data, size});
  Store store(*page, liar);
  char buffer[32];
  const auto value = store.Read("name", buffer);
  if (value && value->size() > sizeof buffer) {
    std::abort();
  }
  StoreWatch watch("control");
  (void)store.Watch(watch);
  Device device(store, "vif", 0);
  if (device.Find()) {
    if (device.back_end() > kMaxDomain) {
      std::abort();
    }
    (void)device.ReadBackEnd("feature-sg", 1);
    (void)device.WaitForBackEnd(DeviceState::kConnected);
  }
  (void)store.List("device", buffer);
  (void)store.Write("a", "b");
  const auto taken = store.Take("name", buffer);
  if (taken && taken->size() > sizeof buffer) {
    std::abort();
  }
  (void)store.TakeChanges();
  device.Close();
  return 0;
}
