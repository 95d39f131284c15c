"""A spine added with one click: a box at once, its class as soon as the worker says so.

The box is a sketch until then. One edit brings both: when the worker has answered, after a moment
without an answer, or as soon as the person goes on with anything else, whichever comes first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from spinegui.domain.detection import Detection
from spinegui.domain.edits import Change, Edit
from spinegui.gui.editing.class_question import ClassQuestion
from spinegui.gui.flows.review import new_id
from spinegui.gui.language import tr
from spinegui.imaging.opening import open_image
from spinegui.imaging.snapping import best_slice, snapped, usual_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.domain.image_ref import ImageRef
    from spinegui.gui.background import Task
    from spinegui.gui.desk import Desk
    from spinegui.gui.document import Document
    from spinegui.gui.editing.class_question import ClassScores
    from spinegui.gui.view_state import View

PATIENCE_MS = 1500
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)
_Slices = tuple[int, tuple[int, int]]


@dataclass(eq=False)
class _Proposal:
    """A box that was clicked and is not in the annotation yet."""

    document: Document
    detection: Detection
    head: tuple[float, float]
    view: View
    timer: QTimer
    question: str = ""
    tasks: list[Task[_Slices]] = field(default_factory=list)


class OneClick(QObject):
    """Turns clicks into spines. No proposal is lost: not by other images, nor by a dead worker."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._workspace = desk.workspace
        self._canvas = desk.canvas
        self._question = ClassQuestion(desk.bridge, desk.models, self)
        self._proposals: list[_Proposal] = []
        self.patience_ms = PATIENCE_MS
        desk.canvas.spine_requested.connect(self.add)
        # It comes while the document before is still open.
        desk.workspace.document_changed.connect(self.finish_all)
        desk.workspace.image_changed.connect(self._show)

    @property
    def is_proposing(self) -> bool:
        return bool(self._proposals)

    def add(self, x: float, y: float) -> None:
        """Add the spine that a click at x, y (px) on the shown image means."""
        document, image = self._workspace.document, self._workspace.image
        plane = self._desk.display.plane
        if document is None or image is None or plane is None:
            return
        if self._take_candidate(x, y):
            return
        size = document.pixel_size(image.id)
        boxes = [d.box for d in self._workspace.annotation.visible()]
        found = snapped(plane, (x, y), usual_size(boxes), um=size.x_um if size else None)
        view = self._workspace.view
        in_slice = image.is_stack and not view.is_projected
        detection = Detection(
            id=new_id(),
            image_id=image.id,
            box=found.box,
            z=float(view.z) if in_slice else None,
            z_range=(view.z, view.z) if in_slice else None,
        )
        timer = QTimer(self, singleShot=True, interval=self.patience_ms)
        proposal = _Proposal(document, detection, found.head or (x, y), view, timer)
        timer.timeout.connect(partial(self._finish, proposal))
        self._begin(proposal, image)

    def finish_all(self, *_cause: object) -> None:
        """Add what is proposed now, without waiting for its class any longer."""
        for proposal in list(self._proposals):
            self._finish(proposal)

    def _take_candidate(self, x: float, y: float) -> bool:
        """Accept the model's own box there, where it was only too unsure to be shown."""
        if self._workspace.view.decided_only:  # a search without the model's boxes
            return False
        threshold = self._workspace.view.threshold
        under = [
            d
            for d in self._workspace.annotation.detections.values()
            if not d.is_decided
            and d.score is not None
            and d.score < threshold
            and d.box.contains(x, y)
            and (self._workspace.view.is_projected or d.spans(self._workspace.view.z))
        ]
        if not under:
            return False
        best = max(under, key=lambda d: d.score or 0.0)
        if self._workspace.push(Edit("Add spine", (Change(best, best.accepted()),))):
            self._workspace.selection.replace([best.id])
        return True

    def _begin(self, proposal: _Proposal, image: ImageRef) -> None:
        is_past = self._workspace.past is not None
        if is_past or proposal.document.is_read_only:  # pushing says why it cannot be
            self._push(proposal)
            return
        self._proposals.append(proposal)
        self._workspace.selection.clear()
        self._show()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        proposal.timer.start()
        if image.is_stack:
            self._find_slices(proposal, image)
        else:
            self._ask(proposal)

    def _find_slices(self, proposal: _Proposal, image: ImageRef) -> None:
        path = Path(proposal.document.recorded_images[image.id].path)
        task = self._workspace.background.start(
            tr("Find the slices of a spine"),
            partial(_slices_of, path, proposal),
            partial(self._on_slices, proposal),
            lambda _error: self._ask(proposal),
        )
        proposal.tasks.append(task)

    def _on_slices(self, proposal: _Proposal, found: _Slices) -> None:
        proposal.tasks.clear()
        best, z_range = found
        proposal.detection = replace(proposal.detection, z=float(best), z_range=z_range)
        self._ask(proposal)

    def _ask(self, proposal: _Proposal) -> None:
        if proposal not in self._proposals:
            return
        document, detection = proposal.document, proposal.detection
        image = document.recorded_images[detection.image_id]
        proposal.question = self._question.ask(
            detection,
            image,
            document.pixel_size(image.id),
            min(proposal.view.channel, image.n_channels - 1),
            partial(self._on_class, proposal),
        )
        if not proposal.question:
            self._finish(proposal)

    def _on_class(self, proposal: _Proposal, scores: ClassScores, model: str) -> None:
        if scores:
            proposal.detection = replace(proposal.detection, class_scores=scores, model=model)
        self._finish(proposal)

    def _finish(self, proposal: _Proposal) -> None:
        """Bring it in as it is now; what is heard of it later is heard too late."""
        if proposal not in self._proposals:
            return
        self._proposals.remove(proposal)
        proposal.timer.stop()
        proposal.timer.deleteLater()
        for task in proposal.tasks:
            task.cancel()
        self._question.withdraw(proposal.question)
        if not self._proposals:
            application = QApplication.instance()
            assert application is not None
            application.removeEventFilter(self)
        self._show()
        self._push(proposal)

    def _push(self, proposal: _Proposal) -> None:
        detection, workspace = proposal.detection, self._workspace
        edit = Edit("Add spine", (Change(None, detection),))
        if workspace.document is not proposal.document:
            proposal.document.push(edit)
            return
        is_shown = workspace.image_id == detection.image_id
        # Of several that wait, the one clicked last is the one in hand.
        if workspace.push(edit) and is_shown and not self._proposals:
            workspace.selection.replace([detection.id])

    def _show(self, *_cause: object) -> None:
        here = (self._workspace.document, self._workspace.image_id)
        shown = [p for p in self._proposals if (p.document, p.detection.image_id) == here]
        self._canvas.set_proposals(tuple(p.detection.box for p in shown))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear, while something is proposed, that the person goes on to something else."""
        is_key = event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if is_key and isinstance(event, QKeyEvent):
            if event.key() not in _MODIFIERS:
                self.finish_all()
        elif self._is_press_elsewhere(watched, event):
            self.finish_all()
        return False

    def _is_press_elsewhere(self, watched: QObject, event: QEvent) -> bool:
        """Tell a press on another part of the window, or on what is proposed, to take hold of."""
        if event.type() != QEvent.Type.MouseButtonPress or not isinstance(watched, QWidget):
            return False
        if watched is not self._canvas:
            return True
        assert isinstance(event, QMouseEvent)
        at = event.position()
        x, y = self._canvas.transform.to_image(at.x(), at.y())
        return any(p.detection.box.contains(x, y) for p in self._proposals)


def _slices_of(path: Path, proposal: _Proposal, task: Task[_Slices]) -> _Slices:
    """Find the slices of a proposal, on the working thread; it opens the file for itself."""
    view, box = proposal.view, proposal.detection.box
    with open_image(path) as source:
        channel, time = min(view.channel, source.n_channels - 1), min(view.time, source.n_times - 1)

        def plane_at(z: int) -> NDArray[Any]:
            task.step(0, 0)
            return source.plane(z, channel, time)

        near = None if view.is_projected else view.z
        side = math.sqrt(box.area)
        return best_slice(plane_at, source.n_z, proposal.head, side, near=near)
