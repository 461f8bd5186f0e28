// Ethernet frames as taps carry them, each behind a virtio-net header, and what a wire's hardware
// would do to them: finish their checksums, cut them into segments.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libs/linux/abi.h"

namespace ashlar::wire {

/// A frame on its way between two taps. With an unfinished checksum or a segment size in its header
/// it is not yet what a wire would carry.
struct Frame {
  linux::VnetHeader header = {};
  std::string bytes;  ///< from the Ethernet header on
};

/// Whether it holds a TCP segment over IPv4, whole as far as its headers say. Only such frames are
/// cut or corrupted: nothing in an ARP frame would tell the receiver.
bool IsTcp4(const Frame& frame);

/// How many frames it is on a wire: one, or the number of its segments.
std::size_t WireFrames(const Frame& frame);

/// The frames that it is on a wire, their checksums finished [RFC1071]. What is no TCP over IPv4
/// stays as it is.
std::vector<Frame> ToWire(const Frame& frame);

/// Changes one byte of a finished TCP frame, behind its Ethernet header; `choice` says which and
/// how. The Internet checksum reveals every change of one byte.
void CorruptByte(Frame& frame, std::size_t choice);

/// Whether the IP and TCP checksums of a finished TCP frame are right.
bool ChecksumsAreRight(const Frame& frame);

}  // namespace ashlar::wire
