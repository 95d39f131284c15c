"""Reopens the last project where it was left; after a start that failed, offers to instead."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from typing_extensions import override

from spinegui.gui.language import tr
from spinegui.gui.session.place import Place, from_text, to_text
from spinegui.gui.view_memory import fitted

if TYPE_CHECKING:
    from spinegui.gui.desk import Desk

REST_MS = 1000
"""So long after the last change the place is kept; a crash loses no more of it."""
BANNER = "reopen"


class Session(QObject):
    """Keeps the place as it changes; `begin` goes back to it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._workspace = desk.workspace
        self._settings = desk.settings
        self._waiting: Place | None = None
        """A place whose image is on its way."""
        self._is_starting = False
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.keep)
        workspace = self._workspace
        for signal in (
            workspace.image_changed, workspace.selection.changed, workspace.view_state.changed,
            desk.canvas.view.changed, desk.window.page_changed,
        ):  # fmt: skip
            signal.connect(self._on_moved)
        workspace.document_changed.connect(lambda _document: self._rest.stop())
        # After the display, which fits each new image into the view.
        workspace.loader.plane_ready.connect(self._on_plane_ready)
        workspace.loader.failed.connect(lambda _why: self._on_started())
        desk.window.close_requested.connect(lambda _event: self.keep())

    # -- keeping -----------------------------------------------------------------------------

    def place(self) -> Place | None:
        """Return where the person is, None without a project."""
        document, canvas = self._workspace.document, self._desk.canvas
        if document is None:
            return None
        return Place(
            project=str(document.project.path),
            image_id=self._workspace.image_id,
            view=self._workspace.view,
            seen=None if canvas.view.is_fitted else canvas.view.visible(),
            selected=self._workspace.selection.ids,
            page=self._desk.window.page,
        )

    def keep(self) -> None:
        """Write the place down."""
        place = self.place()
        if place is not None and self._waiting is None:
            self._settings.place = to_text(place)

    def _on_moved(self, *_cause: object) -> None:
        if self._workspace.document is not None:
            self._rest.start()

    # -- going back --------------------------------------------------------------------------

    def begin(self) -> None:
        """Reopen the last project, as the settings say."""
        place = from_text(self._settings.place)
        if place is None or not self._settings.reopens:
            return
        path = Path(place.project)
        if not path.exists():
            self._desk.notices.toast(tr("{name} is not there any more.", name=path.name))
        elif self._settings.unfinished_start == place.project:
            self._desk.notices.banner(
                BANNER,
                tr("The last start ended before {name} was on the screen.", name=path.name),
                (tr("Open it again"), partial(self.go_to, place)),
            )
        else:
            self.go_to(place)

    def go_to(self, place: Place) -> None:
        """Open the place's project and show what was shown there."""
        self._desk.notices.clear_banner(BANNER)
        self._settings.unfinished_start = place.project
        self._is_starting = True
        open_project = self._desk.open_project
        open_project.run(Path(place.project), then=partial(self._show, place))
        open_project.when_ready(self._on_project_ready)

    def _show(self, place: Place) -> None:
        workspace = self._workspace
        if place.image_id not in workspace.image_ids:
            return
        self._waiting = place
        workspace.show_image(place.image_id)
        image = workspace.image
        assert image is not None
        was = fitted(place.view, image)
        fields = {f.name: getattr(was, f.name) for f in dataclasses.fields(was)}
        fields["show_boxes"] = workspace.view.show_boxes
        workspace.view_state.update(**fields)
        present = workspace.annotation.detections
        workspace.selection.replace(i for i in place.selected if i in present)
        if place.page in self._desk.window.pages:
            self._desk.front.show(place.page)

    def _on_plane_ready(self, _plane: object) -> None:
        place, self._waiting = self._waiting, None
        if place is not None and place.seen is not None:
            self._desk.canvas.view.frame(place.seen)
        if self._is_starting:
            self._desk.canvas.installEventFilter(self)

    def _on_project_ready(self) -> None:
        if not self._workspace.image_ids:
            # Nothing to paint, or an error that was said: either way the window lives.
            self._on_started()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._on_started)
        return super().eventFilter(watched, event)

    def _on_started(self) -> None:
        self._waiting = None
        if self._is_starting:
            self._is_starting = False
            self._settings.unfinished_start = ""
