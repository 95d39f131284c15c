"""A blind session from its beginning to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from spinegui.domain.blind import BlindSession, n_labelled
from spinegui.gui.language import ntr, tr
from spinegui.gui.raters.blind_sheet import BlindSheet
from spinegui.gui.shown_list import is_shown
from spinegui.storage.rows import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.main_window import MainWindow
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace

BANNER = "blind"


class BlindFlow(QObject):
    """Begins and ends sessions, and says for as long as one lasts that it does."""

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        notices: Notices,
        show_agreement: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._notices = notices
        self._show_agreement = show_agreement
        workspace.document_changed.connect(lambda _document: self._announce())
        workspace.sight_changed.connect(self._on_sight_changed)

    def begin(self) -> None:
        """Say what will happen; begin where the person agrees."""
        document = self._workspace.document
        if document is None:
            return
        threshold = self._workspace.view.threshold
        count = sum(is_shown(d, threshold) for a in document.recorded.values() for d in a.visible())
        sheet = BlindSheet(self._window, document.user, count)
        sheet.accepted.connect(
            lambda: document.set_blind(
                BlindSession(document.user, now(), hides_names=sheet.hides_names)
            )
        )
        sheet.open()

    def end(self) -> None:
        """Show everything again, say how much was labelled, offer what it was for."""
        document = self._workspace.document
        if document is None or document.blind is None:
            return
        session = document.blind
        spines = [d for a in document.recorded.values() for d in a.visible()]
        count = n_labelled(spines, session)
        document.set_blind(None)
        text = ntr(
            "Blind session ended: {n} spine labelled.",
            "Blind session ended: {n} spines labelled.",
            count,
        )
        if count:
            self._notices.toast(text, tr("Agreement"), self._show_agreement)
        else:
            self._notices.toast(text)

    def _on_sight_changed(self) -> None:
        if self._workspace.blind is not None:
            # What was opened before may show labels.
            for dialog in self._window.findChildren(QDialog):
                dialog.close()
            self._notices.clear_toast()
        self._announce()

    def _announce(self) -> None:
        session = self._workspace.blind
        if session is None:
            self._notices.clear_banner(BANNER)
            return
        text = (
            tr("Blind session of {name}: labels and file names hidden", name=session.rater)
            if session.hides_names
            else tr("Blind session of {name}: labels hidden", name=session.rater)
        )
        end = () if self._is_read_only() else ((tr("End session"), self.end),)
        self._notices.banner(BANNER, text, *end, can_be_hidden=False)

    def _is_read_only(self) -> bool:
        document = self._workspace.document
        return document is not None and document.is_read_only
