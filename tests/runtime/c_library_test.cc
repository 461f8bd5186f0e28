// The C library as programs use it. The host runs the same against its own: what is asked here is
// ISO C and POSIX.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cctype>
#include <cerrno>
#include <cfloat>
#include <climits>
#include <clocale>
#include <cmath>
#include <complex>
#include <csetjmp>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <cwchar>
#include <string>
#include <utility>

#include <malloc.h>
#include <regex.h>
#include <search.h>
#include <sys/random.h>
#include <sys/types.h>
#include <syslog.h>
#include <unistd.h>

#include "tests/runtime/c_macros.h"

namespace {

[[gnu::format(printf, 1, 2)]] std::string Print(const char* format, ...) {
  char buffer[256];
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(buffer, sizeof(buffer), format, arguments);
  va_end(arguments);
  EXPECT_EQ(length, static_cast<int>(std::strlen(buffer)));
  return buffer;
}

TEST(Printf, IntegersTakeWidthsAndFlags) {
  EXPECT_EQ(Print("%5d|%-5d|%05d|%+d", 42, 42, 42, 42), "   42|42   |00042|+42");
  EXPECT_EQ(Print("%x %X %#x %o", 255u, 255u, 255u, 8u), "ff FF 0xff 10");
  EXPECT_EQ(Print("%lld %llu", LLONG_MIN, ULLONG_MAX), "-9223372036854775808 18446744073709551615");
  EXPECT_EQ(Print("%zu %td %jd", sizeof(long), std::ptrdiff_t{-3}, std::intmax_t{7}), "8 -3 7");
  EXPECT_EQ(Print("%hhd %hd", 257, 65537), "1 1");
}

TEST(Printf, FloatingPointIsExact) {
  EXPECT_EQ(Print("%.3f %g %e", 3.14159, 1e-5, 12345.678), "3.142 1e-05 1.234568e+04");
  EXPECT_EQ(Print("%.17g", 0.1), "0.10000000000000001");
  EXPECT_EQ(Print("%a", 1.0), "0x1p+0");
  EXPECT_EQ(Print("%f %f", INFINITY, -INFINITY), "inf -inf");
  EXPECT_EQ(Print("%.2Lf", 2.5L), "2.50");
}

TEST(Printf, PositionalArgumentsComeInAnyOrder) {
  EXPECT_EQ(Print("%2$s %1$d %3$.1f", 5, "five", 0.5), "five 5 0.5");
  EXPECT_EQ(Print("%1$s%1$s", "ab"), "abab");
}

TEST(Printf, TheLastErrorHasAConversion) {
  errno = ENOENT;
  EXPECT_EQ(Print("%s: %m", "name"), std::string("name: ") + std::strerror(ENOENT));
  wchar_t wide[64];
  errno = ENOENT;
  ASSERT_GT(std::swprintf(wide, 64, L"%m"), 0);
  EXPECT_EQ(Print("%ls", wide), std::strerror(ENOENT));
}

TEST(Syslog, WritesTheErrorThatWasBeforeTheLinesBeginning) {
#if defined(__ashlar__)
  std::string text;
  const auto append = [](void* whole, const char* part, std::size_t size) -> ssize_t {
    static_cast<std::string*>(whole)->append(part, size);
    return static_cast<ssize_t>(size);
  };
  FILE* const stream = fopencookie(
      &text, "w", {.read = nullptr, .write = append, .seek = nullptr, .close = nullptr});
  ASSERT_NE(stream, nullptr);
  std::setvbuf(stream, nullptr, _IONBF, 0);
  FILE* const before = std::exchange(stderr, stream);
  openlog("name", 0, LOG_USER);
  errno = ENOENT;
  syslog(LOG_ERR, "%m: %s", "file");
  closelog();
  stderr = before;
  std::fclose(stream);
  EXPECT_EQ(text, std::string("name: ") + std::strerror(ENOENT) + ": file\n");
#else
  GTEST_SKIP() << "the host's syslog() tells another process";
#endif
}

TEST(Scanf, ReadsWhatPrintfWrites) {
  int number = 0;
  char word[16] = "";
  double value = 0;
  EXPECT_EQ(std::sscanf("17 word 2.5", "%d %15s %lf", &number, word, &value), 3);
  EXPECT_EQ(number, 17);
  EXPECT_STREQ(word, "word");
  EXPECT_EQ(value, 2.5);
  EXPECT_EQ(std::sscanf("word 17", "%2$15s %1$d", &number, word), 2);
  EXPECT_EQ(std::sscanf("[abc]", "[%15[a-c]]", word), 1);
  EXPECT_STREQ(word, "abc");
}

TEST(Numbers, StringsBecomeNumbers) {
  char* end = nullptr;
  EXPECT_EQ(std::strtol("  -12x", &end, 10), -12);
  EXPECT_STREQ(end, "x");
  EXPECT_EQ(std::strtoull("ff", nullptr, 16), 255u);
  EXPECT_EQ(std::strtod("1e3", nullptr), 1000.0);
  EXPECT_EQ(std::strtold("0.5", nullptr), 0.5L);
  errno = 0;
  EXPECT_EQ(std::strtol("99999999999999999999", nullptr, 10), LONG_MAX);
  EXPECT_EQ(errno, ERANGE);
}

// long double has 64 significant bits on some CPUs and 113 on others: what is read is what the
// compiler reads.
TEST(Numbers, LongDoublesKeepAllTheirBits) {
  EXPECT_EQ(std::strtold("3.14159265358979323846264338327950288", nullptr),
            3.14159265358979323846264338327950288L);
  EXPECT_EQ(std::strtold("-0x1.8p-3", nullptr), -0.1875L);
  EXPECT_EQ(std::strtold("1e4000", nullptr), 1e4000L);
  EXPECT_EQ(std::strtold("3.6e-4951", nullptr), 3.6e-4951L);  // denormal
  EXPECT_TRUE(std::isinf(std::strtold("1e5000", nullptr)));
  EXPECT_TRUE(std::isinf(std::strtold("-inf", nullptr)));
  EXPECT_TRUE(std::isnan(std::strtold("nan", nullptr)));
  long double value = 0;
  EXPECT_EQ(std::sscanf("0.1", "%Lf", &value), 1);
  EXPECT_EQ(value, 0.1L);
  // LDBL_DECIMAL_DIG digits bring every number back.
  for (const long double number : {0.1L, 1.0L / 3, 1e300L, 7e-3000L, 1e4000L}) {
    char text[64];
    std::snprintf(text, sizeof(text), "%.*Lg", LDBL_DECIMAL_DIG, number);
    EXPECT_EQ(std::strtold(text, nullptr), number) << text;
  }
}

TEST(Numbers, MacrosOfCClassifyLongDoublesAsTheyAre) {
  const long double large = 1e400L;  // too large for a double
  EXPECT_EQ(ClassifyInC(large), FP_NORMAL);
  EXPECT_TRUE(IsFiniteInC(large));
  EXPECT_TRUE(IsNormalInC(large));
  EXPECT_FALSE(IsInfiniteInC(large));
  const long double small = 1e-400L;  // zero as a double
  EXPECT_EQ(ClassifyInC(small), FP_NORMAL);
  EXPECT_EQ(ClassifyInC(LDBL_TRUE_MIN), FP_SUBNORMAL);
  EXPECT_EQ(ClassifyInC(0.0L), FP_ZERO);
  EXPECT_TRUE(IsInfiniteInC(-HUGE_VALL));
  EXPECT_EQ(ClassifyInC(HUGE_VALL), FP_INFINITE);
  EXPECT_TRUE(IsNanInC(std::nanl("")));
  EXPECT_EQ(ClassifyInC(std::nanl("")), FP_NAN);
}

TEST(Strings, SearchAndCopy) {
  char buffer[32] = "";
  EXPECT_STREQ(std::strcat(std::strcpy(buffer, "one"), "two"), "onetwo");
  EXPECT_STREQ(std::strstr(buffer, "tw"), "two");
  EXPECT_EQ(std::strspn("aab", "a"), 2u);
  EXPECT_EQ(std::memcmp("abc", "abd", 3) < 0, true);
  std::memmove(buffer + 1, buffer, 6);
  EXPECT_EQ(std::string(buffer, 7), "oonetwo");
  char list[] = "a,b,,c";
  char* state = nullptr;
  EXPECT_STREQ(strtok_r(list, ",", &state), "a");
  EXPECT_STREQ(strtok_r(nullptr, ",", &state), "b");
  EXPECT_STREQ(strtok_r(nullptr, ",", &state), "c");
  EXPECT_STRNE(std::strerror(ENOENT), "");
}

TEST(Strings, MemoryFunctionsAgreeAtEveryAlignment) {
  for (std::size_t offset = 0; offset < 16; ++offset) {
    for (const std::size_t size : {0u, 1u, 7u, 8u, 15u, 64u, 255u, 300u}) {
      unsigned char from[400];
      unsigned char to[400] = {};
      for (std::size_t i = 0; i < sizeof(from); ++i) {
        from[i] = static_cast<unsigned char>(i * 7 + 1);
      }
      std::memcpy(to + offset, from + 3, size);
      EXPECT_EQ(std::memcmp(to + offset, from + 3, size), 0);
      EXPECT_EQ(to[offset + size], 0);
      std::memset(to + offset, 0xA5, size);
      for (std::size_t i = 0; i < size; ++i) {
        ASSERT_EQ(to[offset + i], 0xA5);
      }
      EXPECT_EQ(to[offset + size], 0);
    }
  }
}

TEST(Wide, CharactersConvert) {
  wchar_t wide[32];
  EXPECT_EQ(std::swprintf(wide, 32, L"%ls %d", L"wide", 3), 6);
  EXPECT_EQ(std::wstring(wide), L"wide 3");
  EXPECT_EQ(std::wcstol(L"12", nullptr, 10), 12);
  char narrow[8];
  EXPECT_EQ(std::wcstombs(narrow, L"abc", sizeof(narrow)), 3u);
}

TEST(Memory, AllocationsAreAlignedAndZeroed) {
  void* const plain = std::malloc(100);
  ASSERT_NE(plain, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(plain) % 16, 0u);
  EXPECT_GE(malloc_usable_size(plain), 100u);
  auto* const zeroed = static_cast<unsigned char*>(std::calloc(100, 3));
  ASSERT_NE(zeroed, nullptr);
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(zeroed[i], 0);
  }
  std::free(zeroed);
  std::strcpy(static_cast<char*>(plain), "kept");
  void* const larger = std::realloc(plain, 100000);
  ASSERT_NE(larger, nullptr);
  EXPECT_STREQ(static_cast<char*>(larger), "kept");
  std::free(larger);
  void* aligned = std::aligned_alloc(4096, 8192);
  ASSERT_NE(aligned, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned) % 4096, 0u);
  std::free(aligned);
  EXPECT_EQ(posix_memalign(&aligned, 64, 10), 0);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned) % 64, 0u);
  std::free(aligned);
}

TEST(Memory, ImpossibleSizesFailWithAnError) {
  volatile std::size_t huge = SIZE_MAX / 2;
  errno = 0;
  EXPECT_EQ(std::malloc(huge), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  EXPECT_EQ(std::calloc(huge, 4), nullptr);
}

TEST(Sorting, QsortSortsAndBsearchFinds) {
  int numbers[] = {5, 3, 9, 1, 7};
  const auto compare = [](const void* a, const void* b) {
    return *static_cast<const int*>(a) - *static_cast<const int*>(b);
  };
  std::qsort(numbers, 5, sizeof(int), compare);
  EXPECT_EQ(numbers[0], 1);
  EXPECT_EQ(numbers[4], 9);
  const int key = 7;
  EXPECT_EQ(std::bsearch(&key, numbers, 5, sizeof(int), compare), &numbers[3]);
}

TEST(Sorting, AnExceptionOfTheComparisonPassesThroughQsort) {
  int numbers[] = {2, 1};
  EXPECT_THROW(
      std::qsort(numbers, 2, sizeof(int), [](const void*, const void*) -> int { throw 1; }), int);
}

TEST(Jumps, LongjmpReturnsTwice) {
  std::jmp_buf place;
  volatile int passes = 0;
  if (setjmp(place) == 0) {
    passes = passes + 1;
    std::longjmp(place, 1);
  }
  passes = passes + 1;
  EXPECT_EQ(passes, 2);
}

TEST(Time, CalendarGoesBothWays) {
  const std::time_t moment = 1'000'000'000;
  std::tm parts = {};
  ASSERT_NE(gmtime_r(&moment, &parts), nullptr);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
  EXPECT_STREQ(text, "2001-09-09 01:46:40");
  parts = {};
  parts.tm_year = 124;
  parts.tm_mon = 1;
  parts.tm_mday = 30;
  EXPECT_NE(std::mktime(&parts), -1);
  EXPECT_EQ(parts.tm_mon, 2);  // 30 February 2024 is 1 March
  EXPECT_EQ(parts.tm_mday, 1);
}

TEST(Time, ClocksGoForward) {
  timespec first = {};
  timespec second = {};
  ASSERT_EQ(clock_gettime(CLOCK_MONOTONIC, &first), 0);
  ASSERT_EQ(clock_gettime(CLOCK_MONOTONIC, &second), 0);
  EXPECT_GE(second.tv_sec * 1'000'000'000 + second.tv_nsec,
            first.tv_sec * 1'000'000'000 + first.tv_nsec);
}

TEST(Mathematics, FunctionsKnowTheirValues) {
  volatile double one = 1;
  volatile double two = 2;
  EXPECT_DOUBLE_EQ(std::sqrt(two) * std::sqrt(two), 2);
  EXPECT_DOUBLE_EQ(std::exp(one), 2.718281828459045);
  EXPECT_DOUBLE_EQ(std::sin(one), 0.8414709848078965);
  EXPECT_DOUBLE_EQ(std::atan2(one, one), 0.7853981633974483);
  EXPECT_DOUBLE_EQ(std::pow(two, 0.5), 1.4142135623730951);
  EXPECT_DOUBLE_EQ(std::tgamma(two + 3), 24);
  EXPECT_DOUBLE_EQ(std::erf(one), 0.8427007929497149);
  EXPECT_DOUBLE_EQ(std::fmod(7.5, two), 1.5);
  EXPECT_EQ(std::lround(2.5), 3);
  EXPECT_EQ(std::lrint(2.5), 2);
  EXPECT_NEAR(static_cast<double>(std::log(2.0L)), 0.6931471805599453, 1e-16);
  EXPECT_NEAR(std::abs(std::exp(std::complex<double>(0, 3.141592653589793)) + 1.0), 0, 1e-15);
}

TEST(Mathematics, WideIntegersDivide) {
  volatile unsigned __int128 large = static_cast<unsigned __int128>(1) << 100;
  EXPECT_EQ(static_cast<std::uint64_t>(large / 3 % 1'000'000'007),
            static_cast<std::uint64_t>((large - 1) / 3 % 1'000'000'007));
}

TEST(Regex, PosixExpressionsMatch) {
  regex_t expression;
  ASSERT_EQ(regcomp(&expression, "^([a-z]+)=([0-9]+)$", REG_EXTENDED), 0);
  regmatch_t match[3];
  EXPECT_EQ(regexec(&expression, "key=42", 3, match, 0), 0);
  EXPECT_EQ(match[2].rm_so, 4);
  EXPECT_EQ(regexec(&expression, "key=", 3, match, 0), REG_NOMATCH);
  regfree(&expression);
}

TEST(Environment, VariablesCanBeSet) {
  EXPECT_EQ(setenv("ASHLAR_TEST", "value", 1), 0);
  EXPECT_STREQ(std::getenv("ASHLAR_TEST"), "value");
  EXPECT_EQ(unsetenv("ASHLAR_TEST"), 0);
  EXPECT_EQ(std::getenv("ASHLAR_TEST"), nullptr);
}

volatile std::sig_atomic_t last_signal = 0;

TEST(Signals, RaiseCallsTheHandler) {
  ASSERT_NE(std::signal(SIGUSR1, [](int number) { last_signal = number; }), SIG_ERR);
  EXPECT_EQ(std::raise(SIGUSR1), 0);
  EXPECT_EQ(last_signal, SIGUSR1);
  EXPECT_NE(std::signal(SIGUSR1, SIG_IGN), SIG_ERR);
  EXPECT_EQ(std::raise(SIGUSR1), 0);
}

TEST(Entropy, BytesDiffer) {
  unsigned char first[32] = {};
  unsigned char second[32] = {};
  if (getentropy(first, sizeof(first)) != 0) {
    GTEST_SKIP() << "this machine offers no entropy";
  }
  ASSERT_EQ(getentropy(second, sizeof(second)), 0);
  EXPECT_NE(std::memcmp(first, second, sizeof(first)), 0);
}

}  // namespace
