"""A Merkle tree in the shape of RFC 9162 (Certificate Transparency 2.0): hashing, no storage.

Hashes of full subtrees are kept as nodes: node (level, index) covers the leaves
[index·2ˡᵉᵛᵉˡ, (index + 1)·2ˡᵉᵛᵉˡ). They never change, so that a tree grows by adding nodes, and its
root, the path of a leaf and the path between two sizes are read from O(log n) of them.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Node = Callable[[int, int], bytes]
"""(level, index) → the hash of that full subtree."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(*, node: Node, size: int, leaf: bytes) -> list[tuple[int, int, bytes]]:
    """Return the nodes (level, index, hash) that leaf number ``size`` adds or completes."""
    level, index, added = 0, size, [(0, size, leaf)]
    while index % 2:
        leaf = node_hash(node(level, index - 1), leaf)
        level, index = level + 1, index // 2
        added.append((level, index, leaf))
    return added


def peaks(size: int) -> list[tuple[int, int]]:
    """Return the nodes (level, index) of the full subtrees that ``size`` leaves consist of."""
    return [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]


def tree_root(*, node: Node, size: int, start: int = 0) -> bytes:
    """Return the root of the ``size`` leaves from ``start`` on (MTH of section 2.1.1)."""
    if size == 0:
        return EMPTY_ROOT
    if _is_full(size):
        return node(size.bit_length() - 1, start // size)
    left = _left(size)
    return node_hash(
        tree_root(node=node, size=left, start=start),
        tree_root(node=node, size=size - left, start=start + left),
    )


def inclusion_path(*, node: Node, index: int, size: int, start: int = 0) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root, lowest first (section 2.1.3.1)."""
    if size == 1:
        return []
    left = _left(size)
    if index < left:
        path = inclusion_path(node=node, index=index, size=left, start=start)
        return [*path, tree_root(node=node, size=size - left, start=start + left)]
    right = inclusion_path(node=node, index=index - left, size=size - left, start=start + left)
    return [*right, tree_root(node=node, size=left, start=start)]


def consistency_path(*, node: Node, old: int, new: int) -> list[bytes]:
    """Return the hashes that prove the tree of ``old`` leaves a prefix of that of ``new``.

    0 < old ≤ new; nothing is needed between equal sizes (section 2.1.4.1).
    """
    return _between(node, old, new, start=0, is_old_root=True)


def _between(node: Node, old: int, new: int, *, start: int, is_old_root: bool) -> list[bytes]:
    if old == new:
        return [] if is_old_root else [tree_root(node=node, size=new, start=start)]
    left = _left(new)
    if old <= left:
        path = _between(node, old, left, start=start, is_old_root=is_old_root)
        return [*path, tree_root(node=node, size=new - left, start=start + left)]
    path = _between(node, old - left, new - left, start=start + left, is_old_root=False)
    return [*path, tree_root(node=node, size=left, start=start)]


def _is_full(size: int) -> bool:
    return size & (size - 1) == 0


def _left(size: int) -> int:
    """Return the largest power of two below ``size``: the leaves of the left subtree."""
    return 1 << ((size - 1).bit_length() - 1)


@dataclass(slots=True)
class Tree:
    """A small tree in memory, as that of one batch's entries."""

    size: int = 0
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> "Tree":
        """Return the tree of these leaf hashes, in their order."""
        tree = cls()
        for leaf in leaves:
            tree.add(leaf)
        return tree

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Append a leaf; return the nodes (level, index, hash) that it adds or completes."""
        added = grow(node=self.node, size=self.size, leaf=leaf)
        for level, index, value in added:
            self.nodes[level, index] = value
        self.size += 1
        return added

    def forget(self) -> None:
        """Keep only the nodes from which the tree grows on and its root is made."""
        self.nodes = {place: self.nodes[place] for place in peaks(self.size)}

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a full subtree."""
        return self.nodes[level, index]

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        return tree_root(node=self.node, size=self.size)

    def path(self, index: int) -> list[bytes]:
        """Return the hashes that lead from a leaf to the root, lowest first."""
        return inclusion_path(node=self.node, index=index, size=self.size)
