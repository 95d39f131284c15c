"""The settings dialog: pages, a search over all of them, reset with an undo; all counts at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget
from typing_extensions import override

from spinegui.gui.dialogs.search_field import search_field
from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.keys.page import KeysPage
from spinegui.gui.language import tr
from spinegui.gui.preferences.general_page import GeneralPage
from spinegui.gui.preferences.page import SettingsPage
from spinegui.gui.preferences.review_page import ReviewPage
from spinegui.gui.preferences.workers_page import WorkersPage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from spinegui.gui.action_set import ActionSet
    from spinegui.gui.settings import Settings

SIZE = (700, 660)


class SettingsSheet(Sheet):
    """`changed` follows every change, `workers_changed` one of the Pythons."""

    changed = Signal()
    workers_changed = Signal()
    test_requested = Signal(object, str)  # InterpreterRow, the interpreter's path

    def __init__(
        self,
        parent: QWidget,
        settings: Settings,
        actions: ActionSet,
        interpreters: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent, "settings", tr("Settings"))
        self._settings = settings
        self._is_leaving = False
        self.general = GeneralPage(settings, self)
        self.review = ReviewPage(settings, self)
        self.keys = KeysPage(actions, self)
        self.workers = WorkersPage(self, settings.worker_python, interpreters or {})
        self.user, self.auto_advance = self.general.user, self.review.auto_advance
        self.python, self.test = self.workers.worker.path, self.workers.worker.test
        self.search = search_field(self, tr("Find a setting"))
        self.tabs = QTabWidget(self)
        self.tabs.setAccessibleName(tr("Pages of settings"))
        for page, title in (
            (self.general, tr("General")), (self.review, tr("Review")),
            (self._padded(self.keys), tr("Keys")), (self.workers, tr("Models and workers")),
        ):  # fmt: skip
            self.tabs.addTab(page, title)
            page.setAccessibleName(title)
        self.nothing = words(tr("No setting holds these words."), "quiet")
        self.nothing.hide()
        self.message = words("", "quiet", wrap=False)
        self.undo = self._button(tr("Undo"), "undo_reset")
        self.undo.hide()
        self.reset = self._button(tr("Reset this page"), "reset_page")
        self._undo: Callable[[], object] | None = None
        self._lay_out()
        self._listen()
        self.setMinimumSize(*SIZE)
        self.user.setFocus()

    def _lay_out(self) -> None:
        self.body.addWidget(self.search)
        self.body.addWidget(self.nothing)
        self.body.addWidget(self.tabs, 1)
        self.add_buttons(tr("Close"), cancel="")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.reset)
        foot.addWidget(self.message)
        foot.addWidget(self.undo)
        foot.addStretch(1)
        self.body.removeWidget(self.button_row)
        foot.addWidget(self.button_row)
        self.body.addLayout(foot)

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    def _listen(self) -> None:
        self.search.textChanged.connect(self._on_text_changed)
        self.tabs.currentChanged.connect(self._on_page_turned)
        self.reset.clicked.connect(self._on_reset_clicked)
        self.undo.clicked.connect(self._on_undo_clicked)
        for page in (self.general, self.review):
            page.changed.connect(self.changed)
        self.workers.test_requested.connect(self.test_requested)
        self.workers.changed.connect(self._on_workers_changed)

    def _padded(self, content: QWidget) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.addWidget(content)
        return page

    # -- going somewhere ---------------------------------------------------------------------

    def show_workers(self, backend: str = "") -> None:
        """Open the page of workers and test the Python that trains a backend."""
        self.tabs.setCurrentWidget(self.workers)
        self.workers.show_backend(backend)

    def show_keys(self, action_id: str = "") -> None:
        """Open the page of keys, at an action."""
        self.tabs.setCurrentIndex(2)
        self.keys.search.setFocus()
        if action_id:
            self.keys.choose(action_id)

    def _on_text_changed(self, text: str) -> None:
        """Show the first page that holds the words, the others greyed."""
        self.keys.search.setText(text)
        found = [
            self.general.show_only(text),
            self.review.show_only(text),
            bool(self.keys.list.visible_ids()),
            self.workers.show_only(text),
        ]
        for i, holds in enumerate(found):
            self.tabs.setTabEnabled(i, holds or not any(found))
        self.nothing.setVisible(not any(found))
        if any(found) and not found[self.tabs.currentIndex()]:
            self.tabs.setCurrentIndex(found.index(True))

    # -- resetting ---------------------------------------------------------------------------

    def _on_page_turned(self) -> None:
        self._say("", None)
        # The page of keys has one of its own, with what becomes of each.
        self.reset.setVisible(not self.keys.isVisibleTo(self))

    def _on_reset_clicked(self) -> None:
        page = self.tabs.currentWidget()
        if isinstance(page, SettingsPage):
            before = self._settings.values(page.stored)
            self._put(page, dict.fromkeys(page.stored))
            self._say(tr("This page is as delivered."), partial(self._put, page, before))
        else:
            self.workers.clear()
            self._say(tr("The program's own Python does everything."), None)

    def _put(self, page: SettingsPage, values: Mapping[str, object]) -> None:
        self._settings.put(values)
        page.refresh()
        self.changed.emit()

    def _say(self, text: str, undo: Callable[[], object] | None) -> None:
        self.message.setText(text)
        self._undo = undo
        self.undo.setVisible(undo is not None)

    def _on_undo_clicked(self) -> None:
        undo = self._undo
        self._say("", None)
        if undo is not None:
            undo()

    # -- leaving -----------------------------------------------------------------------------

    def _on_workers_changed(self) -> None:
        if not self._is_leaving:
            self.workers_changed.emit()

    @override
    def accept(self) -> None:
        # What was typed and not confirmed counts with the button, and not with Esc.
        self.user.editingFinished.emit()
        self.workers_changed.emit()
        self._is_leaving = True
        super().accept()

    @override
    def reject(self) -> None:
        self._is_leaving = True
        self.user.blockSignals(True)
        super().reject()
