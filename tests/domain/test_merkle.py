"""The history tree: the hashes of RFC 6962's own tests, and paths that prove one leaf and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.log.merkle import EMPTY, TreeEdge, node_hash, path_of, root_of

# The test vectors of the reference implementation (certificate-transparency, merkletree/merkle_tree_test.cc).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
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


def leaves(count):
    return [leaf.to_bytes(32) for leaf in range(count)]


def proof(index, hashes):
    return path_of(index, len(hashes), lambda low, high: root_of(hashes[low:high]))


def root_by(index, size, leaf, path):
    """Return the root that a path leads to (RFC 9162, section 2.1.3.2); None if it is too long or too short."""
    if not 0 <= index < size:
        return None
    at, last, above = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            above = node_hash(beside, above)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            above = node_hash(above, beside)
        at, last = at >> 1, last >> 1
    return above if last == 0 else None


def test_tree_has_the_roots_of_the_reference_implementation():
    from dispatch.domain.log.merkle import leaf_hash

    hashed = [leaf_hash(b"", bytes.fromhex(text)) for text in INPUTS]

    assert [root_of(hashed[: size + 1]).hex() for size in range(8)] == ROOTS
    assert root_of([]) == EMPTY


@given(st.integers(1, 70), st.data())
def test_path_leads_from_a_leaf_to_the_root_and_from_no_other(size, data):
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    path = proof(index, hashes)

    assert root_by(index, size, hashes[index], path) == root_of(hashes)
    assert root_by(index, size, b"x" * 32, path) != root_of(hashes)
    assert all(root_by(other, size, hashes[index], path) != root_of(hashes) for other in range(size) if other != index)
    assert root_by(index, size, hashes[index], [*path, EMPTY]) != root_of(hashes)
    assert not path or root_by(index, size, hashes[index], path[:-1]) != root_of(hashes)


@given(st.integers(0, 70), st.integers(0, 70))
def test_edge_that_was_kept_goes_on_as_the_whole_tree_would(before, after):
    frontier = TreeEdge()
    frontier.extend(leaves(before))
    again = TreeEdge(frontier.size, frontier.hashes)
    again.extend(leaves(before + after)[before:])

    assert again.root() == root_of(leaves(before + after))


def test_whole_subtrees_are_told_as_they_become_whole():
    frontier = TreeEdge()
    told = [node for leaf in leaves(4) for node in frontier.append(leaf)]

    assert [(node.height, node.place) for node in told] == [(0, 0), (0, 1), (1, 0), (0, 2), (0, 3), (1, 1), (2, 0)]
    assert told[2].hash == node_hash(*leaves(2))


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_leaf_that_is_not_there_has_no_path(index, size):
    assert root_by(index, size, EMPTY, []) is None
    with pytest.raises(ValueError, match="no such leaf"):
        path_of(index, size, lambda low, high: EMPTY)


def test_edge_of_another_size_is_refused():
    with pytest.raises(ValueError, match="one hash for each"):
        TreeEdge(3, [EMPTY])
