"""The least that other programs ask of a hand for the same session, by their own documents.

Where a document leaves a choice, the cheaper way is counted; pointing costs nothing, thinking
neither, no key is pressed twice by mistake. What a hand does to open the images and to write the
result is left out everywhere.

labelme 6.3.1: its default key bindings (default_config.yaml) and its question before deleting.
CVAT 2.39: the manual's pages on shortcuts, shape mode and attribute annotation mode. SLEAP 1.6:
the manual's page on the window; boxes are skeletons of two nodes there, classes are tracks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.review.fields import VIEW, fields
from tests.benchmarks.review.plan import Act

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.benchmarks.review.plan import Frame


@dataclass(frozen=True, slots=True)
class Cost:
    """Keys pressed (each of a chord counts), buttons pressed, turns of the wheel."""

    keys: int = 0
    clicks: int = 0
    wheels: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.keys + other.keys, self.clicks + other.clicks, self.wheels + other.wheels)

    def __mul__(self, n: int) -> Cost:
        return Cost(self.keys * n, self.clicks * n, self.wheels * n)

    @property
    def total(self) -> int:
        return self.keys + self.clicks + self.wheels


@dataclass(frozen=True, slots=True)
class Program:
    """What each act costs; `image` is each new image, `view` each further view of it."""

    name: str
    image: Cost
    view: Cost
    acts: Mapping[Act, Cost]
    points_at: frozenset[Act] = frozenset(Act) - {Act.ACCEPT}
    """For which of them the pointer has to be at the spine."""


DRAG = CLICK = Cost(clicks=1)
KEY, CHORD = Cost(keys=1), Cost(keys=2)
WHEEL = Cost(wheels=1)
NOTHING = Cost()

BY_FIELDS = (
    Program(
        "labelme",
        image=KEY * 2 + WHEEL,  # D; Ctrl+wheel zooms in
        view=DRAG,
        acts={
            Act.ACCEPT: NOTHING,
            # Click the shape, Ctrl+E, an arrow to the label, Enter.
            Act.RELABEL: CLICK + CHORD + KEY * 2,
            Act.FIX: DRAG,
            # Ctrl+R, two corners, Enter for the last label or an arrow before it, Ctrl+J.
            Act.ADD: CHORD + CLICK * 2 + KEY * 2 + CHORD,
            # Click, Delete, Enter to “permanently delete?”.
            Act.DELETE: CLICK + KEY * 2,
        },
    ),
    Program(
        "CVAT",
        image=KEY + WHEEL,  # F; the wheel zooms in
        view=DRAG,
        acts={
            Act.ACCEPT: NOTHING,
            Act.RELABEL: CHORD,  # Ctrl+digit, over the shape
            Act.FIX: DRAG,
            Act.ADD: KEY + CLICK * 2 + CHORD,  # N, two corners, Ctrl+digit
            Act.DELETE: KEY,
        },
    ),
    Program(
        "SLEAP",
        # Space to the next suggestion, the menu's “Add instances from all predictions”, zoom.
        image=KEY + CLICK * 2 + WHEEL,
        view=DRAG,
        acts={
            Act.ACCEPT: NOTHING,
            Act.RELABEL: CLICK + CHORD,
            Act.FIX: DRAG,
            Act.ADD: CLICK * 2 + DRAG * 2 + CHORD,
            Act.DELETE: CLICK + CHORD,
        },
    ),
)
"""Look at whole views; a spine that is right is left alone, and nothing tells that it was seen."""

ONE_BY_ONE = (
    Program(
        "labelme",
        image=KEY * 2 + WHEEL,
        view=NOTHING,
        acts={
            # Drag the view to it; click, Ctrl+E, tick the flag “seen”, Enter.
            Act.ACCEPT: DRAG + CLICK + CHORD + CLICK + KEY,
            Act.RELABEL: DRAG + CLICK + CHORD + KEY + CLICK + KEY,
            Act.FIX: DRAG + DRAG + CLICK + CHORD + CLICK + KEY,
            Act.ADD: DRAG + CHORD + CLICK * 2 + KEY * 2 + CHORD,
            Act.DELETE: DRAG + CLICK + KEY * 2,
        },
        points_at=frozenset(Act),
    ),
    Program(
        "CVAT",
        image=KEY,
        view=NOTHING,
        acts={
            # Attribute annotation mode: Tab zooms to the next, a digit sets its class or “seen”.
            Act.ACCEPT: KEY * 2,
            Act.RELABEL: KEY * 2,
            Act.FIX: KEY * 2 + DRAG,
            Act.ADD: KEY + CLICK * 2 + CHORD,
            Act.DELETE: KEY * 2,
        },
        points_at=frozenset({Act.FIX, Act.ADD}),
    ),
    Program(
        "SLEAP",
        image=KEY + WHEEL,
        view=NOTHING,
        acts={
            Act.ACCEPT: DRAG + CLICK * 2,  # double-click makes it the person's own
            Act.RELABEL: DRAG + CLICK * 2 + CHORD,
            Act.FIX: DRAG + CLICK * 2 + DRAG,
            Act.ADD: DRAG + CLICK * 2 + DRAG * 2 + CHORD,
            Act.DELETE: DRAG + CLICK + CHORD,
        },
        points_at=frozenset(Act),
    ),
)
"""Bring each spine into view and keep a decision on it, so that others can tell it was seen."""


def least(program: Program, frames: Sequence[Frame]) -> Cost:
    """Return what the session costs in that program at the very least."""
    cost = NOTHING
    for frame in frames:
        cost += program.image + program.view * (fields(frame).n_views - 1)
        for spine in frame.spines:
            cost += program.acts[spine.act]
    return cost


def least_travel_px(program: Program, frames: Sequence[Frame]) -> float:
    """Return the least way of the pointer on the screen in px: a bound from below.

    Within a view only what is pointed at counts, in the order that lies nearest; a drag of the
    view goes as far as the view is high.
    """
    way = 0.0
    for frame in frames:
        found = fields(frame)
        way += (found.n_views - 1) * VIEW[1] * bool(program.view.clicks)
        points = [s.box.center for s in frame.spines if s.act in program.points_at]
        way += _tour(points) * found.scale * (1.0 if found.n_views == 1 else 0.5)
    return way


def _tour(points: list[tuple[float, float]]) -> float:
    """Return the length of the way through all points, always to the nearest."""
    if not points:
        return 0.0
    left, at, length = list(points[1:]), points[0], 0.0
    while left:
        nearest = min(left, key=lambda p: (p[0] - at[0]) ** 2 + (p[1] - at[1]) ** 2)
        length += ((nearest[0] - at[0]) ** 2 + (nearest[1] - at[1]) ** 2) ** 0.5
        left.remove(nearest)
        at = nearest
    return length
