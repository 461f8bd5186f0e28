// A controller made of memory, for tests: does what a driver's register writes ask for, with the
// commands and buffers that they name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

#include "libs/io/io.h"
#include "libs/nvme/commands.h"
#include "libs/nvme/registers.h"

namespace ashlar::nvme {

/// The device, with one namespace of `disk`. What can be set is set before the driver starts, or
/// while it runs where that makes sense.
class FakeController {
 public:
  static constexpr std::size_t kBlock = 512;

  FakeController() {
    At(Register::kCapabilities) = 0x0100'00ff;      // 256 entries, half a second
    At(Register::kCapabilities + 4) = 0x0000'0020;  // the NVM command set
    At(Register::kVersion) = 0x00010400;
    identify_controller[512] = std::byte{0x66};
    identify_controller[513] = std::byte{0x44};
    identify_controller[520] = std::byte{0x04};
    identify_controller[525] = std::byte{1};
    SetBlockCount(disk.size() / kBlock);
    identify_namespace[128 + 2] = std::byte{9};
  }

  void SetBlockCount(std::uint64_t count) {
    std::memcpy(identify_namespace.data(), &count, sizeof(count));
  }

  std::uint32_t& At(std::size_t offset) { return registers_[offset / 4]; }

  std::uint32_t Read(std::size_t offset) { return gone ? ~std::uint32_t{0} : At(offset); }

  void Write(std::size_t offset, std::uint32_t value) {
    if (offset == Register::kInterruptMaskSet) {
      interrupt_mask |= value;
    } else if (offset == Register::kInterruptMaskClear) {
      interrupt_mask &= ~value;
    } else if (offset == Register::kConfiguration) {
      At(offset) = value;
      Configure((value & Configuration::kEnable) != 0);
    } else if (offset >= Register::kDoorbells) {
      const std::size_t index = (offset - Register::kDoorbells) / stride;
      if (index % 2 == 0 && index / 2 < queues_.size()) {
        queues_[index / 2].tail = static_cast<std::uint16_t>(value);
        if (works) {
          Work();
        }
      }
    } else {
      At(offset) = value;
    }
  }

  /// Does all that was asked for.
  void Work() {
    for (Queue& queue : queues_) {
      while (queue.size != 0 && queue.head != queue.tail) {
        Command command;
        std::memcpy(&command, queue.submission + queue.head, sizeof(command));
        queue.head = static_cast<std::uint16_t>((queue.head + 1) % queue.size);
        const std::uint16_t status = Do(queue, command);
        if (answers) {
          Complete(queue, static_cast<std::uint16_t>(command.opcode_and_id >> 16), status);
        }
      }
    }
  }

  /// Writes a completion of the I/O queue, true or not.
  void Complete(std::uint16_t id, std::uint16_t status) { Complete(queues_[1], id, status); }
  void CompleteRaw(std::uint32_t queue_word, std::uint32_t id_and_status_without_phase) {
    Put(queues_[1], queue_word, id_and_status_without_phase);
  }
  bool has_io_queue() const { return queues_[1].size != 0; }

  std::vector<std::byte> disk = std::vector<std::byte>(1 << 20);
  std::array<std::byte, Identify::kSize> identify_controller = {};
  std::array<std::byte, Identify::kSize> identify_namespace = {};
  std::uint32_t active_namespace = 1;
  std::vector<Command> commands;  ///< all that were done
  /// What becomes of a command instead of being done: a status, or nothing.
  std::function<std::uint16_t(bool admin, const Command&)> interpose = {};
  std::function<void()> stopped = {};  ///< called when it is told to stop
  std::size_t stride = 4;
  std::uint32_t interrupt_mask = 0;
  bool becomes_ready = true;
  bool fails_at_start = false;
  bool gone = false;
  bool works = true;           ///< as soon as it is told
  bool answers = true;         ///< once it has done something
  std::uint16_t head_lie = 0;  ///< added to the queue head that it tells

 private:
  struct Queue {
    Command* submission = nullptr;
    Completion* completion = nullptr;
    std::uint16_t size = 0;
    std::uint16_t head = 0;
    std::uint16_t tail = 0;
    std::uint16_t completion_tail = 0;
    bool phase = true;
  };

  template <typename T>
  T* Pointer(std::size_t offset) {
    const std::uint64_t address = At(offset) | std::uint64_t{At(offset + 4)} << 32;
    return reinterpret_cast<T*>(address);
  }

  void Configure(bool enable) {
    queues_ = {};
    std::uint32_t status = 0;
    if (enable) {
      queues_[0].submission = Pointer<Command>(Register::kAdminSubmission);
      queues_[0].completion = Pointer<Completion>(Register::kAdminCompletion);
      queues_[0].size = static_cast<std::uint16_t>((At(Register::kAdminQueueSizes) & 0xfff) + 1);
      status = fails_at_start ? 2 : becomes_ready ? 1 : 0;
    }
    if (!enable && stopped) {
      stopped();
    }
    At(Register::kStatus) = status;
  }

  std::uint16_t Do(Queue& queue, const Command& command) {
    commands.push_back(command);
    const bool admin = &queue == &queues_[0];
    if (interpose) {
      if (const std::uint16_t status = interpose(admin, command); status != 0) {
        return status;
      }
    }
    return admin ? DoAdmin(command) : DoIo(command);
  }

  std::uint16_t DoAdmin(const Command& command) {
    auto* const data = reinterpret_cast<std::byte*>(command.data[0]);
    const auto size = static_cast<std::uint16_t>((command.words[0] >> 16) + 1);
    switch (command.opcode_and_id & 0xff) {
      case Admin::kIdentify:
        switch (command.words[0]) {
          case Identify::kNamespace:
            std::ranges::copy(identify_namespace, data);
            return 0;
          case Identify::kController:
            std::ranges::copy(identify_controller, data);
            return 0;
          default:
            std::memset(data, 0, Identify::kSize);
            std::memcpy(data, &active_namespace, sizeof(active_namespace));
            return 0;
        }
      case Admin::kCreateCompletionQueue:
        queues_[1].completion = reinterpret_cast<Completion*>(command.data[0]);
        return 0;
      case Admin::kCreateSubmissionQueue:
        queues_[1].submission = reinterpret_cast<Command*>(command.data[0]);
        queues_[1].size = size;
        return 0;
      case Admin::kSetFeatures:
        return 0;
      default:
        return 1;
    }
  }

  std::uint16_t DoIo(const Command& command) {
    const std::uint8_t opcode = command.opcode_and_id & 0xff;
    if (opcode == Io::kFlush) {
      return 0;
    }
    if (opcode == Io::kDatasetManagement) {
      const auto* const range = reinterpret_cast<const Range*>(command.data[0]);
      std::ranges::fill(
          std::span(disk).subspan(range->first_block * kBlock, range->block_count * kBlock),
          std::byte{0});
      return 0;
    }
    const std::uint64_t first = command.words[0] | std::uint64_t{command.words[1]} << 32;
    std::span<std::byte> place =
        std::span(disk).subspan(first * kBlock, ((command.words[2] & 0xffff) + 1) * kBlock);
    std::uint64_t address = command.data[0];
    const auto* list = reinterpret_cast<const std::uint64_t*>(command.data[1]);
    std::size_t room = 4096 - address % 4096;
    const bool in_command = place.size() <= room + 4096;
    while (!place.empty()) {
      const std::size_t part = std::min(room, place.size());
      auto* const memory = reinterpret_cast<std::byte*>(address);
      if (opcode == Io::kRead) {
        std::memcpy(memory, place.data(), part);
      } else {
        std::memcpy(place.data(), memory, part);
      }
      place = place.subspan(part);
      if (!place.empty()) {
        address = in_command ? command.data[1] : *list++;
        room = 4096;
      }
    }
    return 0;
  }

  void Complete(Queue& queue, std::uint16_t id, std::uint16_t status) {
    const auto number = static_cast<std::uint32_t>(&queue - queues_.data());
    Put(queue, number << 16 | static_cast<std::uint16_t>(queue.head + head_lie),
        std::uint32_t{status} << 17 | id);
  }

  static void Put(Queue& queue, std::uint32_t queue_word, std::uint32_t id_and_status) {
    if (queue.size == 0) {
      return;
    }
    queue.completion[queue.completion_tail] = {
        .queue = queue_word,
        .id_and_status =
            (id_and_status & ~std::uint32_t{1 << 16}) | (queue.phase ? std::uint32_t{1} << 16 : 0)};
    if (++queue.completion_tail == queue.size) {
      queue.completion_tail = 0;
      queue.phase = !queue.phase;
    }
  }

  std::array<std::uint32_t, 0x400> registers_ = {};
  std::array<Queue, 2> queues_ = {};
};

/// The way to its registers.
class FakeControllerBus {
 public:
  explicit FakeControllerBus(FakeController& controller) : controller_(&controller) {}

  std::uint32_t Read32(std::size_t offset) { return controller_->Read(offset); }
  void Write32(std::size_t offset, std::uint32_t value) { controller_->Write(offset, value); }
  // The driver uses no other width.
  std::uint8_t Read8(std::size_t offset) { return static_cast<std::uint8_t>(Read32(offset)); }
  std::uint16_t Read16(std::size_t offset) { return static_cast<std::uint16_t>(Read32(offset)); }
  void Write8(std::size_t offset, std::uint8_t value) { Write32(offset, value); }
  void Write16(std::size_t offset, std::uint16_t value) { Write32(offset, value); }

 private:
  FakeController* controller_;
};
static_assert(io::Bus<FakeControllerBus>);

}  // namespace ashlar::nvme
