// Runs a program of unpacked packages with their folder as its root directory, so that it and the
// processes it starts find their own loader, libraries and data, and nothing of the machine's.
//
//   enter_root PACKAGES SCRATCH PROGRAM [ARGUMENT...]
//
// PROGRAM is named as it is inside: /usr/bin/... . It sees PACKAGES' /usr and /lib, the machine's
// /proc and /dev, the folder SCRATCH as /tmp, and the machine's network. No rights are needed where
// user namespaces are allowed; the program is root in one of its own [user_namespaces.7]. Exit
// status 125: the root could not be made, and a line says why; otherwise the program's.
// SPDX-License-Identifier: Apache-2.0
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <format>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

// Fonts are looked for where the packages have them; the cache is of no use to anybody later.
constexpr std::string_view kFonts = R"(<?xml version="1.0"?>
<fontconfig><dir>/usr/share/fonts</dir><cachedir>/tmp/fonts</cachedir>
<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
)";

[[noreturn]] void GiveUp(const std::string& what) {
  std::fprintf(stderr, "enter_root: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(125);
}

void Write(const std::string& path, std::string_view text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) {
    GiveUp("writing " + path);
  }
}

void MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
    GiveUp("making " + path);
  }
}

// MS_REC takes along what is mounted below: a user namespace may not uncover what a mount hides.
void Bind(const std::string& from, const std::string& to, unsigned long more = MS_REC) {
  MakeFolder(to);
  if (mount(from.c_str(), to.c_str(), nullptr, MS_BIND | more, nullptr) != 0) {
    GiveUp(std::format("mounting {} as {}", from, to));
  }
}

void EnterNamespaces() {
  const unsigned user = geteuid();
  const unsigned group = getegid();
  if (unshare(CLONE_NEWNS) == 0) {
    return;  // It has the rights already.
  }
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    GiveUp("this machine allows no user and mount namespace, which the browser's root needs");
  }
  Write("/proc/self/setgroups", "deny");
  Write("/proc/self/uid_map", std::format("0 {} 1", user));
  Write("/proc/self/gid_map", std::format("0 {} 1", group));
}

// The root, in memory: it goes with the namespace.
void MakeRoot(const std::string& packages, const std::string& scratch, const std::string& root) {
  MakeFolder(root);
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("root", root.c_str(), "tmpfs", MS_NOSUID, "size=1m") != 0) {
    GiveUp("making the root in " + root);
  }
  Bind(packages + "/usr", root + "/usr");
  Bind(packages + "/lib", root + "/lib");
  Bind("/proc", root + "/proc");
  Bind("/dev", root + "/dev");
  Bind(scratch, root + "/tmp", 0);  // The root itself is mounted in there.
  if (symlink("lib/x86_64-linux-gnu", (root + "/lib64").c_str()) != 0) {
    GiveUp("naming the loader");
  }
  MakeFolder(root + "/etc");
  MakeFolder(root + "/etc/fonts");
  Write(root + "/etc/fonts/fonts.conf", kFonts);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: enter_root PACKAGES SCRATCH PROGRAM [ARGUMENT...]\n");
    return 125;
  }
  const std::string scratch = argv[2];
  const std::string root = scratch + "/root";
  EnterNamespaces();
  MakeRoot(argv[1], scratch, root);
  if (chroot(root.c_str()) != 0 || chdir("/") != 0) {
    GiveUp("entering " + root);
  }
  std::vector<std::string> environment = {"HOME=/tmp", "PATH=/usr/bin", "LANG=C.UTF-8"};
  std::vector<char*> variables;
  for (std::string& variable : environment) {
    variables.push_back(variable.data());
  }
  variables.push_back(nullptr);
  execve(argv[3], argv + 3, variables.data());
  GiveUp(std::string("starting ") + argv[3]);
}
