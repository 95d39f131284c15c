"""How the image is looked at: slice, projection, contrast, threshold, layers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class View:
    """What the eye sees; `window` None means automatic contrast."""

    z: int = 0
    channel: int = 0
    time: int = 0
    is_projected: bool = False
    window: tuple[float, float] | None = None
    gamma: float = 1.0
    threshold: float = DEFAULT_THRESHOLD
    show_boxes: bool = True
    show_labels: bool = True
    predictions_only: bool = False
    show_rejected: bool = False
    smooth: bool = False


class ViewState(QObject):
    """The current `View`; listeners get the old and the new one and compare."""

    changed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = View()

    @property
    def view(self) -> View:
        return self._view

    def update(self, **fields: object) -> None:
        """Change the named fields of the view."""
        old, self._view = self._view, replace(self._view, **fields)  # type: ignore[arg-type]
        if old != self._view:
            self.changed.emit(old, self._view)
