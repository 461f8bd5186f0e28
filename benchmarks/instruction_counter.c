// A QEMU plugin that counts executed guest instructions, live, and notes the count at chosen
// addresses.
//
// -plugin libinstruction_counter.so[,first_cpu=on],out=FILE,mark=ADDRESS,mark=ADDRESS...
// FILE holds 64-bit counters, mapped and shared: [0] all instructions so far, [1+i] what [0] was
// when the i-th address last ran, zero until then: the last, since firmware and boot loaders may
// have had code of their own there. A REP-prefixed instruction counts once an iteration, as TCG
// runs it. With first_cpu=on the other CPUs do not count, and counting costs a call an instruction.
// [QEMU plugins: docs/devel/tcg-plugins, API version 1]
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "include/qemu/qemu-plugin.h"

enum { kMostMarks = 8 };

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint64_t* counters;
static uint64_t marks[kMostMarks];
static unsigned mark_count;
static bool first_cpu;

static void NoteMark(unsigned int cpu, void* data) {
  uint64_t* const noted = data;
  if (cpu == 0 || !first_cpu) {
    *noted = counters[0];
  }
}

static void CountFirst(unsigned int cpu, void* data) {
  if (cpu == 0) {
    ++counters[0];
  }
}

static void Translate(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
  const size_t count = qemu_plugin_tb_n_insns(block);
  for (size_t i = 0; i < count; ++i) {
    struct qemu_plugin_insn* const instruction = qemu_plugin_tb_get_insn(block, i);
    if (first_cpu) {
      qemu_plugin_register_vcpu_insn_exec_cb(instruction, CountFirst, QEMU_PLUGIN_CB_NO_REGS, NULL);
    } else {
      qemu_plugin_register_vcpu_insn_exec_inline(instruction, QEMU_PLUGIN_INLINE_ADD_U64, counters,
                                                 1);
    }
    const uint64_t address = qemu_plugin_insn_vaddr(instruction);
    for (unsigned mark = 0; mark < mark_count; ++mark) {
      if (address == marks[mark]) {
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, NoteMark, QEMU_PLUGIN_CB_NO_REGS,
                                               &counters[1 + mark]);
      }
    }
  }
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc,
                                           char** argv) {
  const char* path = NULL;
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "out=", 4) == 0) {
      path = argv[i] + 4;
    } else if (strcmp(argv[i], "first_cpu=on") == 0) {
      first_cpu = true;
    } else if (strncmp(argv[i], "mark=", 5) == 0 && mark_count < kMostMarks) {
      marks[mark_count++] = strtoull(argv[i] + 5, NULL, 0);
    } else {
      fprintf(stderr, "instruction_counter: what is %s?\n", argv[i]);
      return -1;
    }
  }
  const int file = path ? open(path, O_RDWR | O_CREAT, 0644) : -1;
  const size_t size = (1 + kMostMarks) * sizeof(uint64_t);
  if (file < 0 || ftruncate(file, (off_t)size) != 0) {
    fprintf(stderr, "instruction_counter: out=FILE must name a file that can be written\n");
    return -1;
  }
  counters = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (counters == MAP_FAILED) {
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, Translate);
  return 0;
}
