// Runs a fuzz target without libFuzzer: on each file it is given, and each file of the folders it
// is given, then on a fixed number of mutations of them.
//
// The build's own files are there where `bazel run` starts it; what a person names is where that
// was typed.
//
// The mutations come from a fixed seed, so that a failure repeats; the input that fails is printed
// as the program dies: where it comes from, and its bytes.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The sanitizers' runtime has it; without one it is null.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

constexpr int kMutationsPerInput = 2000;

using Input = std::vector<std::uint8_t>;

struct Seed {
  std::string name;
  Input input;
};

// What the target is at, for who prints it when it dies.
struct {
  const std::string* name = nullptr;
  int mutation = 0;  // zero: the seed itself
  const Input* input = nullptr;
} current;

void Run(const std::string& name, int mutation, const Input& input) {
  // An exact-size copy, so that a sanitizer sees a read past the end.
  const Input exact(input.begin(), input.end());
  current = {.name = &name, .mutation = mutation, .input = &exact};
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  current = {};
}

// The three that follow may run in a signal handler: no memory, no stdio.

void Print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void PrintNumber(std::size_t number) {
  char digits[20];
  char* at = std::end(digits);
  do {
    *--at = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  Print({at, std::end(digits)});
}

void PrintCurrent() {
  if (current.input == nullptr) {
    return;
  }
  Print("fuzz_driver: it died on ");
  if (current.mutation != 0) {
    Print("mutation ");
    PrintNumber(static_cast<std::size_t>(current.mutation));
    Print(" of ");
  }
  Print(*current.name);
  Print(", bytes: ");
  PrintNumber(current.input->size());
  Print("\n");
  for (const std::uint8_t byte : *current.input) {
    constexpr char kDigits[] = "0123456789abcdef";
    const char digits[] = {kDigits[byte >> 4], kDigits[byte & 15]};
    Print({digits, 2});
  }
  Print("\n");
  current = {};  // once is enough
}

// The handler is gone when it runs (SA_RESETHAND): the signal ends the program with its own status.
void OnSignal(int signal) {
  PrintCurrent();
  (void)std::raise(signal);
}

void WatchForDeath() {
  struct sigaction action = {};
  action.sa_handler = &OnSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  const bool sanitized = __sanitizer_set_death_callback != nullptr;
  if (sanitized) {
    __sanitizer_set_death_callback(&PrintCurrent);
  }
  for (const int signal : {SIGABRT, SIGILL, SIGTRAP}) {
    sigaction(signal, &action, nullptr);
  }
  if (!sanitized) {  // these a sanitizer reports itself
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE}) {
      sigaction(signal, &action, nullptr);
    }
  }
}

// The bytes of a file; nothing if it cannot be read.
std::optional<Input> Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::nullopt;
  }
  return Input(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// What `argument` names here, or else where `bazel run` was typed.
std::filesystem::path Find(const std::filesystem::path& argument) {
  const char* const asked = std::getenv("BUILD_WORKING_DIRECTORY");
  return asked == nullptr || std::filesystem::exists(argument) ? argument : asked / argument;
}

// The files that `argument` names, those of a folder in the order of their names.
std::vector<std::filesystem::path> FilesOf(const std::filesystem::path& argument) {
  if (!std::filesystem::is_directory(argument)) {
    return {argument};
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argument)) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

Input Mutate(Input input, const std::vector<Seed>& corpus, std::mt19937& random) {
  const auto below = [&](std::size_t n) {
    return n == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  for (std::size_t changes = 1 + below(8); changes > 0; --changes) {
    const std::size_t at = below(input.size() + 1);
    switch (below(6)) {
      case 0:
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at),
                     static_cast<std::uint8_t>(below(256)));
        break;
      case 1:
        input.resize(at);
        break;
      case 2: {
        const Input& other = corpus[below(corpus.size())].input;
        const std::size_t from = below(other.size());
        input.insert(
            input.begin() + static_cast<std::ptrdiff_t>(at),
            other.begin() + static_cast<std::ptrdiff_t>(from),
            other.begin() + static_cast<std::ptrdiff_t>(from + below(other.size() - from + 1)));
        break;
      }
      default:
        if (at < input.size()) {
          static constexpr std::uint8_t kEdges[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
          input[at] = below(2) ? kEdges[below(5)] : static_cast<std::uint8_t>(below(256));
        }
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Seed> corpus = {{"the empty input", {}}};
  for (int i = 1; i < argc; ++i) {
    for (const std::filesystem::path& path : FilesOf(Find(argv[i]))) {
      std::optional<Input> input = Read(path);
      if (!input) {
        std::fprintf(stderr, "fuzz_driver: cannot read %s\n", path.c_str());
        return 2;
      }
      corpus.push_back({path.string(), *std::move(input)});
    }
  }
  WatchForDeath();
  for (const Seed& seed : corpus) {
    Run(seed.name, 0, seed.input);
  }
  std::mt19937 random(20250101);
  for (const Seed& seed : corpus) {
    for (int i = 1; i <= kMutationsPerInput; ++i) {
      Run(seed.name, i, Mutate(seed.input, corpus, random));
    }
  }
  std::printf("%zu inputs and their mutations\n", corpus.size());
}
