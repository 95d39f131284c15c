"""Space, X and the digits on the faint candidates: each decision leads to the next of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.detection import Detection
    from spinegui.gui.flows.decide import Decide
    from spinegui.gui.flows.display import Display
    from spinegui.gui.flows.navigate import Walk
    from spinegui.gui.hunt.hunting import Hunting
    from spinegui.gui.workspace import Workspace


class FaintWalk(QObject):
    """The `Walk` that the review keys take while a faint candidate is the selected spine.

    It begins when one is chosen and ends as soon as something else is selected.
    """

    moved = Signal(str)
    """The candidate that is looked at now, "" where the walk ended."""

    def __init__(
        self, workspace: Workspace, hunting: Hunting, decide: Decide, display: Display
    ) -> None:
        super().__init__(hunting)
        self._workspace = workspace
        self._hunting = hunting
        self._decide = decide
        self._display = display
        self._before: Walk | None = None
        self._order: list[str] = []
        self._is_passing = False
        self.current = ""
        workspace.selection.changed.connect(self._on_selection_changed)
        workspace.image_changed.connect(lambda _image: self._end())

    def go_to(self, detection_id: str) -> None:
        """Select a candidate and bring it to the middle, large enough to judge."""
        detection = self._workspace.annotation.detections.get(detection_id)
        if detection is None:
            return
        findings = self._hunting.findings
        self._order = [f.detection_id for f in findings.faint] if findings else []
        if self._before is None:
            self._before, self._decide.walk = self._decide.walk, self
        self.current = detection_id
        self._is_passing = False
        self._workspace.show_detection(detection)
        self._display.approach(detection)
        self.moved.emit(detection_id)

    def forward(self) -> None:
        """Go to the next candidate that is not decided; the walk ends after the last."""
        following = self._next(1)
        if following:
            self.go_to(following)
        else:
            self._workspace.selection.clear()

    def backward(self) -> None:
        """Go to the candidate before, decided or not."""
        if self.current in self._order:
            at = self._order.index(self.current)
            if at:
                self.go_to(self._order[at - 1])

    def past(self, detection: Detection) -> Callable[[], object]:
        """Return what goes on from a candidate that is about to be rejected."""
        following = self._next(1, leaving=detection.id)
        # What is rejected leaves the selection before the walk goes on.
        self._is_passing = bool(following)
        return (lambda: self.go_to(following)) if following else (lambda: None)

    def _next(self, step: int, leaving: str = "") -> str:
        detections = self._workspace.annotation.detections
        start = leaving or self.current
        at = self._order.index(start) + step if start in self._order else 0
        for detection_id in (*self._order[at:], *self._order[: max(at - 1, 0)]):
            detection = detections.get(detection_id)
            if detection is not None and self._workspace.is_open(detection):
                return detection_id
        return ""

    def _on_selection_changed(self) -> None:
        chosen = self._workspace.selection.ids
        if chosen != (self.current,) and (chosen or not self._is_passing):
            self._end()

    def _end(self) -> None:
        if self._before is not None:
            if self._decide.walk is self:
                self._decide.walk = self._before
            self._before = None
        if self.current:
            self.current = ""
            self.moved.emit("")
