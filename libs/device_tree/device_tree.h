// Device trees: what a machine is made of, as its loader describes it.
//
// Nodes, properties, and the three encodings that all devices use: text, ranges of registers,
// interrupts. What a tree says of a machine's parts is machine.h. Nothing is copied or allocated;
// the tree must not change while it is read. Tree::Parse() checks all of it once, so that whoever
// looks for something afterwards steps over the rest with no further check
// (docs/decisions/0011-device-trees-are-checked-once.md).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"

namespace ashlar::device_tree {

/// A stretch of the CPU's physical address space: at least one byte, and it does not wrap around.
struct Range {
  std::uint64_t base;
  std::uint64_t size;

  bool operator==(const Range&) const = default;
};

/// A shared or private peripheral interrupt of a GIC.
struct Interrupt {
  std::uint32_t number;  ///< INTID: 16..31 private, 32..1019 shared
  bool edge_triggered;

  bool operator==(const Interrupt&) const = default;
};

/// How many cells an interrupt has in a GIC's binding.
inline constexpr unsigned kGicCells = 3;

/// What those cells say: 0 for a shared one or 1 for a private one, its number among those, how it
/// is triggered. kBroken: there is no such interrupt.
Result<Interrupt> ParseGicInterrupt(std::uint64_t kind, std::uint64_t number, std::uint64_t flags);

class Tree;

/// A node of a tree. A value; as long-lived as the tree's bytes.
class Node {
 public:
  /// Name and unit address: "pl011@9000000". Empty for the root.
  std::string_view name() const;
  /// The property's bytes; empty if there is none, or if it is.
  std::span<const std::byte> Property(std::string_view name) const;
  /// A property that is one text, without the zero behind; empty if there is none, or if it is not.
  std::string_view Text(std::string_view name) const;
  /// A property of one 32-bit cell. kNotFound: there is none; kBroken: it is something else.
  Result<std::uint32_t> Cell(std::string_view name) const;
  /// Whether `name` is one of the texts of the property "compatible".
  bool IsCompatible(std::string_view name) const;
  /// Whether it may be used: its "status" is not there, or "okay".
  bool enabled() const;
  /// Entry `index` of "reg", as the CPU addresses it [DT §2.3.6, §2.3.8]. kNotFound: there is no
  /// such entry, or the CPU can't address it; kBroken: nonsense.
  Result<Range> Registers(unsigned index = 0) const;
  /// Entry `index` of "interrupts", of a GIC [DT §2.4, GIC binding]. kNotFound: there is no such
  /// entry; kUnsupported: another controller's; kBroken: nonsense.
  Result<Interrupt> FindInterrupt(unsigned index = 0) const;
  /// The same for one node after another: `controller`, none at first, is the last one's, and
  /// needs no search when it is the next one's as well.
  Result<Interrupt> FindInterrupt(unsigned index, std::optional<Node>& controller) const;
  /// nullopt for the root.
  std::optional<Node> Parent() const;
  /// #address-cells and #size-cells that its children's "reg" has. kBroken: more than two of any.
  struct Cells {
    unsigned address;
    unsigned size;
  };
  Result<Cells> ChildCells() const;

  bool operator==(const Node& other) const {
    return tree_ == other.tree_ && offset_ == other.offset_;
  }

 private:
  friend class Tree;

  Node(const std::byte* tree, std::uint32_t offset, std::uint32_t parent, unsigned depth)
      : tree_(tree), offset_(offset), parent_(parent), depth_(depth) {}

  const std::byte* Body() const;
  const std::byte* FindProperty(std::string_view name) const;
  Node Below(const std::byte* begin, unsigned depth) const;
  std::optional<Node> Next() const;
  bool IsNamed(std::string_view wanted) const;
  bool IsReferredTo(std::uint32_t phandle) const;
  Result<Range> ToCpuAddress(Range range) const;

  // What no node's offset is.
  static constexpr std::uint32_t kUnknown = 0;

  const std::byte* tree_;
  std::uint32_t offset_;  // of the token that begins it
  std::uint32_t parent_;  // the same of its parent, where the way here led past it: else it takes a
                          // walk from the root
  unsigned depth_;        // 0 for the root
};

/// A whole tree, checked.
class Tree {
 public:
  /// Bytes of the header that ReadSize() reads.
  static constexpr std::size_t kHeaderBytes = 40;

  /// How many bytes of the tree whose first kHeaderBytes these are have to be there: loaders leave
  /// room behind what they wrote, QEMU most of a MiB. kNotFound: it is none; kBroken: it is too
  /// large to be one.
  static Result<std::size_t> ReadSize(std::span<const std::byte> header);

  /// The tree in `bytes`, which begin at a multiple of 8. kBroken: they hold no well-formed tree of
  /// version 16 or 17 [DT §5]. Cost: some 20 instructions a node and as many a property.
  static Result<Tree> Parse(std::span<const std::byte> bytes);

  Node root() const;
  /// The node after `node` in the order of the tree, children before siblings.
  std::optional<Node> Next(const Node& node) const { return node.Next(); }
  /// The first child of `parent`, or the one behind its child `after`.
  std::optional<Node> NextChild(const Node& parent, std::optional<Node> after = std::nullopt) const;
  /// By its path from the root: "/chosen". Unit addresses may be left out; the first that fits.
  std::optional<Node> Find(std::string_view path) const;
  /// The first enabled node behind `after`, or behind the root, that is compatible with one of
  /// `names`.
  std::optional<Node> FindCompatible(std::initializer_list<std::string_view> names,
                                     std::optional<Node> after = std::nullopt) const;
  /// The same with one that has this "device_type".
  std::optional<Node> FindOfType(std::string_view type,
                                 std::optional<Node> after = std::nullopt) const;
  /// The node with this phandle, which references in properties hold.
  /// `guess` is looked at first: nearly all references are to one interrupt controller.
  std::optional<Node> FindReferenced(std::uint32_t phandle,
                                     std::optional<Node> guess = std::nullopt) const;
  /// Entry `index` of the header's list of memory that nobody may use. kNotFound: there is none.
  Result<Range> Reservation(unsigned index) const;

  /// The bytes that are read, as many as ReadSize() said.
  std::span<const std::byte> bytes() const;

 private:
  friend class Node;

  explicit Tree(const std::byte* tree) : tree_(tree) {}

  template <typename Accepts>
  std::optional<Node> FindByProperty(const Node& after, std::string_view name,
                                     Accepts accepts) const;

  const std::byte* tree_;
};

/// Reads numbers of one or two cells off the front of a property.
class CellReader {
 public:
  explicit CellReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  /// Whether this many cells are left.
  bool Has(unsigned cells) const { return bytes_.size() / 4 >= cells; }
  /// A number of `cells` cells, at most two, that are there; none is zero.
  std::uint64_t Read(unsigned cells);

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace ashlar::device_tree
