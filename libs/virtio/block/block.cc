// The virtio block driver.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/block/block.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/units.h"
#include "libs/blockdev/validate.h"
#include "libs/log/log.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/virtio/block/block_format.h"
#include "libs/virtio/packed_ring.h"
#include "libs/virtio/ring.h"
#include "libs/virtio/shared_memory.h"
#include "libs/virtio/split_ring.h"

namespace ashlar::virtio {
namespace block {
namespace {

// Header, data, status.
constexpr std::uint16_t kMostSegments = 3;

constexpr int kMostReports = 8;

// What the device never writes: a status that is still that was not given.
constexpr std::uint8_t kNoStatus = 0xff;

// What was agreed with the device.
struct Terms {
  blockdev::Properties properties;
  Features features = 0;
  std::uint32_t max_discard = 0;  // sectors
  std::uint16_t ring = 0;
};

// What belongs to the chain of an id.
struct Record {
  Header header;
  DiscardRange range;
  void* cookie;
  std::uint8_t status;  // the device's to write
};

bool Has(Features features, Features all) { return (features & all) == all; }

Result<Terms> ReadTerms(Transport& transport, Features features, const BlockOptions& options) {
  Terms terms;
  terms.features = features;
  const auto sectors = ASHLAR_TRY(ReadConfigValue<std::uint64_t>(transport, kConfigCapacity));
  std::uint32_t block_size = kSectorSize;
  if (Has(features, kBlockSize)) {
    block_size = ASHLAR_TRY(ReadConfigValue<std::uint32_t>(transport, kConfigBlockSize));
  }
  std::uint32_t most = options.max_transfer;
  if (Has(features, kSizeMax)) {
    most = std::min(most, ASHLAR_TRY(ReadConfigValue<std::uint32_t>(transport, kConfigSizeMax)));
  }
  if (Has(features, kDiscard)) {
    terms.max_discard = ASHLAR_TRY(ReadConfigValue<std::uint32_t>(transport, kConfigMaxDiscard));
  }
  if (block_size < kSectorSize || !std::has_single_bit(block_size)) {
    return std::unexpected(Error::kBroken);
  }
  const std::uint32_t sectors_a_block = block_size / kSectorSize;
  terms.properties = {.block_size = block_size,
                      .block_count = sectors / sectors_a_block,
                      .max_blocks = most / block_size,
                      .buffer_alignment = 1,
                      .read_only = Has(features, kReadOnly),
                      .write_cache = Has(features, kFlush),
                      .discard = terms.max_discard >= sectors_a_block};
  return terms;
}

Result<Terms> Negotiate(Transport& transport, const BlockOptions& options, Features required) {
  const Features offered = ASHLAR_TRY(Begin(transport));
  if (!Has(offered, required)) {
    return std::unexpected(Error::kUnsupported);
  }
  const Features wanted = kSizeMax | kReadOnly | kBlockSize | kFlush | kDiscard |
                          (options.event_index ? kEventIndex : Features{0});
  Terms terms = ASHLAR_TRY(ReadTerms(transport, (offered & wanted) | required, options));
  ASHLAR_TRY(Accept(transport, terms.features));
  const std::uint16_t most = ASHLAR_TRY(transport.MaximumRingSize(kRequestQueue));
  terms.ring = std::bit_floor(std::min({most, options.ring, kMaxRingSize}));
  terms.properties.max_requests = terms.ring / kMostSegments;
  if (!blockdev::Sane(terms.properties)) {
    return std::unexpected(Error::kBroken);
  }
  return terms;
}

template <Ring RingType>
class Device final : public Block, private blockdev::Queue {
 public:
  static std::size_t MemoryFor(const Terms& terms) { return Layout(nullptr, terms).size; }

  static Device* Make(Transport& transport, events::Event& event, const Terms& terms,
                      std::span<std::byte> pages) {
    const Layout layout(pages.data(), terms);
    return new (layout.object) Device(transport, event, terms, layout, pages);
  }

  Result<void> Start() {
    signals_ = ASHLAR_TRY(transport_.StartQueue(kRequestQueue, ring_.addresses(), &event_));
    virtio::Run(transport_);
    return {};
  }

  const blockdev::Properties& properties() const override { return properties_; }
  std::span<blockdev::Queue* const> queues() override { return queues_; }

  void Stop() override {
    const std::span<std::byte> pages = pages_;
    const Result<void> stopped = virtio::Stop(transport_);
    this->~Device();
    if (stopped) {
      page_allocator::Free(pages);
    } else {  // it may still write there: these pages are lost
      log::Error("virtio-blk",
                 "the device does not come out of its reset; its memory is not used again");
    }
  }

 private:
  // The parts of the device's memory; with a null pointer only their size.
  struct Layout {
    Layout(std::byte* memory, const Terms& terms) {
      const auto cut = [&](std::size_t bytes, std::size_t alignment) {
        size = AlignUp(size, alignment);
        std::byte* const part = memory == nullptr ? nullptr : memory + size;
        size += bytes;
        return part;
      };
      ring_size = RingType::MemoryFor(terms.ring);
      ring = cut(ring_size, kRingAlignment);
      records = cut(terms.ring * sizeof(Record), alignof(Record));
      done = cut(terms.ring * sizeof(void*), alignof(void*));
      object = cut(sizeof(Device), alignof(Device));
    }

    std::size_t size = 0;
    std::size_t ring_size;
    std::byte* ring;
    std::byte* records;
    std::byte* done;
    std::byte* object;
  };

  Device(Transport& transport, events::Event& event, const Terms& terms, const Layout& layout,
         std::span<std::byte> pages)
      : transport_(transport),
        event_(event),
        properties_(terms.properties),
        max_discard_(terms.max_discard),
        pages_(pages),
        records_(reinterpret_cast<Record*>(layout.records)),
        done_(reinterpret_cast<void**>(layout.done)) {
    for (std::uint16_t id = 0; id < terms.ring; ++id) {
      new (&records_[id]) Record{};
    }
    ring_.Start({layout.ring, layout.ring_size}, terms.ring, terms.features);
  }

  Result<void> Submit(const blockdev::Request& request) override {
    if (broken_) [[unlikely]] {
      return std::unexpected(Error::kBroken);
    }
    ASHLAR_TRY(blockdev::Validate(properties_, request));
    if (in_flight_ == properties_.max_requests) [[unlikely]] {
      return std::unexpected(Error::kWouldBlock);
    }
    ++in_flight_;
    if (request.operation == blockdev::Operation::kFlush && !properties_.write_cache) {
      done_[done_count_++] = request.cookie;  // devices without the feature don't know the request
      return {};
    }
    Record& record = records_[ring_.next_id()];
    record.cookie = request.cookie;
    StoreOnce(record.status, kNoStatus);
    Segment data = Describe(request, record);
    const std::uint16_t count = data.length == 0 ? 2 : 3;
    ring_.Add(count, [&](std::uint16_t i) {
      if (i == 0) {
        return Segment{DeviceAddress(&record.header), sizeof(record.header)};
      }
      return i + 1 == count ? Segment{DeviceAddress(&record.status), 1, true} : data;
    });
    return {};
  }

  // Fills in the header, and says where the data are; of length zero if there are none.
  Segment Describe(const blockdev::Request& request, Record& record) const {
    const std::uint64_t sectors_a_block = properties_.block_size / kSectorSize;
    const std::uint64_t sector = request.first_block * sectors_a_block;
    const Segment buffer = {DeviceAddress(request.buffer.data()),
                            static_cast<std::uint32_t>(request.buffer.size())};
    switch (request.operation) {
      case blockdev::Operation::kRead:
        record.header = {.type = Header::kRead, .sector = sector};
        return {buffer.address, buffer.length, true};
      case blockdev::Operation::kWrite:
        record.header = {.type = Header::kWrite, .sector = sector};
        return buffer;
      case blockdev::Operation::kFlush:
        record.header = {.type = Header::kFlush};
        break;
      case blockdev::Operation::kDiscard:
        // What is more than the device takes at once is not discarded, which a discard allows.
        record.header = {.type = Header::kDiscard};
        record.range = {
            .sector = sector,
            .sector_count = static_cast<std::uint32_t>(
                std::min<std::uint64_t>(request.block_count, max_discard_ / sectors_a_block) *
                sectors_a_block)};
        return {DeviceAddress(&record.range), sizeof(record.range)};
    }
    return {};
  }

  void Notify() override {
    if (!broken_ && ring_.Publish()) {
      signals_->Notify(kRequestQueue);
    }
  }

  bool Poll(blockdev::Client& client) override {
    if (broken_) [[unlikely]] {
      return false;
    }
    bool any = FinishFlushes(client);
    // Bounded: a device may be as fast as the callbacks submit.
    for (std::uint16_t budget = ring_.size(); budget > 0; --budget) {
      const std::optional<Used> used = ring_.Take();
      if (!used) {
        break;
      }
      any = true;
      --in_flight_;
      const Record& record = records_[used->id];
      void* const cookie = record.cookie;
      const Result<void> result = ResultOf(record);
      ring_.Free(used->id);
      client.Completed(cookie, result);
    }
    if (ring_.broken()) [[unlikely]] {
      GiveUp(client);
      return true;
    }
    return any;
  }

  // Those that needed no device, but for what the client adds meanwhile.
  bool FinishFlushes(blockdev::Client& client) {
    const std::uint16_t count = done_count_;
    for (std::uint16_t i = 0; i < count; ++i) {
      --in_flight_;
      client.Completed(done_[i], {});
    }
    std::copy(done_ + count, done_ + done_count_, done_);
    done_count_ = static_cast<std::uint16_t>(done_count_ - count);
    return count > 0;
  }

  Result<void> ResultOf(const Record& record) {
    const std::uint8_t status = LoadOnce(record.status);
    if (status == kStatusOk) [[likely]] {
      return {};
    }
    if (reports_ < kMostReports) {
      ++reports_;
      const std::string_view why = status == kStatusError         ? "the device reports an error"
                                   : status == kStatusUnsupported ? "the device does not know it"
                                                                  : "the device gives no status";
      log::Error("virtio-blk", "a request of type ", record.header.type, " at sector ",
                 record.header.sector, " failed: ", why,
                 reports_ == kMostReports ? "; no more failures are reported" : "");
    }
    return std::unexpected(Error::kInputOutput);
  }

  // The device broke its rules: reports it, silences the device and hands back what is in flight.
  [[gnu::cold]] void GiveUp(blockdev::Client& client) {
    broken_ = true;
    log::Error("virtio-blk", "the device breaks its rules; it is out of use from now on");
    if (!virtio::Stop(transport_)) {
      log::Error("virtio-blk", "the device does not come out of its reset");
    }
    FinishFlushes(client);
    for (std::uint16_t id = 0; id < ring_.size(); ++id) {
      if (ring_.Abandon(id)) {
        client.Completed(records_[id].cookie, std::unexpected(Error::kBroken));
      }
    }
  }

  bool EnableNotifications() override {
    const bool noted = event_.Take();  // also when broken: a note left behind keeps the CPU awake
    if (broken_) [[unlikely]] {
      return true;
    }
    if (noted) {
      signals_->AcknowledgeInterrupt();
    }
    const bool quiet = ring_.EnableInterrupts() && done_count_ == 0;
    if (!quiet) {
      ring_.DisableInterrupts();
    }
    return quiet;
  }
  void DisableNotifications() override { ring_.DisableInterrupts(); }

  // A hypervisor may take any time, and stops this CPU just as well.
  clock::Instant deadline() const override { return clock::kNever; }

  Transport& transport_;
  events::Event& event_;
  Signals* signals_ = nullptr;
  RingType ring_;
  const blockdev::Properties properties_;
  const std::uint32_t max_discard_;
  const std::span<std::byte> pages_;
  Record* const records_;  // of the chain of that id
  void** const done_;      // the cookies of flushes that needed no device
  std::uint16_t done_count_ = 0;
  std::uint16_t in_flight_ = 0;
  bool broken_ = false;
  int reports_ = 0;
  std::array<blockdev::Queue*, 1> queues_ = {this};
};

template <Ring RingType>
Result<Block*> StartWithTerms(Transport& transport, events::Event& event, const Terms& terms) {
  using DeviceType = Device<RingType>;
  const std::span<std::byte> pages =
      ASHLAR_TRY(page_allocator::Allocate(DeviceType::MemoryFor(terms)));
  DeviceType* const device = DeviceType::Make(transport, event, terms, pages);
  if (const Result<void> started = device->Start(); !started) {
    device->Stop();
    return std::unexpected(started.error());
  }
  return device;
}

template <Ring RingType>
Result<Block*> StartAny(Transport& transport, events::Event& event, const BlockOptions& options) {
  if (transport.type() != DeviceType::kBlock) {
    return std::unexpected(Error::kNotFound);
  }
  const Result<Terms> terms = Negotiate(transport, options, RingType::kRequired);
  Result<Block*> device =
      terms ? StartWithTerms<RingType>(transport, event, *terms) : std::unexpected(terms.error());
  if (!device) {
    transport.WriteStatus(0);
  }
  return device;
}

}  // namespace
}  // namespace block

Result<Block*> StartBlock(Transport& transport, events::Event& event, const BlockOptions& options) {
  return block::StartAny<SplitRing>(transport, event, options);
}

Result<Block*> StartBlockPacked(Transport& transport, events::Event& event,
                                const BlockOptions& options) {
  return block::StartAny<PackedRing>(transport, event, options);
}

}  // namespace ashlar::virtio
