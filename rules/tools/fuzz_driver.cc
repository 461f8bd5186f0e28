// Runs a fuzz target without libFuzzer: on each file it is given, then on a fixed number of
// mutations of them.
//
// The mutations come from a fixed seed, so that a failure repeats; the input that fails is printed
// before the program dies.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutationsPerInput = 2000;
constexpr int kMutationsOfNothing = 2000;

using Input = std::vector<std::uint8_t>;

void Run(const Input& input) {
  // An exact-size copy, so that a sanitizer sees a read past the end.
  const Input exact(input);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

Input Mutate(Input input, const std::vector<Input>& corpus, std::mt19937& random) {
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
        const Input& other = corpus[below(corpus.size())];
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
  std::vector<Input> corpus = {{}};
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "fuzz_driver: cannot read %s\n", argv[i]);
      return 2;
    }
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  for (const Input& input : corpus) {
    Run(input);
  }
  std::mt19937 random(20250101);
  for (const Input& input : corpus) {
    for (int i = 0; i < (input.empty() ? kMutationsOfNothing : kMutationsPerInput); ++i) {
      Run(Mutate(input, corpus, random));
    }
  }
  std::printf("%zu inputs and their mutations\n", corpus.size());
}
