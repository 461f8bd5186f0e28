// Starting and stopping a server.
// SPDX-License-Identifier: Apache-2.0
#include "tests/http/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/http/client.h"

namespace ashlar::http_test {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

[[noreturn]] void GiveUp(const std::string& why, const std::string& output) {
  std::fprintf(stderr, "%s. It printed:\n%s\n", why.c_str(), output.c_str());
  std::exit(1);
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& words) {
  std::vector<std::string> command = {Environment("HTTP_SERVER")};
  if (command[0].empty()) {
    GiveUp("HTTP_SERVER is not set: it names the server to test", "");
  }
  std::istringstream more(Environment("HTTP_SERVER_WORDS"));
  for (std::string word; more >> word;) {
    command.push_back(word);
  }
  command.insert(command.end(), words.begin(), words.end());

  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) {
    GiveUp("no pipe", "");
  }
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0);
    dup2(pipe_fds[1], STDOUT_FILENO);
    dup2(pipe_fds[1], STDERR_FILENO);
    std::vector<char*> arguments;
    for (std::string& word : command) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    std::perror(arguments[0]);
    _exit(127);
  }
  close(pipe_fds[1]);
  output_fd_ = pipe_fds[0];
  fcntl(output_fd_, F_SETFL, O_NONBLOCK);

  // An image says when it has its address. What QEMU's user network brings earlier is lost, and
  // comes again only after six seconds.
  const bool says_address =
      !Environment("HTTP_SERVER_IS_IMAGE").empty() && Environment("HTTP_SERVER_ADDRESS").empty();
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (std::chrono::steady_clock::now() < give_up) {
    if (!Runs()) {
      GiveUp("the server ended at once", Output());
    }
    if (FindAddress() && (!says_address || Output().contains("net: address"))) {
      // A forwarded port is open before the guest listens: only an answer counts.
      Client client(*this);
      client.Send("HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      if (client.ReceiveAll().starts_with("HTTP/1.1 200")) {
        return;
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  GiveUp("the server did not answer within two minutes", Output());
}

ServerProcess::~ServerProcess() {
  if (Runs()) {
    kill(pid_, SIGTERM);
    for (int i = 0; i < 250 && Runs(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (Runs()) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  close(output_fd_);
}

bool ServerProcess::Runs() {
  if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) {
    pid_ = -1;
  }
  return pid_ > 0;
}

std::string ServerProcess::Output() {
  char buffer[4096];
  for (ssize_t size; (size = read(output_fd_, buffer, sizeof buffer)) > 0;) {
    output_.append(buffer, static_cast<std::size_t>(size));
  }
  return output_;
}

bool ServerProcess::FindAddress() {
  const std::string output = Output();
  std::smatch found;
  if (const std::string given = Environment("HTTP_SERVER_ADDRESS"); !given.empty()) {
    address_ = given;
    port_ = 80;
  } else if (std::regex_search(output, found, std::regex(R"(http://([0-9.]+):([0-9]+))"))) {
    address_ = found[1];
    port_ = static_cast<std::uint16_t>(std::stoi(found[2]));
  } else if (std::regex_search(output, found, std::regex(R"(http://([0-9.]+)/)"))) {
    address_ = found[1];
    port_ = 80;
  } else if (Environment("HTTP_SERVER_IS_IMAGE").empty() &&
             std::regex_search(output, found, std::regex(R"(serving on port ([0-9]+))"))) {
    address_ = "127.0.0.1";
    port_ = static_cast<std::uint16_t>(std::stoi(found[1]));
  }
  return port_ != 0;
}

}  // namespace ashlar::http_test
