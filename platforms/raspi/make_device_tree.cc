// Writes the least that a Raspberry Pi's firmware says of the board, for an emulator, which brings
// no firmware and fills in the memory and the command line.
//
// Usage: make_device_tree OUTPUT
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>
#include <fstream>
#include <iostream>

#include "libfdt.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "make_device_tree: which file shall it be?\n";
    return 1;
  }
  std::array<char, 1024> tree = {};
  void* const fdt = tree.data();
  const fdt32_t memory[] = {cpu_to_fdt32(0), cpu_to_fdt32(0)};
  bool good = true;
  const auto call = [&good](int error) { good = good && error == 0; };
  call(fdt_create(fdt, tree.size()));
  // The other cores wait there.
  call(fdt_add_reservemap_entry(fdt, 0, 0x1000));
  call(fdt_finish_reservemap(fdt));
  call(fdt_begin_node(fdt, ""));
  call(fdt_property_string(fdt, "compatible", "raspberrypi,3-model-b"));
  call(fdt_property_u32(fdt, "#address-cells", 1));
  call(fdt_property_u32(fdt, "#size-cells", 1));
  call(fdt_begin_node(fdt, "memory@0"));
  call(fdt_property_string(fdt, "device_type", "memory"));
  call(fdt_property(fdt, "reg", memory, sizeof memory));
  call(fdt_end_node(fdt));
  call(fdt_begin_node(fdt, "chosen"));
  call(fdt_end_node(fdt));
  call(fdt_end_node(fdt));
  call(fdt_finish(fdt));
  std::ofstream file(argv[1], std::ios::binary);
  file.write(tree.data(), fdt_totalsize(fdt));
  if (!good || !file.flush()) {
    std::cerr << "make_device_tree: cannot write " << argv[1] << "\n";
    return 1;
  }
}
