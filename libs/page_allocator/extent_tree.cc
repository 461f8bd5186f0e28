// The treap.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_allocator/extent_tree.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>

#include "libs/base/check.h"
#include "libs/base/units.h"

namespace ashlar::page_allocator {

void ExtentTree::Update(Node* node) {
  std::size_t largest = node->size;
  if (node->lower != nullptr) {
    largest = std::max(largest, node->lower->largest);
  }
  if (node->higher != nullptr) {
    largest = std::max(largest, node->higher->largest);
  }
  node->largest = largest;
}

void ExtentTree::Split(Node* root, const Node* at, Node*& lower, Node*& higher) {
  if (root == nullptr) {
    lower = higher = nullptr;
  } else if (Address(root) < Address(at)) {
    Split(root->higher, at, root->higher, higher);
    lower = root;
    Update(root);
  } else {
    Split(root->lower, at, lower, root->lower);
    higher = root;
    Update(root);
  }
}

ExtentTree::Node* ExtentTree::Merge(Node* lower, Node* higher) {
  if (lower == nullptr) {
    return higher;
  }
  if (higher == nullptr) {
    return lower;
  }
  if (lower->priority > higher->priority) {
    lower->higher = Merge(lower->higher, higher);
    Update(lower);
    return lower;
  }
  higher->lower = Merge(lower, higher->lower);
  Update(higher);
  return higher;
}

void ExtentTree::Insert(Node*& root, Node* node) {
  if (root == nullptr || node->priority > root->priority) {
    Split(root, node, node->lower, node->higher);
    root = node;
  } else {
    Insert(Address(node) < Address(root) ? root->lower : root->higher, node);
  }
  Update(root);
}

void ExtentTree::Remove(Node*& root, const Node* node) {
  if (root == node) {
    root = Merge(root->lower, root->higher);
    return;
  }
  Remove(Address(node) < Address(root) ? root->lower : root->higher, node);
  Update(root);
}

void ExtentTree::Plant(std::uintptr_t base, std::size_t size) {
  random_ = random_ * 1664525 +
            1013904223;  // a linear congruential generator: enough to keep a treap flat
  Insert(
      root_,
      ::new (reinterpret_cast<void*>(base)) Node{
          .lower = nullptr, .higher = nullptr, .size = size, .largest = size, .priority = random_});
}

void ExtentTree::Give(std::byte* memory, std::size_t size) {
  std::uintptr_t base = Address(memory);
  ASHLAR_CHECK(IsAligned(base | size, kPageSize) && size != 0);
  Node* below = nullptr;
  Node* above = nullptr;
  for (Node* node = root_; node != nullptr;) {
    if (Address(node) <= base) {
      below = node;
      node = node->higher;
    } else {
      above = node;
      node = node->lower;
    }
  }
  const bool is_free =
      (below != nullptr && End(below) > base) || (above != nullptr && base + size > Address(above));
  if (is_free) {
    Panic("page_allocator: freed what is free");
  }
  free_bytes_ += size;
  if (below != nullptr && End(below) == base) {
    Remove(root_, below);
    base = Address(below);
    size += below->size;
  }
  if (above != nullptr && base + size == Address(above)) {
    Remove(root_, above);
    size += above->size;
  }
  Plant(base, size);
}

std::byte* ExtentTree::TakeFrom(Node*& root, std::size_t size, std::size_t alignment) {
  if (root == nullptr || root->largest < size) {
    return nullptr;
  }
  if (std::byte* taken = TakeFrom(root->lower, size, alignment)) {
    Update(root);
    return taken;
  }
  const std::uintptr_t base = Address(root);
  const std::uintptr_t end = End(root);
  const std::uintptr_t start = AlignUp(base, alignment);
  if (start >= base && start < end && size <= end - start) {
    const std::uintptr_t rest = start + size;
    if (start != base) {
      root->size = start - base;
      tail_ = rest;
      tail_size_ = end - rest;
      Update(root);
    } else if (rest != end) {
      // The extent's head moves up with its first byte; its place in the tree stays.
      root = ::new (reinterpret_cast<void*>(rest)) Node(*root);
      root->size = end - rest;
      Update(root);
    } else {
      root = Merge(root->lower, root->higher);
    }
    return reinterpret_cast<std::byte*>(start);
  }
  std::byte* taken = TakeFrom(root->higher, size, alignment);
  if (taken != nullptr) {
    Update(root);
  }
  return taken;
}

std::byte* ExtentTree::Take(std::size_t size, std::size_t alignment) {
  std::byte* taken = TakeFrom(root_, size, alignment);
  if (taken == nullptr) {
    return nullptr;
  }
  free_bytes_ -= size;
  if (tail_size_ != 0) {
    Plant(tail_, tail_size_);
    tail_size_ = 0;
  }
  return taken;
}

}  // namespace ashlar::page_allocator
