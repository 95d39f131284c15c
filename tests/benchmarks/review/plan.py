"""The session: 200 spines of real images, and what is wrong with the predictions of each.

150 are right, 30 have another class than theirs, 10 a box with one side in the wrong place, 6 were
not found, 4 are none. Places and boxes are the annotated ones; where a data set has no classes,
they are drawn by the seed.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from spinegui.domain.geometry import Box
from spinegui.domain.labels import SPINE_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Act(Enum):
    """What a reviewer has to do about one spine."""

    ACCEPT = auto()
    RELABEL = auto()
    FIX = auto()
    ADD = auto()
    DELETE = auto()


COUNTS = {Act.ACCEPT: 150, Act.RELABEL: 30, Act.FIX: 10, Act.ADD: 6, Act.DELETE: 4}
N_SPINES = sum(COUNTS.values())
CLASS_OF = {"ball": "stubby"}
"""The fifth class of one data set, a head that sits on the shaft."""
SIDE_OFF = 0.6
"""By this share of its size one side of a wrong box lies outside."""


@dataclass(frozen=True, slots=True)
class Spine:
    """One item of the session; `predicted` is None where the model found nothing."""

    act: Act
    box: Box
    label: str
    predicted: Box | None
    predicted_label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """An image of the session and what is to be decided on it."""

    path: Path
    width: int
    height: int
    spines: tuple[Spine, ...]


def plan(coco: Path, seed: int = 0) -> tuple[Frame, ...]:
    """Return the session on the first images of a COCO file that hold 200 spines.

    Raises ValueError where it holds fewer.
    """
    rng = random.Random(seed)  # noqa: S311  no secret
    acts = [act for act, n in COUNTS.items() for _ in range(n)]
    rng.shuffle(acts)
    frames, left = [], acts
    for path, size, truths in _images(coco):
        taken, left = left[: len(truths)], left[len(truths) :]
        spines = tuple(
            _spine(act, box, label, truths, size, rng)
            for act, (box, label) in zip(taken, truths, strict=False)
        )
        frames.append(Frame(path, *size, spines))
        if not left:
            return tuple(frames)
    raise ValueError(f"{coco} holds fewer than {N_SPINES} spines.")


def _images(coco: Path) -> Iterator[tuple[Path, tuple[int, int], list[tuple[Box, str]]]]:
    data = json.loads(coco.read_text("utf-8"))
    names = {c["id"]: c["name"] for c in data["categories"]}
    rng = random.Random(1)  # noqa: S311  no secret
    for image in sorted(data["images"], key=lambda found: found["id"]):
        size = image["width"], image["height"]
        truths = []
        for annotation in data["annotations"]:
            if annotation["image_id"] == image["id"]:
                x, y, w, h = annotation["bbox"]
                box = Box(x, y, x + w, y + h).clipped(*size)
                name = names[annotation["category_id"]]
                label = CLASS_OF.get(name, name)
                if label not in SPINE_CLASSES.ids:
                    label = rng.choice(SPINE_CLASSES.ids)
                if box is not None and min(box.width, box.height) > 6:
                    truths.append((box, label))
        if truths:
            yield coco.parent / image["file_name"], size, truths


def _spine(
    act: Act,
    box: Box,
    label: str,
    truths: list[tuple[Box, str]],
    size: tuple[int, int],
    rng: random.Random,
) -> Spine:
    spine = Spine(act, box, label, box, label)
    if act is Act.RELABEL:
        other = rng.choice([c for c in SPINE_CLASSES.ids if c != label])
        return replace(spine, predicted_label=other)
    if act is Act.FIX:
        wrong = Box(box.x0, box.y0, box.x1 + SIDE_OFF * box.width, box.y1)
        inside = wrong.clipped(*size)
        assert inside is not None
        return replace(spine, predicted=inside)
    if act is Act.ADD:
        return replace(spine, predicted=None)
    if act is Act.DELETE:
        false = _empty_place(box, truths, size, rng)
        return replace(spine, box=false, predicted=false)
    return spine


def _empty_place(
    like: Box, truths: list[tuple[Box, str]], size: tuple[int, int], rng: random.Random
) -> Box:
    """Return a box of that size that holds no spine."""
    while True:
        x = rng.uniform(0, size[0] - like.width)
        y = rng.uniform(0, size[1] - like.height)
        place = Box(x, y, x + like.width, y + like.height)
        if all(place.iou(box) == 0 for box, _ in truths):
            return place
