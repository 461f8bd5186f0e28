// Which devices of a kind an image has.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/front_ends.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.h"
#include "libs/xen/device.h"
#include "libs/xen/fake_resources.h"
#include "libs/xen/fake_store.h"
#include "libs/xen/resources.h"
#include "libs/xen/store.h"

namespace ashlar::xen {
namespace {

std::vector<std::uint64_t> started;
std::vector<std::uint64_t> restored;

// One that starts if its number is even.
class Even {
 public:
  using Interface = const std::uint64_t;
  static constexpr std::string_view kKind = "even";
  static constexpr std::string_view kLibrary = "xen-even";

  Even(Store&, Resources&, std::uint64_t number) : number_(number) {}

  Result<void> Start() {
    started.push_back(number_);
    return number_ % 2 == 0 ? Result<void>() : std::unexpected(Error::kUnsupported);
  }
  void Restore() { restored.push_back(number_); }
  Interface& interface() { return number_; }

 private:
  const std::uint64_t number_;
};

struct FrontEndsTest : testing::Test {
  FrontEndsTest() {
    started.clear();
    restored.clear();
  }
  void Start(std::initializer_list<const char*> names) {
    for (const std::string name : names) {
      daemon->values["device/even/" + name + "/state"] = "1";
    }
    front_ends.Start(store, resources);
  }
  std::vector<std::uint64_t> Numbers() {
    std::vector<std::uint64_t> numbers;
    for (const std::uint64_t* number : front_ends.interfaces()) {
      numbers.push_back(*number);
    }
    return numbers;
  }

  using Numbered = std::vector<std::uint64_t>;
  std::unique_ptr<FakeStore> daemon = std::make_unique<FakeStore>();
  Store store{daemon->page, *daemon};
  FakeResources resources;
  FrontEnds<Even> front_ends;
};

TEST_F(FrontEndsTest, WithoutDevicesThereAreNone) {
  Start({});
  EXPECT_TRUE(front_ends.interfaces().empty());
}

TEST_F(FrontEndsTest, EachIsStarted) {
  Start({"0", "2", "other"});
  EXPECT_EQ(Numbers(), (Numbered{0, 2}));
}

TEST_F(FrontEndsTest, OneThatDoesNotStartIsLeftOutAndNotCounted) {
  Start({"0", "1", "3", "4"});
  EXPECT_EQ(started, (Numbered{0, 1, 3, 4}));
  EXPECT_EQ(Numbers(), (Numbered{0, 4}));
}

TEST_F(FrontEndsTest, MoreThanAnImageHasAreLeftAlone) {
  Start({"0", "2", "4", "6"});
  EXPECT_EQ(started, (Numbered{0, 2}));
}

TEST_F(FrontEndsTest, ThoseThatStartedAreRestored) {
  Start({"0", "1", "2"});
  front_ends.Restore();
  EXPECT_EQ(restored, (Numbered{0, 2}));
}

TEST_F(FrontEndsTest, AStoreThatBreaksLeavesNone) {
  daemon->silent = true;
  Start({"0"});
  EXPECT_TRUE(front_ends.interfaces().empty());
}

}  // namespace
}  // namespace ashlar::xen
