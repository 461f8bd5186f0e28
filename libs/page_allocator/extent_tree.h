// Free memory as a tree of extents that lives in the free memory itself.
//
// A treap: ordered by address, balanced by random priorities, each node knowing the longest extent
// below it. So there is nothing to set up but one node for each stretch of RAM, whatever its size;
// taking and giving back cost O(log n) of the number of free extents; and an overlap with free
// memory is always noticed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::page_allocator {

class ExtentTree {
 public:
  constexpr ExtentTree() = default;
  ExtentTree(const ExtentTree&) = delete;
  ExtentTree& operator=(const ExtentTree&) = delete;

  /// Makes `size` bytes from `base` on free, joined with free neighbours. Both are multiples of
  /// kPageSize, size not zero, and the memory belongs to the tree from now on. Panics if any of it
  /// is free already.
  void Give(std::byte* base, std::size_t size);

  /// The lowest free `size` bytes, a multiple of kPageSize and not zero, aligned to `alignment`, a
  /// power of two and at least kPageSize. nullptr if there are none.
  std::byte* Take(std::size_t size, std::size_t alignment);

  std::size_t free_bytes() const { return free_bytes_; }
  std::size_t largest_extent() const { return root_ == nullptr ? 0 : root_->largest; }

 private:
  // The first bytes of a free extent.
  struct Node {
    Node* lower;
    Node* higher;
    std::size_t size;
    std::size_t largest;  // size of the longest extent in this subtree
    std::uint32_t priority;
  };

  static std::uintptr_t Address(const void* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer);
  }
  static std::uintptr_t End(const Node* node) { return Address(node) + node->size; }
  static void Update(Node* node);
  static void Insert(Node*& root, Node* node);
  static void Remove(Node*& root, const Node* node);
  static void Split(Node* root, const Node* at, Node*& lower, Node*& higher);
  static Node* Merge(Node* lower, Node* higher);

  std::byte* TakeFrom(Node*& root, std::size_t size, std::size_t alignment);
  void Plant(std::uintptr_t base, std::size_t size);

  Node* root_ = nullptr;
  std::size_t free_bytes_ = 0;
  std::uint32_t random_ = 1;
  // What Take cut off behind an aligned stretch, to be planted when it is out of the tree.
  std::uintptr_t tail_ = 0;
  std::size_t tail_size_ = 0;
};

}  // namespace ashlar::page_allocator
