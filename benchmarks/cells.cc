// Boots images by their launchers, which know each backend's machine.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/cells.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "benchmarks/guest.h"
#include "benchmarks/process.h"
#include "benchmarks/search.h"
#include "benchmarks/symbols.h"

namespace benchmarks {
namespace {

using std::chrono::seconds;

enum class Kind {
  kMachine,
  kBoard,  // its memory is what it is
  kProcess_x86_64,
  kProcess_aarch64,
};

// A way to run an image. `entry` is where its first instruction of ours is.
struct Place {
  std::string_view name;    // as in "xen PV"
  std::string_view image;   // what follows the application's folder
  std::string_view suffix;  // of the image's file
  std::string_view machine;
  std::string_view entry;
  Kind kind;
  int most_kib;                // certainly enough
  std::string_view peer_size;  // of its hello
};

constexpr std::string_view kPeerXen = "108,464 to 160,256";

constexpr Place kPlaces[] = {
    {"kvm, pc", "kvm_image", "", "pc", "ashlar_pvh_entry", Kind::kMachine, 8192, ""},
    {"xen, PV", "xen_image", "", "pv", "ashlar_xen_pv_entry", Kind::kMachine, 16384, kPeerXen},
    {"xen, PVH", "xen_image", "", "pvh", "ashlar_xen_pvh_entry", Kind::kMachine, 16384, ""},
    {"bare_metal, BIOS", "bare_metal_image", ".iso", "pc", "ashlar_multiboot2_entry",
     Kind::kMachine, 65536, ""},
    {"linuxu", "linuxu_image", "", "", "", Kind::kProcess_x86_64, 8192, ""},
    {"AArch64, kvm, virt", "kvm_aarch64_image", "", "virt,gic-version=3", "ashlar_arm_entry",
     Kind::kMachine, 8192, ""},
    {"AArch64, bare_metal, raspi3b", "bare_metal_aarch64_image", ".img", "", "ashlar_arm_entry",
     Kind::kBoard, 0, ""},
    {"AArch64, linuxu", "linuxu_aarch64_image", "", "", "", Kind::kProcess_aarch64, 8192, ""},
};

// A process that asks for none needs less than this.
constexpr int kLeastTriedKib = 16;

struct Application {
  std::string_view name;
  std::string_view folder;
  std::string_view text;  // on its console, once it does its work
  bool ends;              // by itself
  bool has_network;
};

// What some of the figures are held against.
struct Goal {
  std::string_view name;
  std::string_view budget;
  double budget_limit;
  std::string_view prototype;
  std::string_view peer;
};

constexpr Goal kGoals[] = {
    {"hello, kvm, pc, image", "8 KiB", 8192, "4,744", "143,672 to 242,440"},
    {"hello, kvm, pc, entry to main", "1,500", 1500, "1,190", "59,915 and a 100 ms wait"},
    {"hello, kvm, pc, smallest memory", "1.5 MiB", 1536, "1,424", "2 MiB"},
    {"hello, linuxu, image", "4 KiB", 4096, "960", "42 KB"},
};

Row WithGoal(Row row) {
  for (const Goal& goal : kGoals) {
    if (goal.name == row.name) {
      row.budget = goal.budget;
      row.budget_limit = goal.budget_limit;
      row.prototype = goal.prototype;
      row.peer = goal.peer;
    }
  }
  return row;
}

constexpr Application kApplications[] = {
    {"hello", "apps/hello", "Hello from", true, false},
    {"httpd", "apps/httpd", "serving on port", false, true},
};

class Cell {
 public:
  Cell(const CellFiles& files, const Application& application, const Place& place)
      : files_(files),
        application_(application),
        place_(place),
        image_(std::format("{}/{}", application.folder, place.image)) {}

  bool exists() const { return std::filesystem::exists(image_ + ".run"); }

  std::optional<double> Size() const {
    std::error_code error;
    const auto size = std::filesystem::file_size(image_ + std::string(place_.suffix), error);
    return error ? std::nullopt : std::optional(static_cast<double>(size));
  }

  std::optional<double> EntryToMain() const {
    const auto entry = AddressOf(image_ + ".elf", place_.entry);
    const auto main = AddressOf(image_ + ".elf", "main");
    if (!entry || !main) {
      return std::nullopt;
    }
    Counters counters;
    const std::uint64_t marks[] = {*entry, *main};
    Words words;
    if (place_.kind == Kind::kMachine || place_.kind == Kind::kBoard) {
      words = Launch(place_.most_kib);
      // A board's other CPUs only wait.
      const std::string plugin =
          files_.plugin + (place_.kind == Kind::kBoard ? ",first_cpu=on" : "");
      for (const std::string& word : counters.Arguments(plugin, marks)) {
        words.push_back("--qemu-arg=" + word);
      }
    } else {
      words =
          Words{place_.kind == Kind::kProcess_x86_64 ? files_.qemu_x86_64 : files_.qemu_aarch64} +
          counters.Arguments(files_.plugin, marks) + Words{image_};
    }
    Process guest(words);
    if (!guest.WaitForText(application_.text, seconds(60)) || counters.mark(1) == 0) {
      return std::nullopt;
    }
    return static_cast<double>(counters.mark(1) - counters.mark(0));
  }

  std::optional<double> Memory() const {
    return SmallestMemory(kLeastTriedKib, place_.most_kib, [this](int kib) {
      Process guest(Launch(kib));
      return guest.WaitForText(application_.text, seconds(20)) &&
             (!application_.ends || guest.WaitForExit(seconds(5)) == 0);
    });
  }

 private:
  Words Launch(int kib) const {
    Words words = {image_ + ".run", "--accel=tcg"};
    if (place_.kind != Kind::kBoard) {
      words.push_back(std::format("--memory={}K", kib));
    }
    if (!place_.machine.empty()) {
      words.push_back(std::format("--machine={}", place_.machine));
    }
    // Xen's initial domain, as which images run here, has no device; httpd serves itself.
    if (application_.has_network && place_.name.starts_with("xen")) {
      words.push_back("--network=no");
    }
    return words;
  }

  const CellFiles& files_;
  const Application& application_;
  const Place& place_;
  std::string image_;
};

}  // namespace

void MeasureCells(const CellFiles& files, const std::function<void(Row)>& add_row) {
  const auto add = [&](Row row) { add_row(WithGoal(std::move(row))); };
  // Launchers look for their files there.
  const std::string runfiles = std::filesystem::current_path().parent_path().string();
  setenv("RUNFILES_DIR", runfiles.c_str(), /*overwrite=*/1);
  for (const Application& application : kApplications) {
    for (const Place& place : kPlaces) {
      const Cell cell(files, application, place);
      if (!cell.exists()) {
        continue;
      }
      const std::string name = std::format("{}, {}", application.name, place.name);
      add({.name = name + ", image",
           .unit = "B",
           .value = cell.Size(),
           .peer = std::string(application.ends ? place.peer_size : "")});
      add({.name = name + ", entry to main", .unit = "instructions", .value = cell.EntryToMain()});
      const auto memory = place.kind == Kind::kBoard ? std::nullopt : cell.Memory();
      add({.name = name + ", smallest memory",
           .unit = "KiB",
           .value = memory,
           .note = place.kind == Kind::kBoard ? "the board has the memory it has" : "",
           .at_most = memory == kLeastTriedKib});
    }
  }
}

}  // namespace benchmarks
