// The intrusive list's order, and elements that stand in several.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/intrusive_list.h"

#include <vector>

#include <gtest/gtest.h>

namespace ashlar {
namespace {

struct Other;

struct Item : IntrusiveListNode<Item>, IntrusiveListNode<Item, Other> {
  explicit Item(int v) : value(v) {}
  int value;
};

std::vector<int> Values(IntrusiveList<Item>& list) {
  std::vector<int> values;
  for (Item& item : list) {
    values.push_back(item.value);
  }
  return values;
}

TEST(IntrusiveListTest, KeepsTheOrderOfPushes) {
  IntrusiveList<Item> list;
  Item a(1), b(2), c(3);
  list.PushBack(b);
  list.PushBack(c);
  list.PushFront(a);
  EXPECT_EQ(Values(list), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(list.front().value, 1);
  EXPECT_EQ(list.back().value, 3);
}

TEST(IntrusiveListTest, InsertBeforeStandsInFrontOfItsPosition) {
  IntrusiveList<Item> list;
  Item a(1), b(2), c(3);
  list.PushBack(a);
  list.PushBack(c);
  list.InsertBefore(b, c);
  EXPECT_EQ(Values(list), (std::vector<int>{1, 2, 3}));
}

TEST(IntrusiveListTest, RemoveTakesOutOfTheMiddleAndUnlinks) {
  IntrusiveList<Item> list;
  Item a(1), b(2), c(3);
  list.PushBack(a);
  list.PushBack(b);
  list.PushBack(c);
  IntrusiveList<Item>::Remove(b);
  EXPECT_EQ(Values(list), (std::vector<int>{1, 3}));
  EXPECT_FALSE(b.IntrusiveListNode<Item>::linked());
  EXPECT_TRUE(a.IntrusiveListNode<Item>::linked());
}

TEST(IntrusiveListTest, PopFrontEmptiesInOrder) {
  IntrusiveList<Item> list;
  Item a(1), b(2);
  list.PushBack(a);
  list.PushBack(b);
  EXPECT_EQ(list.PopFront().value, 1);
  EXPECT_EQ(list.PopFront().value, 2);
  EXPECT_TRUE(list.empty());
}

TEST(IntrusiveListTest, AnElementStandsInAsManyListsAsItHasTags) {
  IntrusiveList<Item> one;
  IntrusiveList<Item, Other> two;
  Item a(1), b(2);
  one.PushBack(a);
  one.PushBack(b);
  two.PushBack(b);
  two.PushBack(a);
  EXPECT_EQ(one.front().value, 1);
  EXPECT_EQ(two.front().value, 2);
}

TEST(IntrusiveListTest, CopyingAnElementDoesNotCopyItsMembership) {
  IntrusiveList<Item> list;
  Item a(1);
  list.PushBack(a);
  Item copy = a;
  EXPECT_EQ(copy.value, 1);
  EXPECT_FALSE(copy.IntrusiveListNode<Item>::linked());
}

}  // namespace
}  // namespace ashlar
