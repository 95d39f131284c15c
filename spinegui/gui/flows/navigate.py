"""Going from spine to spine and from image to image."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from spinegui.domain.blind import is_open
from spinegui.gui.language import tr
from spinegui.gui.shown_list import is_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.detection import Detection
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace

T = TypeVar("T")


class Walk(Protocol):
    """Where the review keys lead after a decision: through the image, or through the queue."""

    def forward(self) -> None:
        """Go to the next spine to decide on."""
        ...

    def past(self, detection: Detection) -> Callable[[], object]:
        """Return what goes on from a spine that is about to leave the picture."""
        ...

    def backward(self) -> None:
        """Go back to the one before."""
        ...


class Navigate:
    """Moves the selection and the shown image; `reveal` brings a detection into the picture.

    As a `Walk` it leads through the undecided spines of the shown image in reading order.
    """

    def __init__(
        self, workspace: Workspace, notices: Notices, reveal: Callable[[Detection], object]
    ) -> None:
        self._workspace = workspace
        self._notices = notices
        self._reveal = reveal

    def go_to(self, detection: Detection) -> None:
        self._workspace.show_detection(detection)
        self._reveal(detection)

    def step_detection(self, step: int, *, undecided_only: bool = False) -> bool:
        """Select the next (or, with -1, the previous) shown detection, round the end."""
        shown = self._workspace.shown_detections()
        at = self._place_of_current(shown)
        blind = self._workspace.blind
        for detection in _rotated(shown, at, step):
            if not undecided_only or is_open(detection, blind):
                self.go_to(detection)
                return True
        return False

    def _place_of_current(self, shown: Sequence[Detection]) -> int | None:
        current = self._workspace.selection.ids[-1:]
        return next((i for i, d in enumerate(shown) if (d.id,) == current), None)

    def forward(self) -> None:
        """Select the next undecided spine; with none left here, say so and offer the next image."""
        if not self.step_detection(1, undecided_only=True):
            self._workspace.selection.clear()
            self._notices.toast(self._nothing_left(), tr("Next image"), self.next_unreviewed)

    def _nothing_left(self) -> str:
        """Say why no spine waits: all are decided, or there is none."""
        if not self._workspace.shown_detections():
            return tr("No spine is shown on this image.")
        if self._workspace.blind is None:
            return tr("Every prediction on this image is decided.")
        return tr("Every spine on this image is labelled.")

    def past(self, detection: Detection) -> Callable[[], object]:
        """Return what selects the next undecided one behind a spine that is about to be rejected.

        It stays at the last one: going round the end would lead back to what was passed over.
        """
        shown = self._workspace.shown_detections()
        at = next((i for i, d in enumerate(shown) if d.id == detection.id), len(shown))
        following = next((d for d in shown[at + 1 :] if self._workspace.is_open(d)), None)
        return partial(self.go_to, following) if following else lambda: None

    def backward(self) -> None:
        self.step_detection(-1, undecided_only=True)

    def step_image(self, step: int) -> None:
        ids = self._workspace.image_ids
        if self._workspace.image_id in ids:
            index = ids.index(self._workspace.image_id) + step
            if 0 <= index < len(ids):
                self._workspace.show_image(ids[index])
            else:
                self._notices.toast(
                    tr("This is the last image.") if step > 0 else tr("First image.")
                )

    def next_unreviewed(self, step: int = 1) -> None:
        document = self._workspace.document
        if document is None:
            return
        ids, shown = self._workspace.image_ids, self._workspace.image_id
        at = ids.index(shown) if shown in ids else None
        for image_id in _rotated(ids, at, step):
            if not self._is_done(document.annotation(image_id)):
                self._workspace.show_image(image_id)
                return
        self._notices.toast(
            tr("Every image is reviewed.")
            if self._workspace.blind is None
            else tr("Every spine of the project is labelled.")
        )

    def _is_done(self, annotation: Annotation) -> bool:
        """Tell whether an image needs no further look; blind, whether all of it is labelled."""
        if self._workspace.blind is None:
            return annotation.is_reviewed
        threshold = self._workspace.view.threshold
        shown = (d for d in annotation.visible() if is_shown(d, threshold))
        return not any(map(self._workspace.is_open, shown))


def _rotated(things: Sequence[T], at: int | None, step: int) -> list[T]:
    """Return what follows the one at that place in the direction of `step`, round the end."""
    following = [*things] if at is None else [*things[at + 1 :], *things[:at]]
    return following if step > 0 else following[::-1]
