// A doubly linked list whose links live in its elements: no allocation, O(1) everything.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace ashlar {

template <typename T, typename Tag>
class IntrusiveList;

/// Base of a type that can stand in one IntrusiveList<T, Tag>; several lists need several Tags.
/// An element must leave its list (IntrusiveList::Remove) before it is destroyed. Not copied with
/// the element.
template <typename T, typename Tag = void>
class IntrusiveListNode {
 public:
  constexpr IntrusiveListNode() = default;
  constexpr IntrusiveListNode(const IntrusiveListNode&) {}
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): it assigns nothing.
  constexpr IntrusiveListNode& operator=(const IntrusiveListNode&) { return *this; }

  /// Whether the element stands in a list now.
  constexpr bool linked() const { return next_ != nullptr; }

 private:
  friend class IntrusiveList<T, Tag>;
  IntrusiveListNode* next_ = nullptr;
  IntrusiveListNode* previous_ = nullptr;
};

/// The list. Owns nothing; must outlive its elements' membership.
template <typename T, typename Tag = void>
class IntrusiveList {
  using Node = IntrusiveListNode<T, Tag>;

 public:
  constexpr IntrusiveList() { head_.next_ = head_.previous_ = &head_; }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;

  constexpr bool empty() const { return head_.next_ == &head_; }
  constexpr T& front() { return static_cast<T&>(*head_.next_); }
  constexpr T& back() { return static_cast<T&>(*head_.previous_); }

  /// The element must not be in a list of this Tag.
  constexpr void PushBack(T& element) { Insert(element, head_); }
  constexpr void PushFront(T& element) { Insert(element, *head_.next_); }
  constexpr void InsertBefore(T& element, T& position) { Insert(element, position); }

  /// Takes the first element out; the list must not be empty.
  constexpr T& PopFront() {
    T& first = front();
    Remove(first);
    return first;
  }

  /// Takes `element`, which must be in this list, out of it.
  static constexpr void Remove(T& element) {
    Node& node = element;
    node.previous_->next_ = node.next_;
    node.next_->previous_ = node.previous_;
    node.next_ = node.previous_ = nullptr;
  }

  class iterator {
   public:
    constexpr explicit iterator(Node* node) : node_(node) {}
    constexpr T& operator*() const { return static_cast<T&>(*node_); }
    constexpr T* operator->() const { return static_cast<T*>(node_); }
    constexpr iterator& operator++() {
      node_ = node_->next_;
      return *this;
    }
    constexpr bool operator==(const iterator&) const = default;

   private:
    Node* node_;
  };

  /// Iteration goes on correctly over elements pushed meanwhile; take the next one before removing
  /// this one.
  constexpr iterator begin() { return iterator(head_.next_); }
  constexpr iterator end() { return iterator(&head_); }

 private:
  static constexpr void Insert(T& element, Node& before) {
    Node& node = element;
    node.next_ = &before;
    node.previous_ = before.previous_;
    before.previous_->next_ = &node;
    before.previous_ = &node;
  }

  Node head_;
};

}  // namespace ashlar
