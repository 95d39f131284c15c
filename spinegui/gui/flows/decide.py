"""The review keys: what they act on, and where the selection goes afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.language import tr

if TYPE_CHECKING:
    from spinegui.domain.detection import Detection
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.flows.navigate import Walk
    from spinegui.gui.flows.review import Review
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace


class Decide:
    """Space, X and the digits act on the selection, or else on the box under the cursor.

    Where they lead is the `walk`'s affair: through the image, or through the queue while it is on.
    """

    def __init__(
        self,
        workspace: Workspace,
        notices: Notices,
        review: Review,
        walk: Walk,
        canvas: Canvas,
    ) -> None:
        self._workspace = workspace
        self._notices = notices
        self._review = review
        self.walk = walk
        self._canvas = canvas

    def targets(self) -> list[Detection]:
        selected = self._workspace.selected_detections()
        if selected:
            return selected
        under = self._workspace.annotation.detections.get(self._canvas.hovered_id)
        return [under] if under is not None else []

    def _was_selected(self, targets: list[Detection]) -> bool:
        """Tell whether one selected spine is meant: who points at spines goes on by pointing."""
        return [d.id for d in targets] == [self._workspace.selection.single]

    def accept_next(self) -> None:
        undecided = [d for d in self._workspace.selected_detections() if not d.is_decided]
        # Going on after a decision that was not taken would look as if it had been.
        if not undecided or self._review.accept(undecided):
            self.walk.forward()

    def back(self) -> None:
        self.walk.backward()

    def reject(self) -> None:
        """Reject, then go on where one selected spine was meant."""
        targets = self.targets()
        if not targets:
            self._notices.toast(tr("Select a spine first, or point at one."))
            return
        go_on, was_selected = self.walk.past(targets[0]), self._was_selected(targets)
        if self._review.reject(targets) and was_selected:
            go_on()

    def label(self, key: str) -> None:
        """Give the targets the class behind a digit key, then go on if that is wished."""
        document = self._workspace.document
        found = document.label_set.for_key(key) if document else None
        targets = self.targets()
        if found is None or not targets:
            self._notices.toast(tr("Select a spine first, or point at one."))
            return
        was_selected = self._was_selected(targets)
        goes_on = was_selected and self._workspace.settings.auto_advance
        if self._review.label(targets, found.id) and goes_on:
            self.walk.forward()

    def toggle_auto_advance(self) -> None:
        settings = self._workspace.settings
        settings.auto_advance = not settings.auto_advance

    def duplicate(self) -> None:
        copies = self._review.duplicate(self._workspace.selected_detections())
        if copies:
            self._workspace.selection.replace(copies)

    def select_all(self) -> None:
        self._workspace.selection.replace(d.id for d in self._workspace.shown_detections())

    def deselect(self) -> None:
        """Let go of the selection, and of the past where that is looked at."""
        self._workspace.look_back(None)
        self._workspace.selection.clear()
