"""The department tree's rules, on good data and on bad."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from contacts.tree import Placed, ancestors, depth_first, descendants, would_cycle

# 1 ── 2 ── 4
#  └── 3     5 (a root)
PARENTS = {1: None, 2: 1, 3: 1, 4: 2, 5: None}
RING = {1: 2, 2: 3, 3: 1, 4: 3, 5: None}


def test_a_node_cannot_go_below_itself():
    assert would_cycle(PARENTS, 1, 1)
    assert would_cycle(PARENTS, 1, 4)
    assert would_cycle(PARENTS, 2, 4)
    assert not would_cycle(PARENTS, 4, 1)
    assert not would_cycle(PARENTS, 4, 5)
    assert not would_cycle(PARENTS, 1, None)
    assert not would_cycle(PARENTS, None, 4)
    assert not would_cycle(PARENTS, 9, 4)
    assert not would_cycle(PARENTS, 1, 99)


def test_a_ring_takes_nothing_in():
    assert would_cycle(RING, 5, 4)
    assert not would_cycle(RING, 4, 5)
    assert not would_cycle(RING, 1, None)


def test_ancestors_and_descendants():
    assert ancestors(PARENTS, 4) == [1, 2]
    assert ancestors(PARENTS, 1) == []
    assert ancestors({4: 7}, 4) == [7]
    assert ancestors(RING, 1) == [3, 2]
    assert descendants(PARENTS, 1) == {2, 3, 4}
    assert descendants(PARENTS, 5) == set()
    assert descendants(RING, 1) == {2, 3, 4}


def test_reading_order():
    rows = [(4, 2, 0), (3, 1, 1), (5, None, 0), (2, 1, 2), (1, None, 1)]
    assert depth_first(rows) == [
        Placed(5, 0),
        Placed(1, 0),
        Placed(3, 1),
        Placed(2, 1),
        Placed(4, 2),
    ]
    assert depth_first([("b", None, 0), ("a", None, 0)]) == [("b", 0), ("a", 0)]
    assert depth_first([]) == []


def test_nothing_disappears_from_bad_data():
    assert depth_first([(2, 99, 0), (3, 2, 0)]) == [(2, 0), (3, 1)]
    assert depth_first([(1, 2, 0), (2, 1, 0), (5, None, 9)]) == [(5, 0), (1, 0), (2, 1)]
    assert depth_first([(1, 1, 0)]) == [(1, 0)]
    # 3 hangs from the ring of 1 and 2 and comes first in sort order: still below it.
    assert depth_first([(1, 2, 1), (2, 1, 2), (3, 2, 0)]) == [(1, 0), (2, 1), (3, 2)]


def test_a_thousand_levels():
    size = 1000
    parents: dict[int, int | None] = {i: i - 1 if i else None for i in range(size)}
    rows = [(i, parent, 0) for i, parent in parents.items()]
    random.Random(2).shuffle(rows)
    assert would_cycle(parents, 0, size - 1)
    assert ancestors(parents, size - 1) == list(range(size - 1))
    assert len(descendants(parents, 0)) == size - 1
    assert depth_first(rows) == [Placed(i, i) for i in range(size)]


parents = st.integers(1, 12).flatmap(
    lambda size: st.lists(st.none() | st.integers(0, size), min_size=size, max_size=size).map(
        lambda found: dict(enumerate(found))
    )
)


@given(parents, st.randoms(use_true_random=False))
def test_every_node_stands_once_after_its_parent(parent_of, shuffle):
    rows = [(node, parent, shuffle.randrange(3)) for node, parent in parent_of.items()]
    placed = depth_first(rows)
    assert sorted(row.id for row in placed) == sorted(parent_of)
    depth = {row.id: row.depth for row in placed}
    order = [row.id for row in placed]
    for row in placed:
        parent = parent_of[row.id]
        if row.depth:
            assert parent is not None
            assert depth[parent] == row.depth - 1
            assert order.index(parent) < order.index(row.id)
        elif parent in parent_of:
            # A root whose parent is known: only a ring is entered so.
            assert row.id == parent or row.id in ancestors(parent_of, parent)


@given(parents, st.integers(0, 12), st.none() | st.integers(0, 12))
def test_allowed_moves_never_make_a_ring(parent_of, node, new_parent):
    before_ok = all(not would_cycle(parent_of, n, p) for n, p in parent_of.items())
    if before_ok and node in parent_of and not would_cycle(parent_of, node, new_parent):
        after = {**parent_of, node: new_parent}
        assert all(
            n not in ancestors(after, p) and n != p for n, p in after.items() if p is not None
        )
    assert would_cycle(parent_of, node, node)
