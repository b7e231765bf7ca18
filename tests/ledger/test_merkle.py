"""The tree: the published vectors of Certificate Transparency, and laws for any size."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from takings.ledger.rules.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_path,
    leaf_hash,
    node_hash,
    tree_root,
)
from tools import verify_proof

LEAVES = [
    bytes.fromhex(data)
    for data in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Roots over the first 1 … 8 leaves, from the reference tests of Certificate Transparency."""


def tree_of(count: int) -> Tree:
    return Tree.of(leaf_hash(str(number).encode()) for number in range(count))


def test_the_roots_are_those_of_certificate_transparency() -> None:
    for size, root in enumerate(ROOTS, start=1):
        assert Tree.of(map(leaf_hash, LEAVES[:size])).root.hex() == root
    assert Tree().root == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(size=st.integers(1, 300), data=st.data())
def test_every_leaf_leads_to_the_root_and_to_no_other(size: int, data: st.DataObject) -> None:
    tree = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    leaf = tree.node(0, index)
    assert verify_proof.root_of(leaf, index, size, tree.path(index)) == tree.root
    wrong = verify_proof.root_of(leaf_hash(b"forged"), index, size, tree.path(index))
    assert wrong != tree.root


@given(new=st.integers(1, 300), data=st.data())
def test_every_older_tree_is_a_prefix_and_a_forged_one_is_not(
    new: int, data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, new))
    tree = tree_of(new)
    path = consistency_path(node=tree.node, old=old, new=new)
    roots = (tree_root(node=tree.node, size=old), tree.root)
    assert verify_proof.is_prefix(old, new, roots, path)
    forged = (node_hash(*roots), tree.root)
    assert not verify_proof.is_prefix(old, new, forged, path)
    assert not verify_proof.is_prefix(old, new, roots, [*path, tree.root])
