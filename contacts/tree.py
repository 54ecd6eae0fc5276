"""Rules of a tree that is stored as (node, parent) pairs, such as the departments'.

Pure, and without recursion: a tree of a thousand levels is only slow to climb, never an error. Data that is already
wrong (a parent that is missing, a ring of parents) never loops and never makes a node disappear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

Id = TypeVar("Id", bound=Hashable)


class Placed(NamedTuple):
    """A node in reading order. ``depth`` is 0 for a root."""

    id: Any
    depth: int


def would_cycle(parent_of: Mapping[Id, Id | None], node: Id | None, new_parent: Id | None) -> bool:
    """Whether hanging a node under a new parent would close a ring.

    Args:
        parent_of: Each node's present parent; ``None`` for a root.
        node: The node that moves; ``None`` for one that is not saved yet, which has nothing below it.
        new_parent: Where it goes; ``None`` makes it a root, which is always possible.

    Returns:
        True also when the new parent already stands in a ring of wrong data: nothing should be hung there.
    """
    seen: set[Id] = set()
    current = new_parent
    while current is not None:
        if current == node or current in seen:
            return True
        seen.add(current)
        current = parent_of.get(current)
    return False


def ancestors(parent_of: Mapping[Id, Id | None], node: Id) -> list[Id]:
    """The nodes above a node, root first (the order of a breadcrumb), itself not included.

    A parent that is not in ``parent_of`` itself is the last that is known; a ring ends where it would repeat.
    """
    found: list[Id] = []
    seen = {node}
    current = parent_of.get(node)
    while current is not None and current not in seen:
        found.append(current)
        seen.add(current)
        current = parent_of.get(current)
    found.reverse()
    return found


def descendants(parent_of: Mapping[Id, Id | None], node: Id) -> set[Id]:
    """The nodes below a node at any depth, itself not included."""
    children: defaultdict[Id, list[Id]] = defaultdict(list)
    for child, parent in parent_of.items():
        if parent is not None:
            children[parent].append(child)
    found: set[Id] = set()
    waiting = [node]
    while waiting:
        for child in children[waiting.pop()]:
            if child not in found and child != node:
                found.add(child)
                waiting.append(child)
    return found


def depth_first(nodes: Iterable[tuple[Id, Id | None, Any]]) -> list[Placed]:
    """All nodes in reading order: each before what is below it, siblings by their sort value.

    Args:
        nodes: ``(id, parent_id, sort value)``; sort values are comparable with one another, equal ones keep the order
            in which they came.

    Returns:
        Every node exactly once. A node whose parent is not among the nodes (unpublished, filtered out) stands as a
        root in its place; a ring of wrong data comes last, entered at its first node in sort order.
    """
    rows = sorted(nodes, key=lambda row: row[2])
    known = {row[0] for row in rows}
    children: defaultdict[Id | None, list[Id]] = defaultdict(list)
    for identity, parent, _sort in rows:
        children[parent if parent in known else None].append(identity)

    placed: list[Placed] = []
    seen: set[Id] = set()

    def place_below(roots: list[Id]) -> None:
        waiting = [(root, 0) for root in reversed(roots)]
        while waiting:
            identity, depth = waiting.pop()
            if identity in seen:
                continue
            seen.add(identity)
            placed.append(Placed(identity, depth))
            waiting.extend((child, depth + 1) for child in reversed(children[identity]))

    place_below(children[None])
    # What is left stands in a ring or hangs from one.
    parent_of = {identity: parent for identity, parent, _sort in rows}
    for identity, _parent, _sort in rows:
        if identity not in seen and _in_ring(parent_of, identity):
            place_below([identity])
    return placed


def _in_ring(parent_of: Mapping[Id, Id | None], node: Id) -> bool:
    top = (ancestors(parent_of, node) or [node])[0]
    return parent_of.get(top) == node
