// Options of the form --name=value, read strictly: a benchmark that misreads what it is to measure
// gives figures of something else.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace benchmarks {

/// What a program may be told. Each flag keeps the value it has until the command line gives one;
/// what it is read into must outlive Parse().
class Flags {
 public:
  /// A file or what else takes any text. Only those of the BUILD file are not `for_people`.
  void AddText(std::string_view name, std::string& value, bool for_people = true);
  /// A number from 1 to `most`.
  void AddNumber(std::string_view name, std::uint64_t& value, std::uint64_t most = 1'000'000'000);
  void AddChoice(std::string_view name, std::string& value, std::vector<std::string_view> choices);
  /// An amount of memory with its unit, as QEMU and linuxu read it: 4M.
  void AddMemory(std::string_view name, std::string& value);

  /// Reads the words behind the program's name, or says in a sentence which of them is mistaken.
  std::expected<void, std::string> Parse(std::span<char* const> words) const;

 private:
  struct Flag {
    std::string_view name;
    bool for_people;
    std::string wanted;
    std::function<bool(std::string_view)> set;  ///< false: that is no value for it
  };

  std::vector<Flag> flags_;
};

}  // namespace benchmarks
