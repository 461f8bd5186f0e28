// A pairing heap [Fredman] of timers, through links in the timers themselves.
//
// Each timer's children are a list from child_ on, linked by next_; previous_ leads back, from a
// first child to its parent. Children's deadlines are never before their parent's.
// SPDX-License-Identifier: Apache-2.0
#include "libs/timer/timer.h"

#include "libs/clock/clock.h"

namespace ashlar::timer {

struct Heap {
  // Both are roots without siblings. The one with the earlier deadline becomes the other's parent;
  // of equal ones `a`.
  static Timer* Meld(Timer* a, Timer* b) {
    if (b->deadline_ < a->deadline_) {
      Timer* const earlier = b;
      b = a;
      a = earlier;
    }
    b->previous_ = a;
    b->next_ = a->child_;
    if (a->child_ != nullptr) {
      a->child_->previous_ = b;
    }
    a->child_ = b;
    return a;
  }

  // Melds a list of siblings into one root: in pairs from the first on, then the pairs from the
  // last on.
  static Timer* MeldSiblings(Timer* first) {
    Timer* pairs = nullptr;  // linked by next_
    while (first != nullptr) {
      Timer* one = first;
      Timer* const two = one->next_;
      first = two == nullptr ? nullptr : two->next_;
      one->next_ = one->previous_ = nullptr;
      if (two != nullptr) {
        two->next_ = two->previous_ = nullptr;
        one = Meld(one, two);
      }
      one->next_ = pairs;
      pairs = one;
    }
    Timer* root = pairs;
    if (root != nullptr) {
      pairs = root->next_;
      root->next_ = nullptr;
      while (pairs != nullptr) {
        Timer* const rest = pairs->next_;
        pairs->next_ = nullptr;
        root = Meld(pairs, root);
        pairs = rest;
      }
    }
    return root;
  }

  static void Insert(Timer& timer) {
    timer.armed_ = true;
    root = root == nullptr ? &timer : Meld(root, &timer);
  }

  static void Remove(Timer& timer) {
    Timer* const children = MeldSiblings(timer.child_);
    if (&timer == root) {
      root = children;
    } else {
      Timer* const before = timer.previous_;
      (before->child_ == &timer ? before->child_ : before->next_) = timer.next_;
      if (timer.next_ != nullptr) {
        timer.next_->previous_ = before;
      }
      if (children != nullptr) {
        root = Meld(root, children);
      }
    }
    timer.child_ = timer.next_ = timer.previous_ = nullptr;
    timer.armed_ = false;
  }

  // Takes the earliest timer out and calls it.
  static void Expire() {
    Timer& timer = *root;
    Remove(timer);
    timer.expired_(timer);
  }

  static constinit Timer* root;
};

constinit Timer* Heap::root = nullptr;

void Timer::Arm(clock::Instant deadline) {
  Disarm();
  deadline_ = deadline;
  Heap::Insert(*this);
}

void Timer::Disarm() {
  if (armed_) {
    Heap::Remove(*this);
  }
}

clock::Instant NextDeadline() {
  return Heap::root == nullptr ? clock::kNever : Heap::root->deadline();
}

bool RunExpired(clock::Instant now) {
  bool any = false;
  while (Heap::root != nullptr && Heap::root->deadline() <= now) {
    Heap::Expire();
    any = true;
  }
  return any;
}

}  // namespace ashlar::timer
