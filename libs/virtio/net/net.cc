// The virtio network driver.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/net/net.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/units.h"
#include "libs/events/events.h"
#include "libs/log/log.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/virtio/net/net_header.h"
#include "libs/virtio/packed_ring.h"
#include "libs/virtio/ring.h"
#include "libs/virtio/shared_memory.h"
#include "libs/virtio/split_ring.h"

namespace ashlar::virtio {
namespace net {
namespace {

// A frame before it is cut: an IP packet's largest size [virtio-1.2 §5.1.6.3.1].
constexpr std::size_t kLargestFrame = 65535 + kEthernetHeaderSize;

constexpr std::uint16_t kDefaultMtu = 1500;
constexpr std::uint16_t kLeastMtu = 68;   // [virtio-1.2 §5.1.4.1]
constexpr std::uint16_t kMostMtu = 9216;  // jumbo frames; a larger one is the device's wish only

constexpr std::uint16_t kMostFragments = 64;

// What was agreed with the device.
struct Terms {
  netdev::Properties properties;
  Features features = 0;
  std::size_t header_size = 0;
  std::uint32_t buffer_size = 0;
  std::uint16_t receive_buffers = 0;
  std::uint16_t transmit_ring = 0;
};

bool Has(Features features, Features all) { return (features & all) == all; }

// Chooses among the offered features, without any whose prerequisite is missing [virtio-1.2
// §5.1.3.1].
Features Choose(Features offered, const NetOptions& options) {
  Features wanted = kMac | kMtu | kMergeableBuffers | kStatus;
  if (options.checksum_offload) {
    wanted |= kChecksum | kGuestChecksum;
  }
  if (options.segmentation_offload) {
    wanted |= kHostTso4 | kHostTso6;
  }
  if (options.large_receive) {
    wanted |= kGuestTso4 | kGuestTso6;
  }
  if (options.event_index) {
    wanted |= kEventIndex;
  }
  Features chosen = offered & wanted;
  if (!Has(chosen, kChecksum)) {
    chosen &= ~(kHostTso4 | kHostTso6);
  }
  if (!Has(chosen,
           kGuestChecksum | kMergeableBuffers)) {  // else each buffer would have to hold 64 KiB
    chosen &= ~(kGuestTso4 | kGuestTso6);
  }
  return chosen;
}

Result<netdev::MacAddress> ReadMac(Transport& transport) {
  const auto mac = ASHLAR_TRY(ReadConfigValue<netdev::MacAddress>(transport, kConfigMac));
  const bool multicast = (mac[0] & 1) != 0;
  const bool zero = mac == netdev::MacAddress{};
  if (multicast || zero) {
    return std::unexpected(Error::kBroken);
  }
  return mac;
}

// The largest ring the device allows and the options ask for, of `queue`.
Result<std::uint16_t> RingSize(Transport& transport, std::uint16_t queue, std::uint16_t wanted) {
  const std::uint16_t most = ASHLAR_TRY(transport.MaximumRingSize(queue));
  const std::uint16_t size = std::bit_floor(std::min({most, wanted, kMaxRingSize}));
  if (size < 2) {
    return std::unexpected(Error::kBroken);
  }
  return size;
}

Result<Terms> Negotiate(Transport& transport, const NetOptions& options, Features required) {
  const Features offered = ASHLAR_TRY(Begin(transport));
  if (!Has(offered, required)) {
    return std::unexpected(Error::kUnsupported);
  }
  Terms terms;
  terms.features = Choose(offered, options) | required;
  netdev::Properties& properties = terms.properties;

  properties.mac_address = options.mac_address;
  if (Has(terms.features, kMac)) {
    properties.mac_address = ASHLAR_TRY(ReadMac(transport));
  }
  properties.mtu = kDefaultMtu;
  if (Has(terms.features, kMtu)) {
    const auto mtu = ASHLAR_TRY(ReadConfigValue<std::uint16_t>(transport, kConfigMtu));
    if (mtu < kLeastMtu) {
      return std::unexpected(Error::kBroken);
    }
    if (mtu <= kMostMtu) {
      properties.mtu = mtu;
    } else {
      terms.features &= ~kMtu;
    }
  }
  ASHLAR_TRY(Accept(transport, terms.features));

  properties.transmit_checksum = Has(terms.features, kChecksum);
  properties.receive_checksum = Has(terms.features, kGuestChecksum);
  properties.tcp4_segmentation = Has(terms.features, kHostTso4);
  properties.tcp6_segmentation = Has(terms.features, kHostTso6);

  const bool mergeable = Has(terms.features, kMergeableBuffers);
  terms.header_size = transport.legacy() && !mergeable ? kShortHeaderSize : sizeof(Header);
  terms.buffer_size = std::max<std::uint32_t>(options.buffer_size, 256);
  if (!mergeable) {
    const std::size_t frame = properties.mtu + kEthernetHeaderSize + 4;  // and a VLAN tag
    terms.buffer_size =
        std::max(terms.buffer_size, static_cast<std::uint32_t>(terms.header_size + frame));
  }
  terms.buffer_size = static_cast<std::uint32_t>(AlignUp(terms.buffer_size, 64));

  terms.receive_buffers = ASHLAR_TRY(RingSize(transport, kReceiveQueue, options.receive_buffers));
  terms.transmit_ring = ASHLAR_TRY(RingSize(transport, kTransmitQueue, options.transmit_ring));
  properties.max_fragments = std::min<std::uint16_t>(terms.transmit_ring - 1, kMostFragments);
  return terms;
}

// Cuts a stretch of memory into parts; with no memory it only adds up their sizes.
class Carver {
 public:
  explicit Carver(std::byte* memory) : memory_(memory) {}

  std::span<std::byte> Cut(std::size_t size, std::size_t alignment) {
    used_ = AlignUp(used_, alignment);
    std::byte* part = memory_ == nullptr ? nullptr : memory_ + used_;
    used_ += size;
    return {part, size};
  }
  template <typename T>
  T* Cut(std::size_t count) {
    return reinterpret_cast<T*>(Cut(count * sizeof(T), alignof(T)).data());
  }
  std::size_t used() const { return used_; }

 private:
  std::byte* memory_;
  std::size_t used_ = 0;
};

// The parts of a device's memory.
template <Ring RingType>
struct Layout {
  Layout(std::byte* memory, const Terms& terms, std::size_t object_size,
         std::size_t object_alignment) {
    Carver carver(memory);
    receive_ring = carver.Cut(RingType::MemoryFor(terms.receive_buffers), kRingAlignment);
    headers = carver.Cut<Header>(terms.transmit_ring);
    cookies = carver.Cut<void*>(terms.transmit_ring);
    transmit_ring = carver.Cut(RingType::MemoryFor(terms.transmit_ring), kRingAlignment);
    object = carver.Cut(object_size, object_alignment).data();
    descriptions = carver.Cut<netdev::Buffer>(terms.receive_buffers);
    buffers = carver.Cut(std::size_t{terms.receive_buffers} * terms.buffer_size, 64).data();
    size = carver.used();
  }

  std::span<std::byte> receive_ring;
  std::span<std::byte> transmit_ring;
  Header* headers;
  void** cookies;
  std::byte* object;
  netdev::Buffer* descriptions;
  std::byte* buffers;
  std::size_t size;
};

template <Ring RingType>
class QueuePair final : public netdev::Queue {
 public:
  QueuePair(Transport& transport, events::Event& event, const Terms& terms,
            const Layout<RingType>& layout)
      : transport_(transport),
        event_(event),
        header_size_(static_cast<std::uint32_t>(terms.header_size)),
        buffer_size_(terms.buffer_size),
        mergeable_(Has(terms.features, kMergeableBuffers)),
        properties_(terms.properties),
        buffers_(layout.buffers),
        descriptions_(layout.descriptions),
        headers_(layout.headers),
        cookies_(layout.cookies) {
    receive_.Start(layout.receive_ring, terms.receive_buffers, terms.features);
    transmit_.Start(layout.transmit_ring, terms.transmit_ring, terms.features);
  }

  // Gives the device both rings, and all buffers once it runs.
  Result<void> Start() {
    signals_ = ASHLAR_TRY(transport_.StartQueue(kReceiveQueue, receive_.addresses(), &event_));
    ASHLAR_TRY(transport_.StartQueue(kTransmitQueue, transmit_.addresses(), &event_));
    // A buffer's index is its chain's id, for good. What describes it is written when it is
    // received.
    receive_.Fill([buffers = buffers_, size = buffer_size_](std::uint16_t i) {
      return Segment{DeviceAddress(buffers + std::size_t{i} * size), size, true};
    });
    return {};
  }
  void Run() { PublishReceive(); }

  Result<void> Transmit(std::span<const netdev::Fragment> fragments, const netdev::Offload& offload,
                        void* cookie) override {
    if (broken_) [[unlikely]] {
      return std::unexpected(Error::kBroken);
    }
    std::size_t size = 0;
    for (const netdev::Fragment& fragment : fragments) {
      if (fragment.empty()) [[unlikely]] {  // devices refuse empty descriptors
        return std::unexpected(Error::kInvalidArgument);
      }
      size += fragment.size();
    }
    Header header = {};
    std::size_t limit = properties_.mtu + kEthernetHeaderSize;
    if (offload.checksum) {
      if (!properties_.transmit_checksum ||
          std::size_t{offload.checksum_start} + offload.checksum_offset + sizeof(std::uint16_t) >
              size) [[unlikely]] {
        return std::unexpected(Error::kInvalidArgument);
      }
      header.flags = Header::kNeedsChecksum;
      header.checksum_start = offload.checksum_start;
      header.checksum_offset = offload.checksum_offset;
    }
    if (offload.segmentation != netdev::Offload::Segmentation::kNone) {
      if (!FillSegmentation(offload, size, header)) [[unlikely]] {
        return std::unexpected(Error::kInvalidArgument);
      }
      limit = kLargestFrame;
    }
    if (fragments.size() > properties_.max_fragments || size < kEthernetHeaderSize || size > limit)
        [[unlikely]] {
      return std::unexpected(Error::kInvalidArgument);
    }
    if (transmit_.free() < fragments.size() + 1) [[unlikely]] {
      transmit_refused_ = true;
      return std::unexpected(Error::kWouldBlock);
    }
    const std::uint16_t id = transmit_.next_id();
    headers_[id] = header;
    cookies_[id] = cookie;
    transmit_.Add(static_cast<std::uint16_t>(fragments.size() + 1), [&](std::uint16_t i) {
      if (i == 0) {
        return Segment{DeviceAddress(&headers_[id]), header_size_};
      }
      const netdev::Fragment& fragment = fragments[i - 1u];
      return Segment{DeviceAddress(fragment.data()), static_cast<std::uint32_t>(fragment.size())};
    });
    return {};
  }

  void Flush() override {
    if (transmit_.Publish()) {
      signals_->Notify(kTransmitQueue);
    }
  }

  bool Poll(netdev::Client& client, std::size_t budget) override {
    if (broken_) [[unlikely]] {
      return false;
    }
    bool any = TakeTransmitted(client);
    for (; budget > 0; --budget) {
      // Acknowledgements let more be sent, and what they acknowledge makes room for it.
      if (transmit_.free() < transmit_.size() / 2) {
        any |= TakeTransmitted(client);
      }
      const std::optional<Used> used = receive_.Take();
      if (!used) {
        break;
      }
      any = true;
      if (!Receive(client, *used)) [[unlikely]] {
        return GiveUp(client) || any;
      }
    }
    if (receive_.broken() || transmit_.broken()) [[unlikely]] {
      return GiveUp(client) || any;
    }
    PublishReceive();
    return any;
  }

  void Release(netdev::Buffer& buffer) override {
    const auto id = static_cast<std::size_t>(&buffer - descriptions_);
    ASHLAR_CHECK(id < receive_.size());
    if (broken_) [[unlikely]] {
      return;
    }
    receive_.Repeat(static_cast<std::uint16_t>(id), ReceiveSegment(id));
  }

  bool EnableNotifications() override {
    const bool noted = event_.Take();  // also when broken: a note left behind keeps the CPU awake
    if (broken_) [[unlikely]] {
      return true;
    }
    if (noted) {
      signals_->AcknowledgeInterrupt();
    }
    PublishReceive();
    bool quiet = receive_.EnableInterrupts();
    // Sent frames wake nobody, unless somebody waits for room or is about to.
    if (transmit_refused_ || transmit_.free() < transmit_.size() / 2) {
      quiet &= transmit_.EnableInterrupts();
      transmit_refused_ = false;
    }
    if (!quiet) {
      DisableNotifications();
    }
    return quiet;
  }

  void DisableNotifications() override {
    receive_.DisableInterrupts();
    transmit_.DisableInterrupts();
  }

 private:
  Segment ReceiveSegment(std::size_t index) const {
    return {DeviceAddress(buffers_ + index * buffer_size_), buffer_size_, true};
  }

  // Fills in what the device needs to cut a frame; false if it can't, or the request makes no
  // sense.
  bool FillSegmentation(const netdev::Offload& offload, std::size_t size, Header& header) const {
    const bool tcp4 = offload.segmentation == netdev::Offload::Segmentation::kTcp4;
    if (!offload.checksum || offload.segment_size == 0 || offload.header_size == 0 ||
        offload.header_size >= size ||
        !(tcp4 ? properties_.tcp4_segmentation : properties_.tcp6_segmentation)) {
      return false;
    }
    header.gso_type = tcp4 ? Header::kGsoTcp4 : Header::kGsoTcp6;
    header.gso_size = offload.segment_size;
    header.header_length = offload.header_size;
    return true;
  }

  void PublishReceive() {
    if (receive_.Publish()) {
      signals_->Notify(kReceiveQueue);
    }
  }

  bool TakeTransmitted(netdev::Client& client) {
    bool any = false;
    // Bounded: a device may send what the callbacks add as fast as they do.
    for (std::uint16_t budget = transmit_.size(); budget > 0; --budget) {
      const std::optional<Used> used = transmit_.Take();
      if (!used) {
        break;
      }
      any = true;
      transmit_.Free(used->id);
      client.Transmitted(cookies_[used->id]);
    }
    return any;
  }

  // Hands a frame to the client, or its buffers back to the ring. False: the device broke its
  // rules.
  bool Receive(netdev::Client& client, Used used) {
    if (used.length < header_size_) [[unlikely]] {
      return false;
    }
    std::byte* bytes = buffers_ + std::size_t{used.id} * buffer_size_;
    const Header& header = *reinterpret_cast<const Header*>(bytes);
    const std::uint8_t flags = LoadOnce(header.flags);
    netdev::Buffer& first = descriptions_[used.id];
    std::size_t size = used.length - header_size_;
    first = {.bytes = {bytes + header_size_, size}};
    if (mergeable_) {
      const std::uint16_t count = LoadOnce(header.buffers);
      if (count != 1) [[unlikely]] {
        const std::optional<std::size_t> rest = Gather(first, count);
        if (!rest) {
          return false;
        }
        size += *rest;
      }
    }
    if (size < kEthernetHeaderSize) [[unlikely]] {  // a runt: nobody's frame
      for (netdev::Buffer* buffer = &first; buffer != nullptr;) {
        Release(*std::exchange(buffer, buffer->next));
      }
      return true;
    }
    // Either the device has checked it, or it never left this machine [virtio-1.2 §5.1.6.4.1].
    client.Received(first, size, (flags & (Header::kNeedsChecksum | Header::kDataValid)) != 0);
    return true;
  }

  // Takes the other `count - 1` buffers of a frame, which the device has used before it showed the
  // first; returns their bytes. Nothing if they are not there.
  std::optional<std::size_t> Gather(netdev::Buffer& first, std::uint16_t count) {
    if (count == 0 || count > receive_.size()) {
      return std::nullopt;
    }
    netdev::Buffer* last = &first;
    std::size_t size = 0;
    for (std::uint16_t i = 1; i < count; ++i) {
      const std::optional<Used> used = receive_.Take();
      if (!used) {
        return std::nullopt;
      }
      last->next = &descriptions_[used->id];
      last = last->next;
      *last = {.bytes = {buffers_ + std::size_t{used->id} * buffer_size_, used->length}};
      size += used->length;
    }
    return size;
  }

  // The device broke its rules: reports it, silences the device and returns the cookies. True if
  // there were any.
  [[gnu::cold]] bool GiveUp(netdev::Client& client) {
    broken_ = true;
    log::Error("virtio-net", "the device breaks its rules in the ",
               transmit_.broken() ? "transmit" : "receive", " queue; it is out of use from now on");
    if (!Stop(transport_)) {
      log::Error("virtio-net", "the device does not come out of its reset");
    }
    bool any = false;
    for (std::uint16_t id = 0; id < transmit_.size(); ++id) {
      if (transmit_.Abandon(id)) {
        any = true;
        client.Transmitted(cookies_[id]);
      }
    }
    return any;
  }

  Transport& transport_;
  events::Event& event_;
  Signals* signals_ = nullptr;
  RingType receive_;
  RingType transmit_;
  const std::uint32_t header_size_;
  const std::uint32_t buffer_size_;
  const bool mergeable_;
  bool broken_ = false;
  bool transmit_refused_ = false;  // since notifications were last enabled
  const netdev::Properties properties_;
  std::byte* const buffers_;            // buffer i is chain i of the receive ring
  netdev::Buffer* const descriptions_;  // of the same index
  Header* const headers_;               // of the transmit chain of that id
  void** const cookies_;                // of the same id
};

template <Ring RingType>
class Device final : public Net {
 public:
  Device(Transport& transport, events::Event& event, const Terms& terms,
         const Layout<RingType>& layout, std::span<std::byte> pages)
      : transport_(transport),
        properties_(terms.properties),
        has_status_(Has(terms.features, kStatus)),
        pages_(pages),
        queue_(transport, event, terms, layout) {}

  Result<void> Start() {
    ASHLAR_TRY(queue_.Start());
    virtio::Run(transport_);
    queue_.Run();
    return {};
  }

  const netdev::Properties& properties() const override { return properties_; }
  std::span<netdev::Queue* const> queues() override { return queues_; }
  bool link_up() const override {
    if (!has_status_) {
      return true;
    }
    const auto status = ReadConfigValue<std::uint16_t>(transport_, kConfigStatus);
    return status && (*status & kStatusLinkUp) != 0;
  }

  void Stop() override {
    const std::span<std::byte> pages = pages_;
    const Result<void> stopped = virtio::Stop(transport_);
    this->~Device();
    if (stopped) {
      page_allocator::Free(pages);
    } else {  // it may still write there: these pages are lost
      log::Error("virtio-net",
                 "the device does not come out of its reset; its memory is not used again");
    }
  }

 private:
  Transport& transport_;
  const netdev::Properties properties_;
  const bool has_status_;
  const std::span<std::byte> pages_;
  QueuePair<RingType> queue_;
  std::array<netdev::Queue*, 1> queues_ = {&queue_};
};

template <Ring RingType>
Result<Net*> StartWithTerms(Transport& transport, events::Event& event, const Terms& terms) {
  using DeviceType = Device<RingType>;
  const std::size_t size =
      Layout<RingType>(nullptr, terms, sizeof(DeviceType), alignof(DeviceType)).size;
  const std::span<std::byte> pages = ASHLAR_TRY(page_allocator::Allocate(size));
  const Layout<RingType> layout(pages.data(), terms, sizeof(DeviceType), alignof(DeviceType));
  auto* device = new (layout.object) DeviceType(transport, event, terms, layout, pages);
  if (const Result<void> started = device->Start(); !started) {
    device->Stop();
    return std::unexpected(started.error());
  }
  return device;
}

template <Ring RingType>
Result<Net*> StartAny(Transport& transport, events::Event& event, const NetOptions& options) {
  if (transport.type() != DeviceType::kNetwork) {
    return std::unexpected(Error::kNotFound);
  }
  const Result<Terms> terms = Negotiate(transport, options, RingType::kRequired);
  Result<Net*> device =
      terms ? StartWithTerms<RingType>(transport, event, *terms) : std::unexpected(terms.error());
  if (!device) {
    transport.WriteStatus(0);
  }
  return device;
}

}  // namespace
}  // namespace net

Result<Net*> StartNet(Transport& transport, events::Event& event, const NetOptions& options) {
  return net::StartAny<SplitRing>(transport, event, options);
}

Result<Net*> StartNetPacked(Transport& transport, events::Event& event, const NetOptions& options) {
  return net::StartAny<PackedRing>(transport, event, options);
}

}  // namespace ashlar::virtio
