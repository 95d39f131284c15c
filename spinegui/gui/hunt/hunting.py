"""What the hunt knows of the shown image: found anew, off the window's thread, as it changes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from spinegui.domain.annotation import ImageState, ReviewedRegion
from spinegui.domain.detection import Detection
from spinegui.domain.hunt import Question, find
from spinegui.domain.image_ref import Calibration
from spinegui.domain.shafts import unit_of
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from spinegui.domain.edits import Edit
    from spinegui.domain.hunt import Findings
    from spinegui.gui.background import Task
    from spinegui.gui.hunt.shaft_tracing import ShaftTracing
    from spinegui.gui.view_state import View
    from spinegui.gui.workspace import Workspace

REACH_UM = 2.5
REACH_PX = 25.0
SPINE_REACH_UM = 5.0
SPINE_REACH_PX = 50.0
REST_MS = 250
"""Edits come in bursts; only the last of one is worth an answer."""


class Hunting(QObject):
    """Asks while somebody wants to know (`is_wanted`); `changed` with every answer."""

    changed = Signal()

    def __init__(self, workspace: Workspace, tracing: ShaftTracing, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._tracing = tracing
        self._task: Task[Findings] | None = None
        self.findings: Findings | None = None
        self.is_wanted = False
        self._reach: dict[bool, float] = {True: REACH_UM, False: REACH_PX}
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask)
        tracing.changed.connect(self._on_traced)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.edited.connect(self._on_edited)
        workspace.sight_changed.connect(self._rest.start)
        workspace.view_state.changed.connect(self._on_view_changed)

    @property
    def is_um(self) -> bool:
        """Whether lengths are in µm, else in px."""
        document, image_id = self._workspace.document, self._workspace.image_id
        return bool(document and image_id and document.pixel_size(image_id) is not None)

    @property
    def unit(self) -> str:
        return "µm" if self.is_um else "px"

    @property
    def reach(self) -> float:
        """How far from a shaft a faint candidate may lie."""
        return self._reach[self.is_um]

    def set_reach(self, reach: float) -> None:
        if reach != self.reach:
            self._reach[self.is_um] = reach
            self._rest.start()

    def want(self, *, on: bool) -> None:
        """Begin to ask, as when the hunt comes into sight, or leave it be."""
        self.is_wanted = on
        if on:
            self._tracing.ask()
            self._rest.start()

    def _on_traced(self) -> None:
        if self._tracing.lines is not None:
            self._ask()
        self.changed.emit()

    def _on_image_changed(self, _image_id: str) -> None:
        self._drop_task()
        self.findings = None
        if self.is_wanted:
            self._tracing.ask()
            self._rest.start()
        self.changed.emit()

    def _on_edited(self, edit: Edit) -> None:
        kinds = (Detection, ReviewedRegion, ImageState, Calibration)
        if self._workspace.image_id not in edit.image_ids:
            return
        if any(isinstance(c.item, Calibration) for c in edit.changes) and self.is_wanted:
            self._tracing.ask()
        if any(isinstance(c.item, kinds) for c in edit.changes):
            self._rest.start()

    def _on_view_changed(self, old: View, new: View) -> None:
        if (old.channel, old.time) != (new.channel, new.time) and self.is_wanted:
            self._tracing.ask()
        if (old.threshold, old.channel, old.time) != (new.threshold, new.channel, new.time):
            self._rest.start()

    def _ask(self) -> None:
        lines = self._tracing.lines
        if not self.is_wanted or lines is None:
            return
        self._drop_task()
        workspace = self._workspace
        annotation, document = workspace.annotation, workspace.document
        assert document is not None
        question = Question(
            lines,
            unit_of(document.pixel_size(workspace.image_id)),
            workspace.view.threshold,
            self.reach,
            SPINE_REACH_UM if self.is_um else SPINE_REACH_PX,
        )
        self._task = workspace.background.start(
            tr("Looking for sparse stretches"),
            lambda task: find(annotation, question, task.step),
            partial(self._take, workspace.image_id),
            self._fail,
        )

    def _drop_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _take(self, image_id: str, findings: Findings) -> None:
        if image_id != self._workspace.image_id:  # it was answered while another image came
            return
        self._task = None
        self.findings = findings
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self._task = None
        raise error
