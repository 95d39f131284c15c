"""The session in spinegui, with real events: one by one in the queue, or tile by tile.

Both end with the same 200 decisions in the project file, which `mistakes` checks.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from spinegui.domain.detection import ReviewState
from spinegui.domain.geometry import Box
from spinegui.domain.usefulness import Order
from spinegui.gui.hunt.story import Hunt
from spinegui.gui.queue.choice import PROJECT
from tests.benchmarks.review.desk import drawn, settle, until
from tests.benchmarks.review.fields import LEGIBLE_PX
from tests.benchmarks.review.hand import Hand
from tests.benchmarks.review.minimum import Cost
from tests.benchmarks.review.plan import Act

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.domain.detection import Detection
    from spinegui.gui.desk import Desk
    from spinegui.gui.hunt.lawnmower import Lawnmower
    from tests.benchmarks.review.plan import Spine

SAME_BOX_IOU = 0.8
SAME_SPINE_IOU = 0.2
_SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Session:
    """One way through the session; fills in what it cost and how large spines were shown."""

    desk: Desk
    spines: Mapping[str, Spine]
    hand: Hand = field(init=False)
    shown_px: list[float] = field(default_factory=list)
    accept_ms: list[float] = field(default_factory=list)
    """CPU ms from the key to the next item painted, where both lie on one image."""

    def __post_init__(self) -> None:
        self.hand = Hand(self.desk.canvas)

    # -- the two ways ------------------------------------------------------------------------

    def one_by_one(self) -> None:
        """Space, digits and X through the queue of the project, an image after the other.

        What is missing is added where the eye meets it, or at the latest beside the image's last.
        """
        desk, settings = self.desk, self.desk.settings
        settings.queue_reach, settings.queue_order = PROJECT, Order.IMAGE.value
        missing = {i: s for i, s in self.spines.items() if s.act is Act.ADD}
        self.hand.key(Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
        for _ in range(len(self.spines) - len(missing)):
            until(lambda: self._current() is not None)
            drawn(desk)
            self._add_in_reach(missing)
            detection = self._current()
            assert detection is not None
            self._look_at(detection.box)
            self._decide(detection)
            until(partial(self._has_moved_on, detection.id))

    def by_fields(self) -> None:
        """Tile by tile: put right what is wrong in sight, then T for all the rest of it."""
        self.desk.settings.auto_advance = False
        mower, n_images = lawnmower(self.desk), len(self.desk.workspace.image_ids)
        self.hand.key(Qt.Key.Key_T)
        for number in range(n_images):
            until(lambda: mower.is_on)
            if mower.n_empty and not mower.skips_empty:
                self._skip_empty_tiles()
            self._walk_tiles()
            if number + 1 < n_images:
                self._go_on_to_the_next()

    # -- through the queue -------------------------------------------------------------------

    def _current(self) -> Detection | None:
        """Return the selected spine where it waits for a decision."""
        workspace = self.desk.workspace
        found = workspace.annotation.detections.get(workspace.selection.single or "")
        return found if found is not None and not found.is_decided else None

    def _has_moved_on(self, before: str) -> bool:
        """Tell whether another spine is selected, or none is left to decide on."""
        document = self.desk.workspace.document
        assert document is not None
        return self.desk.workspace.selection.single != before or all(
            d.is_decided for image in document.images for d in document.annotation(image).visible()
        )

    def _add_in_reach(self, missing: dict[str, Spine]) -> None:
        """Add what is missing and in sight; beside the image's last spine, all that is left."""
        workspace, canvas = self.desk.workspace, self.desk.canvas
        here = {i: s for i, s in missing.items() if i.rpartition("-")[0] == workspace.image_id}
        undecided = sum(not d.is_decided for d in workspace.annotation.visible())
        if here and undecided == 1:
            self.hand.key(Qt.Key.Key_F)
            settle(self.desk)
        current = workspace.selection.single
        for detection_id, spine in here.items():
            if _is_in_reach(spine, canvas.view.visible(), self.desk):
                self._add(spine)
                del missing[detection_id]
        if workspace.selection.single != current:
            self.hand.key(Qt.Key.Key_Space)  # back to the one that waits
            until(lambda: workspace.selection.single == current)
        settle(self.desk)

    def _decide(self, detection: Detection) -> None:
        spine = self.spines[detection.id]
        if spine.act is Act.DELETE:
            self.hand.key(Qt.Key.Key_X)
        elif spine.act is Act.RELABEL:
            self._press_digit(spine.label)
        elif spine.act is Act.FIX:
            self._drag_side(detection.box, spine.box)
            self.hand.key(Qt.Key.Key_Space)
        else:
            image = self.desk.workspace.image_id
            start = time.process_time()
            self.hand.key(Qt.Key.Key_Space)
            self.desk.canvas.view.stop()
            self.desk.canvas.repaint()
            if self.desk.workspace.image_id == image:
                self.accept_ms.append((time.process_time() - start) * 1000)

    # -- tile by tile ------------------------------------------------------------------------

    def _walk_tiles(self) -> None:
        desk, mower = self.desk, lawnmower(self.desk)
        left = dict(self._here())
        while not mower.is_done:
            settle(desk)
            seen = desk.canvas.view.visible()
            inside = {i: s for i, s in left.items() if _is_in_reach(s, seen, desk)}
            for detection_id, spine in sorted(inside.items(), key=lambda e: _ORDER[e[1].act]):
                self._look_at(spine.box)
                self._put_right(detection_id, spine)
                del left[detection_id]
            self.hand.key(Qt.Key.Key_T)
            QApplication.processEvents()
        for detection_id, spine in left.items():  # cut by a border, with background beyond it
            self._pan_to(spine.box)
            self._look_at(spine.box)
            self._put_right(detection_id, spine)

    def _pan_to(self, box: Box) -> None:
        """Drag the image by a bare place until the spine is in the middle."""
        canvas = self.desk.canvas
        bare = (QPoint(x, y) for x in range(40, canvas.width(), 40) for y in range(40, 400, 40))
        start = next(at for at in bare if not canvas.detection_at(QPointF(at)))
        way = QPoint(canvas.width() // 2, canvas.height() // 2) - self._on_screen(*box.center)
        self.hand.drag(start, start + way)
        settle(self.desk)

    def _skip_empty_tiles(self) -> None:
        """Once for all images: leave out the tiles that hold nothing but background."""
        box = next(s.tiles.empty for s in self.desk.stories.instrument if isinstance(s, Hunt))
        self.hand.cost += Cost(clicks=1)
        box.click()

    def _go_on_to_the_next(self) -> None:
        before = self.desk.workspace.image_id
        self.hand.key(Qt.Key.Key_T)
        until(lambda: self.desk.workspace.image_id != before)
        drawn(self.desk)

    def _put_right(self, detection_id: str, spine: Spine) -> None:
        if spine.act in (Act.RELABEL, Act.DELETE):
            if self.desk.workspace.selection.ids:  # keys mean what is selected first
                self.hand.key(Qt.Key.Key_Escape)
            self.hand.move(self._point_on(detection_id, spine.box))
            if spine.act is Act.DELETE:
                self.hand.key(Qt.Key.Key_X)
            else:
                self._press_digit(spine.label)
        elif spine.act is Act.FIX:
            detection = self.desk.workspace.annotation.detections[detection_id]
            self.hand.click(self._point_on(detection_id, detection.box))
            self._drag_side(detection.box, spine.box)
        elif spine.act is Act.ADD:
            self._add(spine)

    # -- what both do ------------------------------------------------------------------------

    def _add(self, spine: Spine) -> None:
        """Shift+click; the digit only where the class that is proposed is another."""
        workspace = self.desk.workspace
        before = set(workspace.annotation.detections)
        self.hand.click(self._on_screen(*spine.box.center), _SHIFT)
        until(lambda: bool(set(workspace.annotation.detections) - before))
        (added,) = set(workspace.annotation.detections) - before
        if workspace.annotation.detections[added].label != spine.label:
            until(lambda: workspace.selection.single == added)
            self._press_digit(spine.label)

    def _press_digit(self, label: str) -> None:
        document = self.desk.workspace.document
        assert document is not None
        found = document.label_set.find(label)
        assert found is not None
        self.hand.key(Qt.Key(ord(found.key)))

    def _drag_side(self, wrong: Box, right: Box) -> None:
        middle = (wrong.y0 + wrong.y1) / 2
        self.hand.drag(self._on_screen(wrong.x1, middle), self._on_screen(right.x1, middle))

    def _here(self) -> list[tuple[str, Spine]]:
        image = self.desk.workspace.image_id
        return [(i, s) for i, s in self.spines.items() if i.rpartition("-")[0] == image]

    def _look_at(self, box: Box) -> None:
        """Note how large a spine is on the screen; it has to be there as a whole."""
        view = self.desk.canvas.view
        self.shown_px.append(max(box.width, box.height) * view.transform.scale)

    def _point_on(self, detection_id: str, box: Box) -> QPoint:
        """Return a place in the box where no other box is meant; the middle if that will do."""
        shares = (0.5, 0.3, 0.7, 0.1, 0.9)
        for x, y in itertools.product(shares, shares):
            at = self._on_screen(box.x0 + x * box.width, box.y0 + y * box.height)
            if self.desk.canvas.detection_at(QPointF(at)) == detection_id:
                until(partial(self._is_bare, at))
                return at
        raise AssertionError(f"{detection_id} cannot be pointed at.")

    def _is_bare(self, at: QPoint) -> bool:
        """Tell whether no message lies over that place; it leaves by itself."""
        canvas, window = self.desk.canvas, self.desk.window
        return window.childAt(canvas.mapTo(window, at)) is canvas

    def _on_screen(self, x: float, y: float) -> QPoint:
        return QPoint(*map(round, self.desk.canvas.transform.to_view(x, y)))


def _is_in_reach(spine: Spine, seen: Box, desk: Desk) -> bool:
    """Tell whether the spine's middle half, and a side to be dragged, lie bare in sight."""
    box = spine.box
    need = Box(
        box.x0 + box.width / 4, box.y0 + box.height / 4, box.x1 - box.width / 4,
        box.y1 - box.height / 4,
    )  # fmt: skip
    if spine.act is Act.FIX and spine.predicted is not None:
        need = Box(need.x0, need.y0, spine.predicted.x1, need.y1)
    if need.intersection(seen) != need:
        return False
    view = desk.canvas.view
    corner = desk.canvas.scene.minimap.rect(view.image_size, view.view_size, view.transform)
    shown = desk.canvas.transform.box_to_view(need)
    return corner is None or not corner.intersects(
        QRectF(shown.x0, shown.y0, shown.width, shown.height)
    )


_ORDER = {Act.RELABEL: 0, Act.DELETE: 1, Act.ACCEPT: 2, Act.FIX: 3, Act.ADD: 4}
"""What leaves a spine selected comes last in a tile."""


def lawnmower(desk: Desk) -> Lawnmower:
    return next(s.mower for s in desk.stories.instrument if isinstance(s, Hunt))


def mistakes(desk: Desk, spines: Mapping[str, Spine]) -> list[str]:
    """Return where the project does not say what the session decided."""
    document = desk.workspace.document
    assert document is not None
    found = []
    for detection_id, spine in spines.items():
        annotation = document.annotation(detection_id.rpartition("-")[0])
        if spine.act is Act.ADD:
            same = [d for d in annotation.visible() if d.box.iou(spine.box) >= SAME_SPINE_IOU]
            is_right = any(d.label == spine.label and d.is_decided for d in same)
        else:
            is_right = _is_right(annotation.detections[detection_id], spine)
        if not is_right:
            found.append(f"{detection_id}: {spine.act.name}")
    return found


def _is_right(detection: Detection, spine: Spine) -> bool:
    if spine.act is Act.DELETE:
        return detection.state is ReviewState.REJECTED
    is_same_box = detection.box.iou(spine.box) >= SAME_BOX_IOU
    return (
        detection.state is ReviewState.ACCEPTED and detection.label == spine.label and is_same_box
    )


def legible_share(session: Session) -> float:
    """Return the share of the spines that were shown large enough to judge."""
    sizes = session.shown_px
    return sum(size >= 0.75 * LEGIBLE_PX for size in sizes) / len(sizes)
