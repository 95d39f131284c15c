"""All that a person can do to annotations, a line an operation, for random sequences of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.annotation import Annotation, ImageChannel, ImageState
from spinegui.domain.brush import Stroke
from spinegui.domain.detection import Detection, Vote
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import Calibration, PixelSize
from spinegui.domain.joining import merge, split
from spinegui.domain.predictions import Predictions, merge_predictions
from spinegui.domain.reviewed import with_reviewed, without_reviewed

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

SIDE = 200.0
LABELS = ("mushroom", "thin", "stubby", "filopodia", "unsure")


@dataclass
class Bench:
    """The annotations as they are, the image that is worked on, and choices made by a seed."""

    annotations: Mapping[str, Annotation]
    image_id: str
    choice: random.Random
    number: int = 0
    now: str = field(init=False)

    def __post_init__(self) -> None:
        self.now = f"2026-01-01T00:00:{self.choice.uniform(0, 59.9):06.3f}Z"

    @property
    def annotation(self) -> Annotation:
        return self.annotations[self.image_id]

    def new_id(self) -> str:
        return f"{self.choice.getrandbits(64):016x}"

    def some(self, at_most: int) -> list[Detection]:
        """A few of the image's detections, in any order."""
        found = sorted(self.annotation.detections.values(), key=lambda d: d.id)
        return self.choice.sample(found, min(len(found), at_most))

    def box(self) -> Box:
        x, y = (round(self.choice.uniform(0, SIDE), 2) for _ in "xy")
        return Box.from_xywh(x, y, self.choice.uniform(2, 40), self.choice.uniform(2, 40))

    def vote(self) -> Vote:
        return Vote(self.choice.choice(["ann", "bob"]), self.choice.choice(LABELS), self.now)

    def each(self, title: str, step: Callable[[Detection], Detection]) -> Edit:
        """Change a few detections alike."""
        changes = (Change(d, step(d)) for d in self.some(3))
        return Edit(title, tuple(c for c in changes if c.before != c.after))

    def everywhere(self, title: str, step: Callable[[Detection], Detection]) -> Edit:
        """Change all detections of all images alike, as a batch of edits does."""
        found = (d for a in self.annotations.values() for d in a.detections.values())
        changes = (Change(d, step(d)) for d in found)
        return Edit(title, tuple(c for c in changes if c.before != c.after))

    def stroke(self) -> Stroke:
        """Draw a brush over a part of the image."""
        made = Stroke(int(SIDE), int(SIDE))
        for _ in range(3):
            made.pass_over(self.choice.uniform(0, SIDE), self.choice.uniform(0, SIDE), 12.0)
        return made

    def on_two(self, make: Callable[[list[Detection]], Edit]) -> Edit:
        found = self.some(2)
        return make(found) if len(found) == 2 else Edit("", ())

    def on_one(self, make: Callable[[Detection], Edit]) -> Edit:
        found = self.some(1)
        return make(found[0]) if found else Edit("", ())

    def drawn(self, image_id: str = "") -> Detection:
        return Detection(self.new_id(), image_id or self.image_id, self.box())

    def state(self, *, is_reviewed: bool, has_no_spines: bool = False) -> Edit:
        new = ImageState(self.image_id, is_reviewed, has_no_spines)
        changes = (Change(self.annotation.state, new),)
        return Edit("Mark image", changes if new != self.annotation.state else ())

    def predictions(self) -> Predictions:
        n = self.choice.randrange(6)
        boxes = np.array([self.box().as_xyxy() for _ in range(n)]).reshape(n, 4)
        scores = np.array([self.choice.random() for _ in range(n)])
        shares = np.tile([0.75, 0.25], (n, 1))
        return Predictions.build(
            "classical", boxes, scores, class_ids=("mushroom", "thin"), class_scores=shares
        )

    def single(self, title: str, before: object, after: object) -> Edit:
        """Change one of the things that an image has once."""
        changes = (Change(before, after),) if before != after else ()  # type: ignore[arg-type]
        return Edit(title, changes)


OPERATIONS: Mapping[str, Callable[[Bench], Edit]] = {
    "label": lambda b: b.each("Label", lambda d: d.with_vote(b.vote())),
    "accept": lambda b: b.each("Accept", lambda d: d.accepted_by("ann", b.now)),
    "reject": lambda b: b.each("Reject", Detection.rejected),
    "move": lambda b: b.each("Move or resize", lambda d: d.with_box(b.box())),
    "slices": lambda b: b.each("Slices", lambda d: replace(d, z=2.0, z_range=(1, 3))),
    "draw": lambda b: Edit("Draw spine", (Change(None, b.drawn()),)),
    "draw on all": lambda b: Edit("Draw", tuple(Change(None, b.drawn(i)) for i in b.annotations)),
    "remove": lambda b: Edit("Remove", tuple(Change(d, None) for d in b.some(2))),
    "merge": lambda b: b.on_two(merge),
    "split": lambda b: b.on_one(lambda d: split(d, (b.box(), b.box()), new_id=b.new_id)),
    "detect": lambda b: merge_predictions(b.annotation, b.predictions(), new_id=b.new_id),
    "region": lambda b: Edit(
        "Mark region", with_reviewed(b.annotation, [b.box(), b.box()], new_id=b.new_id)
    ),
    "erase region": lambda b: Edit(
        "Erase region", without_reviewed(b.annotation, [b.box()], new_id=b.new_id)
    ),
    "brush": lambda b: Edit(
        "Brush", with_reviewed(b.annotation, b.stroke().boxes(), new_id=b.new_id)
    ),
    "brush out": lambda b: Edit(
        "Brush", without_reviewed(b.annotation, b.stroke().boxes(), new_id=b.new_id)
    ),
    "label all": lambda b: b.everywhere("Label all", lambda d: d.with_vote(b.vote())),
    "reject all": lambda b: b.everywhere("Reject all", Detection.rejected),
    "reviewed": lambda b: b.state(is_reviewed=True),
    "not reviewed": lambda b: b.state(is_reviewed=False),
    "no spines": lambda b: b.state(is_reviewed=True, has_no_spines=True),
    "pixel size": lambda b: b.single(
        "Set pixel size",
        b.annotation.calibration,
        Calibration(b.image_id, PixelSize(b.choice.uniform(0.01, 1), 0.1, None, "user")),
    ),
    "channel": lambda b: b.single(
        "Channel", b.annotation.image_channel, ImageChannel(b.image_id, b.choice.randrange(3))
    ),
}
"""To let an operation take part in the random sequences, add its line."""
