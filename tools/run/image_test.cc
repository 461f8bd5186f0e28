// Images made by hand, whole, cut short, for another backend, too large.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/image.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace ashlar::run {
namespace {

// An ELF file of headers, one loadable segment up to `end`, and a note.
std::string MakeImage(std::uint64_t end, std::uint32_t note_type,
                      std::string_view note_name = "Xen", std::uint16_t machine = EM_X86_64) {
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_machine = machine;
  header.e_phoff = sizeof(header);
  header.e_phnum = 2;
  Elf64_Phdr load = {};
  load.p_type = PT_LOAD;
  load.p_paddr = 0x100000;
  load.p_memsz = end - load.p_paddr;
  Elf64_Phdr note = {};
  note.p_type = PT_NOTE;
  note.p_offset = sizeof(header) + 2 * sizeof(load);
  note.p_filesz = sizeof(Elf64_Nhdr) + 8;
  const Elf64_Nhdr note_header = {.n_namesz = 4, .n_descsz = 4, .n_type = note_type};
  std::string bytes(note.p_offset + note.p_filesz, '\0');
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + sizeof(header), &load, sizeof(load));
  std::memcpy(bytes.data() + sizeof(header) + sizeof(load), &note, sizeof(note));
  std::memcpy(bytes.data() + note.p_offset, &note_header, sizeof(note_header));
  std::memcpy(bytes.data() + note.p_offset + sizeof(note_header), note_name.data(),
              note_name.size());
  return bytes;
}

std::expected<ImageFacts, Complaint> Read(const std::string& bytes) {
  return ReadImage(std::as_bytes(std::span(bytes)), "hello");
}

Options For(std::string backend, std::uint64_t memory) {
  Options options;
  options.backend = std::move(backend);
  options.image = "hello";
  options.memory_bytes = memory;
  return options;
}

TEST(ImageTest, FindsThePvhNoteAndTheEnd) {
  const auto facts = Read(MakeImage(0x180000, 18));
  ASSERT_TRUE(facts.has_value()) << facts.error();
  EXPECT_TRUE(facts->pvh);
  EXPECT_EQ(facts->memory_end, 0x180000u);
  EXPECT_FALSE(Read(MakeImage(0x180000, 17))->pvh);
  EXPECT_FALSE(Read(MakeImage(0x180000, 18, "GNU"))->pvh);
}

TEST(ImageTest, TheCpuIsKnown) {
  EXPECT_FALSE(Read(MakeImage(0x180000, 18))->aarch64);
  const auto other = Read(MakeImage(0x180000, 17, "GNU", EM_AARCH64));
  ASSERT_TRUE(other.has_value()) << other.error();
  EXPECT_TRUE(other->aarch64);
  // It needs no PVH note: VMMs there load it as they load Linux.
  Options options = For("kvm", 64 << 20);
  EXPECT_EQ(CheckImage(*other, options).error(),
            "hello is for AArch64, which --machine=pc does not have");
  options.machine = ChooseMachine(*other);
  EXPECT_TRUE(CheckImage(*other, options).has_value());
  options.accelerator = Accelerator::kKvm;
  EXPECT_TRUE(CheckImage(*other, options).error().contains("leave it out"));
  EXPECT_FALSE(Read(MakeImage(0x180000, 17, "GNU", EM_386)).has_value());
}

TEST(ImageTest, WhatIsNoImageIsSaid) {
  EXPECT_TRUE(Read("").error().contains("hello is no image"));
  EXPECT_TRUE(Read("#!/bin/sh\n").error().contains("hello is no image"));
  const std::string whole = MakeImage(0x180000, 18);
  for (std::size_t size = sizeof(Elf64_Ehdr); size < whole.size(); ++size) {
    EXPECT_TRUE(Read(whole.substr(0, size)).error().contains("cut short")) << size;
  }
}

TEST(ImageTest, AnImageForAnotherBackendIsSaid) {
  const ImageFacts machine = {.pvh = true, .memory_end = 0x180000};
  const ImageFacts process = {.pvh = false, .memory_end = 0x480000};
  EXPECT_TRUE(CheckImage(machine, For("kvm", 2 << 20)).has_value());
  EXPECT_TRUE(CheckImage(process, For("linuxu", 2 << 20)).has_value());
  EXPECT_TRUE(CheckImage(process, For("kvm", 64 << 20)).error().contains("another backend"));
  EXPECT_TRUE(
      CheckImage(machine, For("linuxu", 64 << 20)).error().contains("for a virtual machine"));
}

TEST(ImageTest, TooLittleMemoryIsSaid) {
  const ImageFacts facts = {.pvh = true, .memory_end = 0x280000};
  EXPECT_EQ(CheckImage(facts, For("kvm", 2 << 20)).error(),
            "hello reaches up to 2560 KiB and the machine has 2048 KiB: give it --memory=3");
  // Memory begins at 1 GiB there.
  const ImageFacts other = {.aarch64 = true, .memory_end = 0x4028'0000};
  Options options = For("kvm", 2 << 20);
  options.machine = "virt";
  EXPECT_EQ(CheckImage(other, options).error(),
            "hello reaches up to 2560 KiB and the machine has 2048 KiB: give it --memory=3");
  options.memory_bytes = 3 << 20;
  EXPECT_TRUE(CheckImage(other, options).has_value());
}

}  // namespace
}  // namespace ashlar::run
