// How a front end wakes its back end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::xen {

class Doorbell {
 public:
  /// Raises an event at the back end.
  virtual void Ring() = 0;

 protected:
  ~Doorbell() = default;
};

}  // namespace ashlar::xen
