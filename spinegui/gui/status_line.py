"""The line below everything: what the mouse does now, where it is, and whether all is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spinegui.gui.document import SaveState
from spinegui.gui.mouse_words import Ground, mouse_words

if TYPE_CHECKING:
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.document import Document
    from spinegui.gui.front import Front
    from spinegui.gui.main_window import MainWindow
    from spinegui.gui.workspace import Workspace

SAVE_TEXTS = {
    SaveState.SAVED: "Saved",
    SaveState.SAVING: "Saving",
    SaveState.FAILED: "Not saved",
    SaveState.READ_ONLY: "Read-only",
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
        parts = [f"x {x:.0f}  y {y:.0f}"]
        if image.is_stack:
            parts.append(
                "MIP"
                if self._workspace.view.is_projected
                else f"slice {self._workspace.view.z + 1}"
            )
        size = document.pixel_size(image.id)
        parts += [f"value {value:g}", f"{size.x_um:.4g} µm/px" if size else "pixel size unknown"]
        self._window.cursor_text.setText(" · ".join(parts))

    def _on_document_changed(self, document: Document | None) -> None:
        if document is None:
            self._window.save_text.setText("")
        else:
            document.save_state_changed.connect(self._on_save_state_changed)
            self._on_save_state_changed(document.save_state, "")

    def _on_save_state_changed(self, state: SaveState, error: str) -> None:
        self._window.save_text.setText(SAVE_TEXTS[state])
        self._window.save_text.setToolTip(error)
