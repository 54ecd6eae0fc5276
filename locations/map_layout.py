"""From coordinates to pins on the schematic map: near neighbours are moved apart so that every number can be read.

Pure. The map is a drawing of 960 × 470 units of the city between two meridians and two parallels; it is
schematic, not surveyed, and its caption says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, TypeVar

WIDTH: Final = 960
HEIGHT: Final = 470
MARGIN: Final = 26
# The edges of the drawing, degrees WGS 84.
WEST: Final = 23.5190
EAST: Final = 23.6591
NORTH: Final = 46.8000
SOUTH: Final = 46.7447
GAP: Final = 54.0
ROUNDS: Final = 200

Key = TypeVar("Key")
Point = tuple[float, float]


def project(latitude: float, longitude: float) -> Point:
    """The point of the drawing for a position; positions outside the drawing are moved to its edge."""
    x = (longitude - WEST) / (EAST - WEST) * WIDTH
    y = (NORTH - latitude) / (NORTH - SOUTH) * HEIGHT
    return _inside((x, y))


def place_pins(positions: Mapping[Key, Point], gap: float = GAP) -> dict[Key, Point]:
    """Points for (latitude, longitude) pairs, at least `gap` units apart where the drawing has room.

    Deterministic: the same positions give the same map, whatever their order of change.
    """
    pins = {key: project(*position) for key, position in positions.items()}
    keys = list(pins)
    if len(keys) * gap * gap > WIDTH * HEIGHT / 2:
        return pins  # More pins than the drawing can part: leave them where they are.
    for _ in range(ROUNDS):
        moved = False
        for n, first in enumerate(keys):
            for second in keys[n + 1 :]:
                (ax, ay), (bx, by) = pins[first], pins[second]
                dx, dy = bx - ax, by - ay
                distance = math.hypot(dx, dy)
                if distance >= gap - 0.5:
                    continue
                moved = True
                if distance < 0.01:  # The same point: part them along a fixed direction.
                    dx, dy, distance = 1.0, 0.2, 1.02
                push = (gap - distance) / 2 / distance
                pins[first] = _inside((ax - dx * push, ay - dy * push))
                pins[second] = _inside((bx + dx * push, by + dy * push))
        if not moved:
            break
    return {key: (round(x, 1), round(y, 1)) for key, (x, y) in pins.items()}


def _inside(point: Point) -> Point:
    x, y = point
    return (
        min(max(x, MARGIN), WIDTH - MARGIN),
        min(max(y, MARGIN), HEIGHT - MARGIN),
    )
