"""Leads through the tour: offers it once, goes on when the thing was done, ends on Esc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QToolBar, QWidget
from typing_extensions import override

from spinegui.gui.keys.in_use import with_keys
from spinegui.gui.language import tr
from spinegui.gui.tour.callout import Card, Ring
from spinegui.gui.tour.steps import IMAGE, SELECTION, STEPS, Now, TourStep
from spinegui.jobs.spec import JobKind
from spinegui.synthesis.sample_folder import sample_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spinegui.domain.edits import Edit
    from spinegui.gui.desk import Desk

BANNER = "tour"


class Tour(QObject):
    """While it leads, the guide line is silent: there is one voice that says what is next."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._workspace = desk.workspace
        self._number = -1
        self._edit: Edit | None = None
        self._project: Path | None = None
        self._had_selection = False
        self.ring = Ring(desk.window)
        self.card = Card(desk.window)
        self.card.skip.clicked.connect(self.go_on)
        self.card.end.clicked.connect(self.end)
        # One look after all the signals of one act.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        workspace = self._workspace
        for signal in (
            workspace.selection.changed, workspace.image_changed, workspace.view_state.changed,
            desk.jobs.busy_changed, desk.canvas.view.changed,
        ):  # fmt: skip
            signal.connect(self._on_something)
        workspace.edited.connect(self._on_edited)
        workspace.document_changed.connect(self._on_document_changed)
        desk.window.installEventFilter(self)

    # -- the story ---------------------------------------------------------------------------

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {"tour": self.toggle}

    def checked(self) -> dict[str, bool]:
        return {"tour": self.is_leading}

    def place(self) -> None:
        self._desk.actions["deselect"].triggered.connect(self._on_escape)

    # -- offering and leading ----------------------------------------------------------------

    @property
    def is_leading(self) -> bool:
        return self._number >= 0

    @property
    def step(self) -> TourStep:
        return STEPS[self._number]

    def offer(self) -> None:
        """Offer the tour to somebody who starts the program for the first time."""
        settings = self._desk.settings
        if settings.knows_tour or settings.recent:
            return
        settings.knows_tour = True
        self._desk.notices.banner(
            BANNER,
            tr("New here? Two minutes on a sample show the whole loop, with your own hands."),
            (tr("Take the tour"), self.begin),
        )

    def toggle(self) -> None:
        """Begin the tour, or end it."""
        if self.is_leading:
            self.end()
        else:
            self.begin()

    def begin(self) -> None:
        """Open a sample of its own, so that nothing that was worked on is in the way."""
        self._desk.notices.clear_banner(BANNER)
        self._desk.settings.knows_tour = True
        folder = sample_folder()
        self._project = _free(folder)
        self._desk.stories.sample.run(folder, self._project.name)

    def lead(self) -> None:
        """Begin with the first step, on whatever is open."""
        self._number = -1
        self._desk.stories.guide.is_silent = True
        self.go_on()

    def go_on(self) -> None:
        """Turn to the next step; after the last, end."""
        if self._number + 1 >= len(STEPS):
            self.end()
            return
        self._number += 1
        self._edit = None
        self._had_selection = bool(self._workspace.selection.ids)
        self._desk.refresh_actions()
        self._desk.front.show_image()
        step = self.step
        self.card.say(
            tr("Tour, step {number} of {n}", number=self._number + 1, n=len(STEPS)),
            tr(step.title),
            with_keys(tr(step.text)),
            is_last=step is STEPS[-1],
        )
        self.card.show()
        self._point()

    def end(self) -> None:
        """Leave the person to the guide line."""
        self._number = -1
        self._project = None
        self.ring.hide()
        self.card.hide()
        self._desk.stories.guide.is_silent = False
        self._desk.refresh_actions()

    # -- looking -----------------------------------------------------------------------------

    def _on_something(self, *_cause: object) -> None:
        if self.is_leading:
            self._soon.start()

    def _on_edited(self, edit: Edit) -> None:
        self._edit = edit
        self._on_something()

    def _look(self) -> None:
        if not self.is_leading:
            return
        edit, self._edit = self._edit, None
        now = Now(
            edit,
            len(self._workspace.selection.ids),
            self._workspace.annotation.is_reviewed,
            self._desk.jobs.is_running(JobKind.TRAIN),
        )
        self._had_selection = bool(now.n_selected)
        if self.step.done(now):
            self.go_on()
        else:
            self._point()

    def _on_document_changed(self, document: object) -> None:
        if document is not None:
            self._desk.notices.clear_banner(BANNER)
        opened = self._workspace.document
        if opened is not None and self._project is not None:
            if opened.project.path == self._project.absolute():
                self.lead()
        elif self.is_leading:
            self.end()

    def _on_escape(self) -> None:
        # The selection that this very Esc took away still counts: first it deselects.
        if self.is_leading and not self._had_selection:
            self.end()

    # -- pointing ----------------------------------------------------------------------------

    def _point(self) -> None:
        target = self._target(self.step.target)
        self.ring.surround(QRect() if self.step.target == IMAGE else target)
        self.ring.raise_()
        self.card.stand_beside(target)

    def _target(self, name: str) -> QRect:
        kind, _, which = name.partition(":")
        window = self._desk.window
        if name == SELECTION:
            return self._selected()
        if kind == "dock":
            dock = window.docks[which]
            return self._in_window(dock) if dock.isVisible() else QRect()
        if kind == "action":
            bar = window.findChild(QToolBar, "tools")
            button = bar.widgetForAction(self._desk.actions[which]) if bar is not None else None
            return self._in_window(button or self._desk.actions.step_button(which))
        return self._in_window(self._desk.canvas)

    def _selected(self) -> QRect:
        canvas = self._desk.canvas
        for detection in self._workspace.selected_detections()[:1]:
            box = canvas.transform.box_to_view(detection.box)
            rect = QRect(int(box.x0), int(box.y0), int(box.width), int(box.height))
            shown = rect.adjusted(-4, -4, 4, 4).intersected(canvas.rect())
            shown.moveTopLeft(canvas.mapTo(self._desk.window, shown.topLeft()))
            return shown
        return self._in_window(canvas)

    def _in_window(self, widget: QWidget | None) -> QRect:
        if widget is None or not widget.isVisible():
            return QRect()
        return QRect(widget.mapTo(self._desk.window, QPoint(0, 0)), widget.size())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._on_something()
        return super().eventFilter(watched, event)


def _free(folder: Path) -> Path:
    """Return a project name in the folder that nobody has worked in."""
    number = 1
    while (path := folder / ("tour.spine" if number == 1 else f"tour {number}.spine")).exists():
        number += 1
    return path
