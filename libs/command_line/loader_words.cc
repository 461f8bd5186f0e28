// Words from the text that the machine's loader passed.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "libs/base/check.h"
#include "libs/command_line/command_line.h"
#include "libs/command_line/loader_text.h"
#include "libs/command_line/words.h"

namespace ashlar::command_line {
namespace {

constexpr std::size_t kMaxText = 4096;

struct State {
  char text[kMaxText];
  char* pointers[kMaxWords + 2];
  std::size_t size;  // pointers in use, the name's slot included; zero before the first call
};
constinit State g_state = {};

char g_name[] = "image";

void Fill(State& state) {
  const std::string_view given = LoaderText();
  state.pointers[0] = g_name;
  state.size = 1;
  if (given.empty()) {
    return;
  }
  if (given.size() >= kMaxText) {
    Panic("the command line has 4096 bytes or more: shorten it");
  }
  std::ranges::copy(given, state.text);
  const Result<std::size_t> count = Split(std::span(state.text, given.size() + 1),
                                          std::span(state.pointers).subspan(1, kMaxWords));
  if (!count) {
    Panic(count.error() == Error::kNoSpace ? "the command line has more than 64 words: shorten it"
                                           : "a quote in the command line is not closed");
  }
  state.size = 1 + *count;
}

}  // namespace

std::span<char*> NameAndWords() {
  if (g_state.size == 0) {
    Fill(g_state);
  }
  return std::span(g_state.pointers, g_state.size);
}

}  // namespace ashlar::command_line
