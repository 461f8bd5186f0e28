// Checks the blocks of a device tree, then steps through them.
// SPDX-License-Identifier: Apache-2.0
#include "libs/device_tree/device_tree.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"

namespace ashlar::device_tree {
namespace {

constexpr std::size_t kCellBytes = 4;
// More is not a machine's description.
constexpr std::size_t kMostBytes = 16 << 20;

// Where the header's fields are [DT §5.2].
constexpr std::size_t kTotalSize = 4;
constexpr std::size_t kStructure = 8;
constexpr std::size_t kStrings = 12;
constexpr std::size_t kReservations = 16;
constexpr std::size_t kVersion = 20;
constexpr std::size_t kLastCompatibleVersion = 24;
constexpr std::size_t kStringsSize = 32;
constexpr std::size_t kStructureSize = 36;

// Of which on the header has the structure's size.
constexpr std::uint32_t kVersionWithStructureSize = 17;

// What the structure is made of [DT §5.4.1]; kNothing and what has no name here is stepped over.
constexpr std::uint32_t kBeginNode = 1;
constexpr std::uint32_t kEndNode = 2;
constexpr std::uint32_t kProperty = 3;
constexpr std::uint32_t kNothing = 4;
constexpr std::uint32_t kEnd = 9;

// A property: its token, its size, where its name is among the strings; its value, padded.
constexpr std::size_t kPropertySize = 4;
constexpr std::size_t kPropertyName = 8;
constexpr std::size_t kPropertyValue = 12;

constexpr std::size_t kReservationBytes = 16;

std::uint32_t ReadCell(const std::byte* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return std::byteswap(value);
}

std::uint64_t ReadTwoCells(const std::byte* at) {
  return std::uint64_t{ReadCell(at)} << 32 | ReadCell(at + kCellBytes);
}

// Whether one of the four bytes at `at` is zero.
bool HasZero(const std::byte* at) {
  constexpr std::uint32_t kOnes = 0x0101'0101;
  const std::uint32_t value = ReadCell(at);
  return ((value - kOnes) & ~value & kOnes << 7) != 0;
}

// What follows a node's name, which is padded.
const std::byte* BehindName(const std::byte* name) {
  while (!HasZero(name)) {
    name += kCellBytes;
  }
  return name + kCellBytes;
}

const std::byte* BehindProperty(const std::byte* property) {
  return property + kPropertyValue + AlignUp(ReadCell(property + kPropertySize), kCellBytes);
}

std::span<const std::byte> Value(const std::byte* property) {
  return {property + kPropertyValue, ReadCell(property + kPropertySize)};
}

// What properties are called.
std::span<const std::byte> Strings(const std::byte* tree) {
  return {tree + ReadCell(tree + kStrings), ReadCell(tree + kStringsSize)};
}

// Whether it is the name of the property. Each of the strings ends with a zero.
bool IsCalled(const std::byte* property, std::string_view name,
              std::span<const std::byte> strings) {
  const std::size_t offset = ReadCell(property + kPropertyName);
  const std::byte* const own = strings.data() + offset;
  return name.size() < strings.size() - offset && own[name.size()] == std::byte{0} &&
         std::memcmp(own, name.data(), name.size()) == 0;
}

// Whether one of the texts of a property's value is one of `names`.
bool HasOneOf(std::span<const std::byte> value, std::initializer_list<std::string_view> names) {
  std::string_view texts(reinterpret_cast<const char*>(value.data()), value.size());
  while (!texts.empty()) {
    for (const std::string_view name : names) {
      if (texts.starts_with(name) && (texts.size() == name.size() || texts[name.size()] == '\0')) {
        return true;
      }
    }
    texts.remove_prefix(std::min(texts.find('\0'), texts.size() - 1) + 1);
  }
  return false;
}

// Whether [base, base + size) is a range.
bool IsRange(std::uint64_t base, std::uint64_t size) {
  return size != 0 && size - 1 <= ~std::uint64_t{0} - base;
}

// Up to where the header says that something is. The list of reservations, whose length it does not
// tell, is before the rest, or all of the tree's room counts.
std::size_t UsedBytes(const std::byte* header) {
  const std::size_t all = ReadCell(header + kTotalSize);
  const std::size_t structure = ReadCell(header + kStructure);
  const std::size_t strings = ReadCell(header + kStrings);
  if (ReadCell(header + kVersion) < kVersionWithStructureSize ||
      ReadCell(header + kReservations) > std::min(structure, strings)) {
    return all;
  }
  return std::min(all, std::max(structure + ReadCell(header + kStructureSize),
                                strings + ReadCell(header + kStringsSize)));
}

// A block that the header describes, if the tree has room for it.
Result<std::span<const std::byte>> Block(std::span<const std::byte> tree, std::size_t offset,
                                         std::size_t size) {
  if (offset < Tree::kHeaderBytes || offset > tree.size() || size > tree.size() - offset) {
    return std::unexpected(Error::kBroken);
  }
  return tree.subspan(offset, size);
}

// Whole cells of it: what is behind its end does not matter.
Result<std::span<const std::byte>> Structure(std::span<const std::byte> tree) {
  const std::size_t offset = ReadCell(&tree[kStructure]);
  const std::size_t size = ReadCell(&tree[kVersion]) >= kVersionWithStructureSize
                               ? ReadCell(&tree[kStructureSize])
                               : tree.size() - std::min(offset, tree.size());
  if (!IsAligned(offset, kCellBytes)) {
    return std::unexpected(Error::kBroken);
  }
  return Block(tree, offset, AlignDown(size, kCellBytes));
}

// Whether a list of reservations begins there that ends in the tree.
bool IsReservations(std::span<const std::byte> tree) {
  std::size_t offset = ReadCell(&tree[kReservations]);
  if (!IsAligned(offset, 2 * kCellBytes) || offset < Tree::kHeaderBytes) {
    return false;
  }
  for (; offset <= tree.size() && tree.size() - offset >= kReservationBytes;
       offset += kReservationBytes) {
    if (ReadTwoCells(&tree[offset + 2 * kCellBytes]) == 0) {
      return true;
    }
  }
  return false;
}

// Whether the structure is one node, with whole nodes and properties in it, whose names are among
// `strings` bytes [DT §5.4.2].
bool IsNode(std::span<const std::byte> structure, std::size_t strings) {
  const std::byte* at = structure.data();
  const std::byte* const end = at + structure.size();
  unsigned depth = 0;
  bool done = false;  // with the root
  while (at != end) {
    switch (ReadCell(at)) {
      case kBeginNode:
        if (done) {
          return false;
        }
        ++depth;
        do {
          at += kCellBytes;
          if (at == end) {
            return false;
          }
        } while (!HasZero(at));
        break;
      case kEndNode:
        if (depth == 0) {
          return false;
        }
        done = --depth == 0;
        break;
      case kProperty: {
        const auto left = static_cast<std::size_t>(end - at);
        if (depth == 0 || left < kPropertyValue ||
            ReadCell(at + kPropertySize) > left - kPropertyValue ||
            ReadCell(at + kPropertyName) >= strings) {
          return false;
        }
        at = BehindProperty(at);
        continue;
      }
      case kNothing:
        break;
      case kEnd:
        return done;
      default:
        return false;
    }
    at += kCellBytes;
  }
  return false;
}

}  // namespace

std::uint64_t CellReader::Read(unsigned cells) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < cells * kCellBytes; ++i) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes_[i]);
  }
  bytes_ = bytes_.subspan(cells * kCellBytes);
  return value;
}

std::string_view Node::name() const {
  return reinterpret_cast<const char*>(tree_ + offset_ + kCellBytes);
}

// What follows its name: its properties, then its children.
const std::byte* Node::Body() const { return BehindName(tree_ + offset_ + kCellBytes); }

// nullptr if it has none of this name.
const std::byte* Node::FindProperty(std::string_view name) const {
  const std::span<const std::byte> strings = Strings(tree_);
  for (const std::byte* at = Body();;) {
    switch (ReadCell(at)) {
      case kProperty:
        if (IsCalled(at, name, strings)) {
          return at;
        }
        at = BehindProperty(at);
        break;
      case kNothing:
        at += kCellBytes;
        break;
      default:
        return nullptr;
    }
  }
}

// The node that begins there, behind this one, in a node at that depth.
Node Node::Below(const std::byte* begin, unsigned depth) const {
  const std::uint32_t parent = depth == depth_ ? offset_ : depth + 1 == depth_ ? parent_ : kUnknown;
  return Node(tree_, static_cast<std::uint32_t>(begin - tree_), parent, depth + 1);
}

// The node after it in the order of the tree.
std::optional<Node> Node::Next() const {
  unsigned depth = depth_;  // of the node that `at` is in
  for (const std::byte* at = Body();;) {
    switch (ReadCell(at)) {
      case kBeginNode:
        return Below(at, depth);
      case kProperty:
        at = BehindProperty(at);
        continue;
      case kEndNode:
        --depth;
        break;
      case kEnd:
        return std::nullopt;
      default:
        break;
    }
    at += kCellBytes;
  }
}

std::span<const std::byte> Node::Property(std::string_view name) const {
  const std::byte* const property = FindProperty(name);
  return property == nullptr ? std::span<const std::byte>() : Value(property);
}

std::string_view Node::Text(std::string_view name) const {
  const std::span<const std::byte> bytes = Property(name);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.empty() || text.find('\0') != text.size() - 1 ? std::string_view()
                                                            : text.substr(0, text.size() - 1);
}

Result<std::uint32_t> Node::Cell(std::string_view name) const {
  const std::span<const std::byte> bytes = Property(name);
  if (bytes.empty()) {
    return std::unexpected(Error::kNotFound);
  }
  if (bytes.size() != kCellBytes) {
    return std::unexpected(Error::kBroken);
  }
  return static_cast<std::uint32_t>(CellReader(bytes).Read(1));
}

bool Node::IsCompatible(std::string_view name) const {
  return HasOneOf(Property("compatible"), {name});
}

bool Node::enabled() const {
  if (Property("status").empty()) {
    return true;
  }
  const std::string_view status = Text("status");
  return status == "okay" || status == "ok";
}

// Whether it is called so, with its unit address or without.
bool Node::IsNamed(std::string_view wanted) const {
  const char* own = reinterpret_cast<const char*>(tree_ + offset_ + kCellBytes);
  for (const char character : wanted) {
    if (*own == '\0' || *own++ != character) {
      return false;
    }
  }
  return *own == '\0' || *own == '@';
}

// Whether references with this value are to it.
bool Node::IsReferredTo(std::uint32_t phandle) const {
  // The first is no reference; the old name is in trees of before 2010.
  return phandle != 0 && (Cell("phandle") == phandle || Cell("linux,phandle") == phandle);
}

std::optional<Node> Node::Parent() const {
  if (depth_ == 0) {
    return std::nullopt;
  }
  if (depth_ == 1) {
    return Tree(tree_).root();
  }
  if (parent_ != kUnknown) {
    return Node(tree_, parent_, kUnknown, depth_ - 1);
  }
  Node parent = Tree(tree_).root();
  for (std::optional<Node> node = parent; *node != *this; node = node->Next()) {
    if (node->depth_ == depth_ - 1) {
      parent = *node;
    }
  }
  return parent;
}

Result<Node::Cells> Node::ChildCells() const {
  constexpr std::uint32_t kMost = 2;
  const auto read = [&](std::string_view name, std::uint32_t otherwise) {
    const Result<std::uint32_t> cells = Cell(name);
    return cells || cells.error() != Error::kNotFound ? cells : otherwise;
  };
  const std::uint32_t address = ASHLAR_TRY(read("#address-cells", 2));
  const std::uint32_t size = ASHLAR_TRY(read("#size-cells", 1));
  if (address > kMost || size > kMost) {
    return std::unexpected(Error::kBroken);
  }
  return Cells{address, size};
}

// `range` as a child of this node has it, in the CPU's addresses: through the "ranges" of each bus
// up to the root.
Result<Range> Node::ToCpuAddress(Range range) const {
  Node bus = *this;
  while (true) {
    const std::optional<Node> parent = bus.Parent();
    if (!parent) {
      return range;
    }
    const std::byte* const property = bus.FindProperty("ranges");
    if (property == nullptr) {
      return std::unexpected(Error::kNotFound);
    }
    const std::span<const std::byte> entries = Value(property);
    CellReader ranges(entries);
    const Cells own = ASHLAR_TRY(bus.ChildCells());
    const Cells above = ASHLAR_TRY(parent->ChildCells());
    const unsigned entry_cells = own.address + above.address + own.size;
    bool found = entries.empty();  // the same addresses
    while (!found && entry_cells != 0 && ranges.Has(entry_cells)) {
      const std::uint64_t child = ranges.Read(own.address);
      const std::uint64_t address = ranges.Read(above.address);
      const std::uint64_t length = ranges.Read(own.size);
      if (range.base >= child && range.base - child < length &&
          range.size <= length - (range.base - child)) {
        if (!IsRange(address, length)) {
          return std::unexpected(Error::kBroken);
        }
        range.base = range.base - child + address;
        found = true;
      }
    }
    if (!found) {
      return std::unexpected(Error::kNotFound);
    }
    bus = *parent;
  }
}

Result<Range> Node::Registers(unsigned index) const {
  const std::optional<Node> parent = Parent();
  if (!parent) {
    return std::unexpected(Error::kNotFound);
  }
  const Cells cells = ASHLAR_TRY(parent->ChildCells());
  CellReader reader(Property("reg"));
  if (cells.address == 0 || cells.size == 0) {
    return std::unexpected(Error::kNotFound);
  }
  for (unsigned i = 0; reader.Has(cells.address + cells.size); ++i) {
    const std::uint64_t base = reader.Read(cells.address);
    const std::uint64_t size = reader.Read(cells.size);
    if (i == index) {
      if (!IsRange(base, size)) {
        return std::unexpected(Error::kBroken);
      }
      return parent->ToCpuAddress({base, size});
    }
  }
  return std::unexpected(Error::kNotFound);
}

Result<Interrupt> Node::FindInterrupt(unsigned index) const {
  std::optional<Node> controller;
  return FindInterrupt(index, controller);
}

Result<Interrupt> Node::FindInterrupt(unsigned index, std::optional<Node>& controller) const {
  // The controller is named here or at a node above.
  Result<std::uint32_t> phandle = std::unexpected(Error::kNotFound);
  for (std::optional<Node> node = *this; node; node = node->Parent()) {
    phandle = node->Cell("interrupt-parent");
    if (phandle || phandle.error() != Error::kNotFound) {
      break;
    }
  }
  controller = Tree(tree_).FindReferenced(ASHLAR_TRY(phandle), controller);
  if (!controller) {
    return std::unexpected(Error::kBroken);
  }
  if (ASHLAR_TRY(controller->Cell("#interrupt-cells")) != kGicCells) {
    return std::unexpected(Error::kUnsupported);
  }
  CellReader reader(Property("interrupts"));
  for (unsigned i = 0; reader.Has(kGicCells); ++i) {
    const std::uint64_t kind = reader.Read(1);
    const std::uint64_t number = reader.Read(1);
    const std::uint64_t flags = reader.Read(1);
    if (i == index) {
      return ParseGicInterrupt(kind, number, flags);
    }
  }
  return std::unexpected(Error::kNotFound);
}

Result<Interrupt> ParseGicInterrupt(std::uint64_t kind, std::uint64_t number, std::uint64_t flags) {
  constexpr std::uint64_t kShared = 0;
  constexpr std::uint64_t kPrivate = 1;
  constexpr std::uint32_t kFirstShared = 32;
  constexpr std::uint32_t kEndOfShared = 1020;
  constexpr std::uint32_t kFirstPrivate = 16;
  constexpr std::uint64_t kEdgeRising = 1;
  constexpr std::uint64_t kTriggers = 0xf;
  if (kind == kShared && number < kEndOfShared - kFirstShared) {
    return Interrupt{static_cast<std::uint32_t>(number) + kFirstShared,
                     (flags & kTriggers) == kEdgeRising};
  }
  if (kind == kPrivate && number < kFirstShared - kFirstPrivate) {
    return Interrupt{static_cast<std::uint32_t>(number) + kFirstPrivate,
                     (flags & kTriggers) == kEdgeRising};
  }
  return std::unexpected(Error::kBroken);
}

Result<std::size_t> Tree::ReadSize(std::span<const std::byte> header) {
  constexpr std::uint32_t kMagic = 0xd00dfeed;
  if (header.size() < kHeaderBytes || ReadCell(header.data()) != kMagic) {
    return std::unexpected(Error::kNotFound);
  }
  const std::size_t size = UsedBytes(header.data());
  if (size < kHeaderBytes || ReadCell(&header[kTotalSize]) > kMostBytes) {
    return std::unexpected(Error::kBroken);
  }
  return size;
}

Result<Tree> Tree::Parse(std::span<const std::byte> bytes) {
  constexpr std::uintptr_t kAlignment = 8;
  constexpr std::uint32_t kFirstVersion = 16;
  constexpr std::uint32_t kLastVersion = 17;
  const Result<std::size_t> size = ReadSize(bytes);
  if (!size || *size > bytes.size() ||
      !IsAligned(reinterpret_cast<std::uintptr_t>(bytes.data()), kAlignment) ||
      ReadCell(&bytes[kVersion]) < kFirstVersion ||
      ReadCell(&bytes[kLastCompatibleVersion]) > kLastVersion) {
    return std::unexpected(Error::kBroken);
  }
  const std::span<const std::byte> tree = bytes.first(*size);
  const std::span<const std::byte> strings =
      ASHLAR_TRY(Block(tree, ReadCell(&tree[kStrings]), ReadCell(&tree[kStringsSize])));
  if ((!strings.empty() && strings.back() != std::byte{0}) || !IsReservations(tree) ||
      !IsNode(ASHLAR_TRY(Structure(tree)), strings.size())) {
    return std::unexpected(Error::kBroken);
  }
  return Tree(tree.data());
}

Node Tree::root() const {
  std::uint32_t offset = ReadCell(tree_ + kStructure);
  while (ReadCell(tree_ + offset) != kBeginNode) {
    offset += kCellBytes;
  }
  return Node(tree_, offset, Node::kUnknown, 0);
}

std::optional<Node> Tree::NextChild(const Node& parent, std::optional<Node> after) const {
  std::optional<Node> node = after.value_or(parent).Next();
  while (node && node->depth_ > parent.depth_ + 1) {
    node = node->Next();
  }
  return node && node->depth_ > parent.depth_ ? node : std::nullopt;
}

std::optional<Node> Tree::Find(std::string_view path) const {
  Node found = root();
  while (!path.empty()) {
    if (path.front() != '/') {
      return std::nullopt;
    }
    const std::string_view name = path.substr(1, path.find('/', 1) - 1);
    path.remove_prefix(1 + name.size());
    std::optional<Node> child = NextChild(found);
    while (child && !child->IsNamed(name)) {
      child = NextChild(found, child);
    }
    if (!child) {
      return std::nullopt;
    }
    found = *child;
  }
  return found;
}

// The first node behind `after` that has such a property and that `accepts` with its value. One
// walk over the properties, since most of what a boot spends in a tree is this.
template <typename Accepts>
std::optional<Node> Tree::FindByProperty(const Node& after, std::string_view name,
                                         Accepts accepts) const {
  const std::span<const std::byte> strings = Strings(tree_);
  Node node = after;
  unsigned depth = node.depth_;  // of the node that `at` is in
  bool is_own = false;           // a property that comes next is the node's
  for (const std::byte* at = after.Body();;) {
    switch (ReadCell(at)) {
      case kProperty:
        if (is_own && IsCalled(at, name, strings) && accepts(node, Value(at))) {
          return node;
        }
        at = BehindProperty(at);
        continue;
      case kBeginNode:
        node = node.Below(at, depth++);
        is_own = true;
        at = node.Body();
        continue;
      case kEndNode:
        --depth;
        is_own = false;
        break;
      case kEnd:
        return std::nullopt;
      default:
        break;
    }
    at += kCellBytes;
  }
}

std::optional<Node> Tree::FindCompatible(std::initializer_list<std::string_view> names,
                                         std::optional<Node> after) const {
  return FindByProperty(after.value_or(root()), "compatible",
                        [&](const Node& node, std::span<const std::byte> value) {
                          return HasOneOf(value, names) && node.enabled();
                        });
}

std::optional<Node> Tree::FindOfType(std::string_view type, std::optional<Node> after) const {
  return FindByProperty(after.value_or(root()), "device_type",
                        [&](const Node& node, std::span<const std::byte> value) {
                          return HasOneOf(value, {type}) && node.enabled();
                        });
}

std::optional<Node> Tree::FindReferenced(std::uint32_t phandle, std::optional<Node> guess) const {
  if (guess && guess->IsReferredTo(phandle)) {
    return guess;
  }
  const auto accepts = [&](const Node& node, std::span<const std::byte>) {
    return node.IsReferredTo(phandle);
  };
  if (root().IsReferredTo(phandle)) {
    return root();
  }
  const std::optional<Node> node = FindByProperty(root(), "phandle", accepts);
  return node ? node : FindByProperty(root(), "linux,phandle", accepts);
}

Result<Range> Tree::Reservation(unsigned index) const {
  for (const std::byte* at = tree_ + ReadCell(tree_ + kReservations);;
       at += kReservationBytes, --index) {
    const Range range = {ReadTwoCells(at), ReadTwoCells(at + 2 * kCellBytes)};
    if (range.size == 0) {
      return std::unexpected(Error::kNotFound);
    }
    if (index == 0) {
      return IsRange(range.base, range.size) ? Result<Range>(range)
                                             : std::unexpected(Error::kBroken);
    }
  }
}

std::span<const std::byte> Tree::bytes() const { return {tree_, UsedBytes(tree_)}; }

}  // namespace ashlar::device_tree
