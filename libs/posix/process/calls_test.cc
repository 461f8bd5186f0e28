// What a guest's program asks about itself.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <thread>

#include "gtest/gtest.h"

namespace {

TEST(ProcessCallsTest, ProcessIsNumberOne) {
  EXPECT_EQ(getpid(), 1);
  EXPECT_EQ(getuid(), 0u);
}

TEST(ProcessCallsTest, LimitsAreTold) {
  EXPECT_EQ(sysconf(_SC_PAGESIZE), 4096);
  EXPECT_EQ(getpagesize(), 4096);
  EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), 1);
  EXPECT_EQ(std::thread::hardware_concurrency(), 1u);
  errno = 0;
  EXPECT_EQ(sysconf(_SC_ARG_MAX), -1);
  EXPECT_EQ(errno, 0);
  EXPECT_EQ(sysconf(9999), -1);
  EXPECT_EQ(errno, EINVAL);
  rlimit limit;
  EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_GE(limit.rlim_cur, 1024u);
  limit.rlim_cur = 512;
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(getrlimit(99, &limit), -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST(ProcessCallsTest, SystemAndHostHaveNames) {
  utsname name;
  EXPECT_EQ(uname(&name), 0);
  EXPECT_EQ(std::string_view(name.sysname), "Ashlar");
  EXPECT_EQ(std::string_view(name.nodename), "lab");
  std::array<char, 4> host;
  EXPECT_EQ(gethostname(host.data(), host.size()), 0);
  EXPECT_EQ(std::string_view(host.data()), "lab");
  EXPECT_EQ(gethostname(host.data(), 3), -1);
  EXPECT_EQ(errno, ENAMETOOLONG);
}

TEST(ProcessCallsTest, UseOfResourcesIsTold) {
  rusage usage;
  EXPECT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
  EXPECT_GT(usage.ru_maxrss, 0);
  EXPECT_EQ(getrusage(7, &usage), -1);
}

}  // namespace
