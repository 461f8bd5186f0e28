// Links a guest with ld.lld: takes a compiler driver's words, too, and says what a failed link
// means.
//
// link_guest --ld=PROGRAM ARGUMENT... ; an argument @FILE stands for the lines of FILE.
// Libraries in the wild carry linkopts for a driver: -Wl,a,b is taken apart; -pthread, -lm and
// their like name what is in the image anyway, and are dropped. ld.lld's own report is passed on;
// what it means for the image's BUILD file comes last, in a sentence.
// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <format>
#include <fstream>
#include <iostream>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view kDropped[] = {
    "-pthread", "-lpthread", "-lm",    "-lrt",      "-ldl",         "-lc",
    "-lstdc++", "-lc++",     "-lutil", "-rdynamic", "-fuse-ld=lld",
};

void AddTranslated(std::string_view word, std::vector<std::string>& out) {
  if (word.starts_with("-Wl,")) {
    for (std::string_view rest = word.substr(4); !rest.empty();) {
      const std::size_t comma = rest.find(',');
      out.emplace_back(rest.substr(0, comma));
      rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
    }
    return;
  }
  for (std::string_view dropped : kDropped) {
    if (word == dropped) {
      return;
    }
  }
  out.emplace_back(word);
}

/// The words of a response file, one a line; quotes of a shell around a word are taken off.
bool AddFile(const char* path, std::vector<std::string>& out) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.size() >= 2 && (line.front() == '\'' || line.front() == '"') &&
        line.back() == line.front()) {
      line = line.substr(1, line.size() - 2);
    }
    if (!line.empty()) {
      AddTranslated(line, out);
    }
  }
  return file.eof();
}

// What //libs/posix/sockets defines.
constexpr std::string_view kSocketCalls[] = {
    "accept",       "accept4",     "bind",        "connect",     "freeaddrinfo",
    "gai_strerror", "getaddrinfo", "getnameinfo", "getpeername", "getsockname",
    "getsockopt",   "htonl",       "htons",       "in6addr_any", "in6addr_loopback",
    "inet_addr",    "inet_aton",   "inet_ntoa",   "inet_ntop",   "inet_pton",
    "listen",       "ntohl",       "ntohs",       "recv",        "recvfrom",
    "recvmsg",      "send",        "sendmsg",     "sendto",      "setsockopt",
    "shutdown",     "socket",      "socketpair",
};

struct Explanation {
  std::span<const std::string_view> symbols;
  std::string_view meaning;
};

constexpr std::string_view kMain[] = {"main"};
constexpr std::string_view kFork[] = {"fork", "vfork"};
constexpr std::string_view kExec[] = {"execl",  "execle", "execlp",  "execv",
                                      "execve", "execvp", "execvpe", "fexecve"};

// What an undefined symbol means for whoever wrote the BUILD file.
constexpr Explanation kExplanations[] = {
    {kMain, "the application has no main(): give unikernel_image an app whose sources define it"},
    {kSocketCalls,
     "sockets need the network: add //libs/posix/sockets to the app's deps, or to the image's"},
    {kFork, "fork() can't work: an image has one address space; use threads"},
    {kExec, "exec*() can't work: an image is one program"},
};

void Explain(const std::string& report) {
  std::set<std::string> said;
  const auto say = [&](const std::string& sentence) {
    if (said.insert(sentence).second) {
      std::cerr << "unikernel_image: " << sentence << "\n";
    }
  };
  constexpr std::string_view kUndefined = "undefined symbol: ";
  constexpr std::string_view kDuplicate = "duplicate symbol: ";
  bool other = false;
  for (std::size_t at = 0; (at = report.find(kUndefined, at)) != report.npos;) {
    at += kUndefined.size();
    const std::string symbol = report.substr(at, report.find('\n', at) - at);
    bool known = false;
    for (const Explanation& explanation : kExplanations) {
      if (std::ranges::contains(explanation.symbols, symbol)) {
        say(std::string(explanation.meaning));
        known = true;
      }
    }
    other |= !known;
  }
  for (std::size_t at = 0; (at = report.find(kDuplicate, at)) != report.npos;) {
    at += kDuplicate.size();
    const std::string symbol = report.substr(at, report.find('\n', at) - at);
    if (symbol == "main") {
      say("the application has two main()s: leave one of the objects named above out of its "
          "closure");
    } else {
      say(std::format(
          "{} is defined twice: two backends of one facade, or a library reached in two ways",
          symbol));
    }
  }
  if (other) {
    say("nothing in the image's closure defines the symbols above: add the library that does to "
        "the app's deps, or to the "
        "image's");
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string linker;
  std::vector<std::string> words = {"ld.lld"};
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with("@")) {
      if (!AddFile(argv[i] + 1, words)) {
        std::cerr << "link_guest: cannot read " << argv[i] + 1 << "\n";
        return 1;
      }
    } else {
      AddTranslated(word, words);
    }
  }
  std::erase_if(words, [&](const std::string& word) {
    const bool names_linker = word.starts_with("--ld=");
    if (names_linker) {
      linker = word.substr(5);
    }
    return names_linker;
  });
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);

  std::array<int, 2> errors;
  if (linker.empty() || pipe(errors.data()) != 0) {
    std::cerr << "link_guest: --ld=PROGRAM is missing, or no pipe can be made\n";
    return 1;
  }
  const pid_t child = fork();
  if (child == 0) {
    dup2(errors[1], STDERR_FILENO);
    close(errors[0]);
    close(errors[1]);
    execv(linker.c_str(), arguments.data());
    std::fprintf(stderr, "link_guest: cannot run %s: %s\n", linker.c_str(), std::strerror(errno));
    _exit(1);
  }
  close(errors[1]);
  std::string report;
  std::array<char, 4096> buffer;
  for (ssize_t size; (size = read(errors[0], buffer.data(), buffer.size())) > 0;) {
    report.append(buffer.data(), static_cast<std::size_t>(size));
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    std::cerr << "link_guest: ld.lld could not be started\n";
    return 1;
  }
  std::cerr << report;
  const bool failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  if (failed) {
    Explain(report);
  }
  return failed ? 1 : 0;
}
