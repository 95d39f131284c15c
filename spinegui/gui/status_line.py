"""The line below everything: what the mouse does now, where it is, and whether all is saved."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spinegui.gui.document import SaveState
from spinegui.gui.language import later, tr
from spinegui.gui.mouse_words import Ground, mouse_words

if TYPE_CHECKING:
    from spinegui.domain.image_ref import PixelSize
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.document import Document
    from spinegui.gui.front import Front
    from spinegui.gui.main_window import MainWindow
    from spinegui.gui.workspace import Workspace

SAVE_TEXTS = {
    SaveState.SAVED: later("Saved"),
    SaveState.SAVING: later("Saving"),
    SaveState.FAILED: later("Not saved"),
    SaveState.READ_ONLY: later("Read-only"),
}


class StatusLine(QObject):
    """Keeps the texts of the status bar true."""

    def __init__(
        self, window: MainWindow, workspace: Workspace, canvas: Canvas, front: Front
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._canvas = canvas
        self._front = front
        canvas.hand_changed.connect(self._show_hint)
        workspace.image_changed.connect(self._show_hint)
        workspace.selection.changed.connect(self._show_hint)
        front.changed.connect(self._show_hint)
        canvas.cursor_moved.connect(self._on_cursor_moved)
        canvas.cursor_left.connect(lambda: self._on_cursor_moved(0, 0, None))
        workspace.document_changed.connect(self._on_document_changed)
        self._show_hint()

    def _show_hint(self, _cause: object = None) -> None:
        page = self._front.page
        words = page.hint if page is not None else mouse_words(self._canvas.hand, self._ground())
        if words != self._window.hint.text():
            self._window.hint.setText(words)

    def _ground(self) -> Ground:
        document, image = self._workspace.document, self._workspace.image
        return Ground(
            has_image=image is not None,
            is_stack=image is not None and image.is_stack,
            can_edit=document is not None and not document.is_read_only,
            has_selection=bool(self._workspace.selection.ids),
        )

    def _on_cursor_moved(self, x: float, y: float, value: object) -> None:
        document, image = self._workspace.document, self._workspace.image
        if value is None or document is None or image is None:
            self._window.cursor_text.setText("")
            return
        size = document.pixel_size(image.id)
        parts = [f"x {math.floor(x)}  y {math.floor(y)}"]
        if size is not None:
            parts.append(
                tr("{value:.2f}, {value_2:.2f} µm", value=x * size.x_um, value_2=y * size.y_um)
            )
        if image.is_stack:
            parts.append(self._slice(size))
        parts.append(self._values(x, y))
        parts.append(tr("{x_um:.4g} µm/px", x_um=size.x_um) if size else tr("pixel size unknown"))
        self._window.cursor_text.setText(" · ".join(parts))

    def _slice(self, size: PixelSize | None) -> str:
        view = self._workspace.view
        if view.is_projected:
            return tr("MIP")
        text = tr("slice {number}", number=view.z + 1)
        return (
            tr("{text}, {value:.2f} µm", text=text, value=view.z * size.z_um)
            if size and size.z_um
            else text
        )

    def _values(self, x: float, y: float) -> str:
        """Return the pixel's own value, in a composite that of every channel on show."""
        view, pixels = self._workspace.view, self._canvas.scene.pixels
        values = pixels.values_at(x, y)
        if not view.is_composite or len(values) < 2:
            value = pixels.value_at(x, y)
            return tr("value {value:g}", value=value) if value is not None else ""
        image = self._workspace.image
        channels = view.channels(image.n_channels) if image else ()
        named = zip(channels, values, strict=False)
        return "  ".join(
            f"C{channel + 1} {value:g}" for channel, value in named if view.look(channel).is_visible
        )

    def _on_document_changed(self, document: Document | None) -> None:
        if document is None:
            self._window.save_text.setText("")
        else:
            document.save_state_changed.connect(self._on_save_state_changed)
            self._on_save_state_changed(document.save_state, "")

    def _on_save_state_changed(self, state: SaveState, error: str) -> None:
        self._window.save_text.setText(tr(SAVE_TEXTS[state]))
        self._window.save_text.setToolTip(error)
