// Driver of NVMe controllers: a blockdev::BlockDevice of the first namespace, by one pair of
// queues.
//
// Blocks go from and to where the caller's buffers lie. Whatever the controller says is read once
// and validated; one that breaks its rules, calls itself failed or does not answer is cut off from
// memory and answers kBroken from then on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <new>
#include <span>
#include <string_view>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/blockdev/blockdev.h"
#include "libs/blockdev/validate.h"
#include "libs/clock/clock.h"
#include "libs/events/events.h"
#include "libs/io/io.h"
#include "libs/log/log.h"
#include "libs/nvme/commands.h"
#include "libs/nvme/registers.h"
#include "libs/pci/place.h"

namespace ashlar::nvme {

struct Options {
  /// Whether its interrupts are messages (MSI, MSI-X), else its line is raised.
  bool messages = true;
  /// How long a command may take before the controller counts as broken.
  clock::Duration timeout = std::chrono::seconds(30);
};

/// A running controller. One queue.
template <io::Bus Bus>
class Controller final : public blockdev::BlockDevice, private blockdev::Queue {
 public:
  /// Bytes of memory that Start() wants.
  static constexpr std::size_t MemoryFor() { return sizeof(Memory) + sizeof(Controller); }

  /// Stops the controller, lets it reach memory and starts it; its interrupts note `event`.
  /// `memory` (aligned to a page, at its physical address, for ever the controller's unless this
  /// fails) holds queues, lists and this object. Sleeps until the controller answers,
  /// as long as it says that it may take. kTimedOut: it took longer; kBroken: it says nonsense;
  /// kUnsupported: it has no blocks for us; kNotFound: it has no namespace; kInputOutput: it
  /// refuses a command, which is logged. In all cases it is cut off from memory.
  static Result<Controller*> Start(const pci::Place<Bus>& place, std::span<std::byte> memory,
                                   events::Event& event, const Options& options = {}) {
    ASHLAR_CHECK(memory.size() >= MemoryFor());
    std::memset(memory.data(), 0, MemoryFor());
    Memory* const parts = reinterpret_cast<Memory*>(memory.data());
    auto* const controller = new (parts + 1) Controller(place, *parts, event, options);
    if (const Result<void> started = controller->StartDevice(); !started) {
      controller->CutOff();
      return std::unexpected(started.error());
    }
    return controller;
  }

  const blockdev::Properties& properties() const override { return properties_; }
  std::span<blockdev::Queue* const> queues() override { return queues_; }

 private:
  static constexpr std::uint16_t kMostEntries = 64;
  static constexpr std::uint16_t kAdminEntries = 8;
  // Pages of a transfer's memory behind the first, which stands in the command itself.
  static constexpr std::size_t kListEntries = 32;
  static constexpr std::size_t kMostBytes = kListEntries * kPageSize;
  // How often a silent controller is looked at.
  static constexpr clock::Duration kLookInterval = std::chrono::seconds(1);
  static constexpr int kMostReports = 8;

  using List = std::array<std::uint64_t, kListEntries>;

  // What the controller reaches; each queue begins on a page, and no list crosses one.
  struct Memory {
    alignas(kPageSize) std::array<Command, kAdminEntries> admin_submission;
    alignas(kPageSize) std::array<Completion, kAdminEntries> admin_completion;
    alignas(kPageSize) std::array<Command, kMostEntries> submission;
    alignas(kPageSize) std::array<Completion, kMostEntries> completion;
    alignas(kPageSize) std::array<List, kMostEntries> lists;
  };
  static_assert(kPageSize % sizeof(List) == 0);
  static_assert(sizeof(Memory::lists) >= Identify::kSize);

  // A command in flight; its number is its ID.
  struct Slot {
    bool in_flight;
    blockdev::Operation operation;
    std::uint64_t first_block;
    void* cookie;
    clock::Instant deadline;
  };

  // Our side of a pair of queues.
  struct Pair {
    Command* submission;
    Completion* completion;
    std::uint16_t size;
    std::uint16_t number;
    std::uint16_t tail = 0;  // the next entry to be filled
    std::uint16_t head = 0;  // the next that the controller fills
    bool phase = true;       // what marks it as filled
  };

  // A completion that was read.
  struct Done {
    std::uint16_t id;
    Status status;
    bool sane;  // of this queue, and its head within it
  };

  Controller(const pci::Place<Bus>& place, Memory& memory, events::Event& event,
             const Options& options)
      : place_(place),
        memory_(memory),
        event_(event),
        options_(options),
        admin_{memory.admin_submission.data(), memory.admin_completion.data(), kAdminEntries, 0},
        io_{memory.submission.data(), memory.completion.data(), kMostEntries, 1} {
    static_assert(alignof(Controller) <= alignof(Memory));
  }

  // Starting.

  Result<void> StartDevice() {
    const Capabilities capabilities = {Read64(Register::kCapabilities)};
    stride_ = capabilities.doorbell_stride();
    if (!capabilities.has_nvm_commands() || capabilities.min_page_size() > kPageSize) {
      return std::unexpected(Error::kUnsupported);
    }
    if (CompletionDoorbell(io_.number, stride_) + sizeof(std::uint32_t) > place_.register_bytes ||
        capabilities.max_queue_entries() < 2) {
      return std::unexpected(Error::kBroken);
    }
    io_.size = static_cast<std::uint16_t>(
        std::min<std::uint32_t>(capabilities.max_queue_entries(), kMostEntries));
    admin_.size = std::min(io_.size, kAdminEntries);
    ASHLAR_TRY(Enable(capabilities));
    ASHLAR_TRY(Ask());
    ASHLAR_TRY(CreateQueues());
    SetUpSlots();
    return {};
  }

  // [NVMe-1.4 §7.6.1]
  Result<void> Enable(Capabilities capabilities) {
    const clock::Duration patience =
        std::max<clock::Duration>(capabilities.timeout(), std::chrono::milliseconds(500));
    const std::uint32_t configuration = Read32(Register::kConfiguration);
    if ((configuration & Configuration::kEnable) != 0) {
      // Undefined while it is about to become ready, as firmware may have left it [NVMe-1.4
      // §3.1.6].
      ASHLAR_TRY(WaitUntil(patience, [&] { return status().ready() || status().fatal(); }));
    }
    Write32(Register::kConfiguration, configuration & ~Configuration::kEnable);
    ASHLAR_TRY(WaitUntil(patience, [&] { return !status().ready(); }));
    if (!options_.messages) {
      Write32(Register::kInterruptMaskSet, ~std::uint32_t{0});
    }
    const std::uint32_t last = admin_.size - 1u;
    Write32(Register::kAdminQueueSizes, last << 16 | last);
    Write64(Register::kAdminSubmission, AddressOf(admin_.submission));
    Write64(Register::kAdminCompletion, AddressOf(admin_.completion));
    place_.OpenMemory();  // it has stopped all that firmware told it
    Write32(Register::kConfiguration, Configuration::kEnable | Configuration::kSubmissionEntrySize |
                                          Configuration::kCompletionEntrySize);
    ASHLAR_TRY(WaitUntil(patience, [&] { return status().ready() || status().fatal(); }));
    return status().fatal() ? std::unexpected(Error::kBroken) : Result<void>();
  }

  // What the controller and its first namespace are.
  Result<void> Ask() {
    const std::span<std::byte, Identify::kSize> page(
        reinterpret_cast<std::byte*>(memory_.lists.data()), Identify::kSize);
    const auto identify = [&](std::uint32_t what, std::uint32_t id) -> Result<void> {
      Command command = {.namespace_id = id};
      command.data[0] = AddressOf(page.data());
      command.words[0] = what;
      return Administer("identify", Admin::kIdentify, command);
    };
    ASHLAR_TRY(identify(Identify::kController, 0));
    const ControllerFacts controller = ASHLAR_TRY(ParseController(page));

    namespace_id_ = 1;
    constexpr std::uint32_t kVersion1_1 = 0x00010100;
    if (Read32(Register::kVersion) >= kVersion1_1) {
      ASHLAR_TRY(identify(Identify::kActiveNamespaces, 0));
      std::memcpy(&namespace_id_, page.data(), sizeof(namespace_id_));
      if (namespace_id_ == 0) {
        return std::unexpected(Error::kNotFound);
      }
    }
    ASHLAR_TRY(identify(Identify::kNamespace, namespace_id_));
    const NamespaceFacts blocks = ASHLAR_TRY(ParseNamespace(page));

    const std::size_t most =
        controller.max_transfer == 0 ? kMostBytes : std::min(controller.max_transfer, kMostBytes);
    properties_ = {.block_size = blocks.block_size,
                   .block_count = blocks.block_count,
                   .max_blocks = static_cast<std::uint32_t>(most / blocks.block_size),
                   .buffer_alignment = 4,
                   .max_requests = static_cast<std::uint16_t>(io_.size - 1),
                   .read_only = blocks.read_only,
                   .write_cache = controller.write_cache,
                   .discard = controller.dataset_management};
    return blockdev::Sane(properties_) ? Result<void>() : std::unexpected(Error::kBroken);
  }

  Result<void> CreateQueues() {
    Command features = {};
    features.words[0] = kNumberOfQueues;
    features.words[1] = 0;  // one of each, counted from zero
    ASHLAR_TRY(Administer("set features", Admin::kSetFeatures, features));
    const std::uint32_t number_and_size = io_.number | (io_.size - 1u) << 16;
    Command completion = {};
    completion.data[0] = AddressOf(io_.completion);
    completion.words[0] = number_and_size;
    completion.words[1] = kPhysicallyContiguous | kInterruptsEnabled;  // of vector 0
    ASHLAR_TRY(Administer("create completion queue", Admin::kCreateCompletionQueue, completion));
    Command submission = {};
    submission.data[0] = AddressOf(io_.submission);
    submission.words[0] = number_and_size;
    submission.words[1] = kPhysicallyContiguous | std::uint32_t{io_.number} << 16;
    return Administer("create submission queue", Admin::kCreateSubmissionQueue, submission);
  }

  void SetUpSlots() {
    for (std::uint16_t id = 0; id < properties_.max_requests; ++id) {
      free_[id] = id;
    }
    free_count_ = properties_.max_requests;
  }

  // Gives a command and sleeps until it is done. `name` is for the report.
  Result<void> Administer(std::string_view name, std::uint8_t opcode, Command command) {
    const std::uint16_t id = next_admin_id_++;
    command.opcode_and_id = Command::OpcodeAndId(opcode, id);
    Append(admin_, command);
    Ring(admin_);
    Done done = {};
    bool there = false;
    ASHLAR_TRY(WaitUntil(options_.timeout, [&] {
      there = Take(admin_, done);
      return there || status().fatal();
    }));
    if (!there || !done.sane || done.id != id) {
      return std::unexpected(Error::kBroken);
    }
    WriteHead(admin_);
    if (!done.status.success()) {
      log::Error("nvme", "the controller refuses the command ", name, ": ", Describe(done.status),
                 " (", log::Hex(done.status.value), ")");
      return std::unexpected(Error::kInputOutput);
    }
    return {};
  }

  // Sleeps until `done` says so. Where interrupts are lines, they are switched off until it runs.
  template <typename Condition>
  Result<void> WaitUntil(clock::Duration patience, Condition done) {
    constexpr clock::Duration kNap = std::chrono::milliseconds(1);
    const clock::Instant deadline = clock::Monotonic::now() + patience;
    for (;;) {
      event_.Take();
      if (done()) {
        return {};
      }
      const clock::Instant now = clock::Monotonic::now();
      if (now >= deadline) {
        return std::unexpected(Error::kTimedOut);
      }
      events::Wait(std::min(deadline, now + kNap));
    }
  }

  // Requests.

  Result<void> Submit(const blockdev::Request& request) override {
    if (broken_) [[unlikely]] {
      return std::unexpected(Error::kBroken);
    }
    ASHLAR_TRY(blockdev::Validate(properties_, request));
    if (free_count_ == 0) [[unlikely]] {
      return std::unexpected(Error::kWouldBlock);
    }
    const clock::Instant now = clock::Monotonic::now();
    if (in_flight() == 0) {
      look_at_ = now + std::min(kLookInterval, options_.timeout);
    }
    const std::uint16_t id = free_[--free_count_];
    slots_[id] = {true, request.operation, request.first_block, request.cookie,
                  now + options_.timeout};
    Command command = {.namespace_id = namespace_id_};
    std::uint8_t opcode = Io::kFlush;
    switch (request.operation) {
      case blockdev::Operation::kRead:
      case blockdev::Operation::kWrite:
        opcode = request.operation == blockdev::Operation::kRead ? Io::kRead : Io::kWrite;
        Point(command, memory_.lists[id], request.buffer);
        command.words[0] = static_cast<std::uint32_t>(request.first_block);
        command.words[1] = static_cast<std::uint32_t>(request.first_block >> 32);
        command.words[2] =
            static_cast<std::uint32_t>(request.buffer.size() / properties_.block_size - 1);
        break;
      case blockdev::Operation::kFlush:
        break;
      case blockdev::Operation::kDiscard:
        opcode = Io::kDatasetManagement;
        command.words[0] =
            WriteRanges(memory_.lists[id], request.first_block, request.block_count) - 1;
        command.words[1] = kDeallocate;
        command.data[0] = AddressOf(&memory_.lists[id]);
        break;
    }
    command.opcode_and_id = Command::OpcodeAndId(opcode, id);
    Append(io_, command);
    return {};
  }

  // Tells where a transfer's memory lies: page by page [NVMe-1.4 §4.3].
  static void Point(Command& command, List& list, std::span<std::byte> buffer) {
    const std::uint64_t address = AddressOf(buffer.data());
    const std::uint64_t end = address + buffer.size();
    std::uint64_t page = AlignDown(address, kPageSize) + kPageSize;
    command.data[0] = address;
    if (end <= page) {
      return;
    }
    if (end <= page + kPageSize) {
      command.data[1] = page;
      return;
    }
    for (std::size_t i = 0; page < end; ++i, page += kPageSize) {
      list[i] = page;
    }
    command.data[1] = AddressOf(&list);
  }

  // A range holds less than 2^32 blocks. What is more than the list has room for is not discarded,
  // which a discard allows. Returns how many there are.
  static std::uint32_t WriteRanges(List& list, std::uint64_t first, std::uint64_t count) {
    constexpr std::uint32_t kMostRanges = sizeof(List) / sizeof(Range);
    constexpr std::uint64_t kMostBlocks = 0xffff'ffff;
    std::uint32_t ranges = 0;
    while (count > 0 && ranges < kMostRanges) {
      const std::uint64_t part = std::min(count, kMostBlocks);
      const Range range = {0, static_cast<std::uint32_t>(part), first};
      std::memcpy(reinterpret_cast<std::byte*>(&list) + ranges * sizeof(Range), &range,
                  sizeof(range));
      first += part;
      count -= part;
      ++ranges;
    }
    return ranges;
  }

  void Notify() override {
    if (!broken_ && told_ != io_.tail) {
      told_ = io_.tail;
      Ring(io_);
    }
  }

  bool Poll(blockdev::Client& client) override {
    if (broken_) [[unlikely]] {
      return false;
    }
    bool any = false;
    Done done = {};
    // Bounded: a controller may be as fast as the callbacks submit.
    for (std::uint16_t budget = io_.size; budget > 0 && Take(io_, done); --budget) {
      any = true;
      if (!done.sane || done.id >= properties_.max_requests || !slots_[done.id].in_flight)
          [[unlikely]] {
        GiveUp(client, "the controller completes what it was not given");
        return true;
      }
      Complete(client, done);
    }
    if (any) {
      WriteHead(io_);
    } else if (in_flight() > 0 && clock::Monotonic::now() >= look_at_) [[unlikely]] {
      return Look(client);
    }
    return any;
  }

  void Complete(blockdev::Client& client, const Done& done) {
    Slot& slot = slots_[done.id];
    slot.in_flight = false;
    free_[free_count_++] = done.id;
    Result<void> result;
    if (!done.status.success()) [[unlikely]] {
      Report(slot, done.status);
      result = std::unexpected(ErrorOf(done.status));
    }
    client.Completed(slot.cookie, result);
  }

  [[gnu::cold]] void Report(const Slot& slot, Status status) {
    constexpr std::array<std::string_view, 4> kNames = {"a read", "a write", "a flush",
                                                        "a discard"};
    if (reports_ == kMostReports) {
      return;
    }
    ++reports_;
    log::Error("nvme", kNames[static_cast<std::size_t>(slot.operation)], " (block ",
               slot.first_block, ") failed: ", Describe(status), " (", log::Hex(status.value), ")",
               reports_ == kMostReports ? "; no more failures are reported" : "");
  }

  // Looks at a controller that is silent. True if it was given up.
  bool Look(blockdev::Client& client) {
    const clock::Instant now = clock::Monotonic::now();
    look_at_ = now + std::min(kLookInterval, options_.timeout);
    if (status().fatal() || !status().ready()) {
      GiveUp(client, "the controller has failed or is gone");
      return true;
    }
    for (const Slot& slot : slots_) {
      if (slot.in_flight && slot.deadline <= now) {
        GiveUp(client, "the controller does not answer");
        return true;
      }
    }
    return false;
  }

  // Reports that, and hands back what is in flight.
  [[gnu::cold]] void GiveUp(blockdev::Client& client, std::string_view why) {
    broken_ = true;
    CutOff();
    log::Error("nvme", why, "; it is out of use from now on");
    for (Slot& slot : slots_) {
      if (slot.in_flight) {
        slot.in_flight = false;
        client.Completed(slot.cookie, std::unexpected(Error::kBroken));
      }
    }
  }

  [[gnu::cold]] void CutOff() {
    place_.CloseMemory();
    Write32(Register::kConfiguration, 0);
  }

  // Waking. A message can't be held back but in the vector table, which costs more than one event
  // for nothing; a line is let go of by the mask.

  bool EnableNotifications() override {
    event_.Take();  // also when broken: a note left behind keeps the CPU awake
    if (broken_) [[unlikely]] {
      return true;
    }
    if (!options_.messages) {
      notifying_ = true;
      Write32(Register::kInterruptMaskClear, ~std::uint32_t{0});
    }
    if (IsFilled(io_)) {
      DisableNotifications();
      return false;
    }
    return true;
  }

  void DisableNotifications() override {
    if (notifying_ && !broken_) {
      notifying_ = false;
      Write32(Register::kInterruptMaskSet, ~std::uint32_t{0});
    }
  }

  clock::Instant deadline() const override {
    return broken_ || in_flight() == 0 ? clock::kNever : look_at_;
  }

  // Queues.

  static void Append(Pair& pair, const Command& command) {
    pair.submission[pair.tail] = command;
    pair.tail = static_cast<std::uint16_t>(pair.tail + 1 == pair.size ? 0 : pair.tail + 1);
  }

  void Ring(const Pair& pair) {
    std::atomic_thread_fence(std::memory_order_release);
    Write32(SubmissionDoorbell(pair.number, stride_), pair.tail);
  }

  void WriteHead(const Pair& pair) { Write32(CompletionDoorbell(pair.number, stride_), pair.head); }

  static std::uint32_t LoadStatus(const Pair& pair) {
    return __atomic_load_n(&pair.completion[pair.head].id_and_status, __ATOMIC_ACQUIRE);
  }
  static bool IsFilled(const Pair& pair) {
    return ((LoadStatus(pair) >> 16 & 1) != 0) == pair.phase;
  }

  // The next completion, if there is one.
  static bool Take(Pair& pair, Done& done) {
    const std::uint32_t id_and_status = LoadStatus(pair);
    if (((id_and_status >> 16 & 1) != 0) != pair.phase) {
      return false;
    }
    const std::uint32_t queue =
        __atomic_load_n(&pair.completion[pair.head].queue, __ATOMIC_RELAXED);
    done = {.id = static_cast<std::uint16_t>(id_and_status),
            .status = Status::Of(id_and_status),
            .sane = queue >> 16 == pair.number && (queue & 0xffff) < pair.size};
    if (++pair.head == pair.size) {
      pair.head = 0;
      pair.phase = !pair.phase;
    }
    return true;
  }

  std::size_t in_flight() const { return properties_.max_requests - std::size_t{free_count_}; }
  ControllerStatus status() { return {Read32(Register::kStatus)}; }

  static std::uint64_t AddressOf(const void* memory) {
    return reinterpret_cast<std::uintptr_t>(memory);
  }
  std::uint32_t Read32(std::size_t offset) { return place_.registers.Read32(offset); }
  void Write32(std::size_t offset, std::uint32_t value) { place_.registers.Write32(offset, value); }
  std::uint64_t Read64(std::size_t offset) {
    return Read32(offset) | std::uint64_t{Read32(offset + 4)} << 32;
  }
  void Write64(std::size_t offset, std::uint64_t value) {
    Write32(offset, static_cast<std::uint32_t>(value));
    Write32(offset + 4, static_cast<std::uint32_t>(value >> 32));
  }

  pci::Place<Bus> place_;
  Memory& memory_;
  events::Event& event_;
  const Options options_;
  blockdev::Properties properties_;
  std::array<blockdev::Queue*, 1> queues_ = {this};
  Pair admin_;
  Pair io_;
  std::size_t stride_ = 4;
  std::uint32_t namespace_id_ = 0;
  std::uint16_t next_admin_id_ = 0;
  std::uint16_t told_ = 0;  // the tail that the controller knows
  std::uint16_t free_count_ = 0;
  std::array<std::uint16_t, kMostEntries> free_ = {};  // IDs not in flight
  std::array<Slot, kMostEntries> slots_ = {};
  clock::Instant look_at_ = clock::kNever;
  bool notifying_ = false;
  bool broken_ = false;
  int reports_ = 0;
};

}  // namespace ashlar::nvme
