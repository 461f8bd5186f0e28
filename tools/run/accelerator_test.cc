// Which accelerator is chosen for which measurement, and the reason given.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/accelerator.h"

#include <gtest/gtest.h>

#include <expected>

namespace ashlar::run {
namespace {

const std::expected<double, Complaint> kNoKvm = std::unexpected("this machine has no /dev/kvm");

TEST(AcceleratorTest, KvmIsChosenWhereItIsFast) {
  const auto choice = ChooseAccelerator(Accelerator::kMeasure, 900e6);
  ASSERT_TRUE(choice.has_value());
  EXPECT_TRUE(choice->kvm);
}

TEST(AcceleratorTest, TcgIsChosenWhereKvmInterprets) {
  const auto choice = ChooseAccelerator(Accelerator::kMeasure, 1.1e6);
  ASSERT_TRUE(choice.has_value());
  EXPECT_FALSE(choice->kvm);
  EXPECT_EQ(choice->reason,
            "a KVM guest runs 1.1 million instructions a second here: TCG is faster");
}

TEST(AcceleratorTest, WithoutKvmTheReasonIsSaid) {
  const auto choice = ChooseAccelerator(Accelerator::kMeasure, kNoKvm);
  ASSERT_TRUE(choice.has_value());
  EXPECT_FALSE(choice->kvm);
  EXPECT_EQ(choice->reason, "this machine has no /dev/kvm");
}

TEST(AcceleratorTest, WhatIsAskedForIsDoneOrRefused) {
  EXPECT_TRUE(ChooseAccelerator(Accelerator::kKvm, 1e6)->kvm);
  EXPECT_FALSE(ChooseAccelerator(Accelerator::kTcg, 900e6)->kvm);
  EXPECT_EQ(ChooseAccelerator(Accelerator::kKvm, kNoKvm).error(),
            "--accel=kvm: this machine has no /dev/kvm; or leave the choice to --accel=auto");
}

TEST(AcceleratorTest, MeasuringSaysSomething) {
  const auto measured = MeasureKvm();
  if (!measured.has_value()) {
    GTEST_SKIP() << measured.error();
  }
  EXPECT_GT(*measured, 0);
}

}  // namespace
}  // namespace ashlar::run
