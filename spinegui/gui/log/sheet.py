"""The log viewer: the program's log or a job's, live, by level and word, to copy or hand on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QGuiApplication,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from typing_extensions import override

from spinegui.gui.crash_log import LOG_NAME as PROGRAM_LOG
from spinegui.gui.dialogs.search_field import search_field
from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.flows.exporting import show_folder
from spinegui.gui.job_folders import jobs_root
from spinegui.gui.language import later, ntr, tr
from spinegui.gui.log.entries import LEVELS, Entry, FollowedFile, entries_of
from spinegui.gui.style.palette import tokens_in_use
from spinegui.jobs.spec import LOG_NAME as JOB_LOG
from spinegui.storage.places import log_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZE = (860, 560)
LOOK_MS = 500
MAX_BLOCKS = 20_000
MAX_JOBS = 12
_KINDS = {
    "detect": later("Detection"),
    "train": later("Training"),
    "classify": later("Classification"),
}


def sources() -> list[tuple[str, Path]]:
    """Return the logs there are, by name: the program's first, then the jobs', newest first."""
    found = [(tr("The program"), log_folder() / PROGRAM_LOG)]
    root = jobs_root()
    folders = sorted(root.glob(f"*/{JOB_LOG}"), reverse=True) if root.is_dir() else []
    return found + [(_job_name(file.parent.name), file) for file in folders[:MAX_JOBS]]


def _job_name(folder: str) -> str:
    """Return the words of a job folder's name, which begins with day, time and kind."""
    day, time, kind, *_ = [*folder.split("-"), "", "", ""]
    when = f"{day[:4]}-{day[4:6]}-{day[6:8]} {time[:2]}:{time[2:4]}"
    return f"{tr(_KINDS.get(kind, kind.capitalize()))}, {when}"


class LogSheet(Sheet):
    """Follows one file; what is chosen above decides which of its entries are shown."""

    diagnostics_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "log", tr("Log"))
        self._lines: list[str] = []
        self._entries: list[Entry] = []
        self.source = self._choice(tr("Which log"))
        self.level = self._choice(tr("From which level on"))
        self.search = search_field(self, tr("Find in the log"))
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(MAX_BLOCKS)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(tr("Log"))
        self._colours = _LevelColours(self.text.document())
        self.count = words("", "quiet", wrap=False)
        for name, path in sources():
            self.source.addItem(name, path)
        for level, name in zip(
            LEVELS[1:4], (tr("Everything"), tr("Warnings"), tr("Errors")), strict=True
        ):
            self.level.addItem(name, level)
        self._lay_out()
        self._file = FollowedFile(self.source.currentData())
        self.source.currentIndexChanged.connect(self._on_source_chosen)
        self.level.currentIndexChanged.connect(self._show_all)
        self.search.textChanged.connect(self._show_all)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.look)
        self._look.start()
        self.look()
        self.resize(*SIZE)
        self.search.setFocus()

    def _choice(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        return box

    def _lay_out(self) -> None:
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.source)
        top.addWidget(self.level)
        top.addWidget(self.search, 1)
        self.copy = self._button(tr("Copy"), "copy_log", self._on_copy)
        self.folder = self._button(
            tr("Open folder"), "log_folder", lambda: show_folder(self._file.path)
        )
        self.diagnostics = self._button(
            tr("Save diagnostics…"), "log_diagnostics", self.diagnostics_requested.emit
        )
        foot.setSpacing(4)
        foot.addWidget(self.count, 1)
        for button in (self.copy, self.folder, self.diagnostics):
            foot.addWidget(button)
        self.body.addLayout(top)
        self.body.addWidget(self.text, 1)
        self.body.addLayout(foot)

    def _button(self, text: str, name: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(partial(_call, act))
        return button

    # -- reading -----------------------------------------------------------------------------

    def look(self) -> None:
        """Read what was written since the last look."""
        is_new, lines = self._file.new_lines()
        if is_new:
            self._lines, self._entries = [], []
            self.text.clear()
        self._lines += lines
        new, last = entries_of(lines), self._entries[-1:]
        if last and last[0].time and new and not new[0].time:
            # The rest of an entry whose beginning was there before.
            self._entries = entries_of(self._lines)
            self._show_all()
        else:
            self._entries += new
            self._append(new)
        self._say_count()

    def _on_source_chosen(self) -> None:
        self._lines, self._entries = [], []
        self.text.clear()
        self._file = FollowedFile(self.source.currentData())
        self.look()

    def _fitting(self, entries: list[Entry]) -> list[Entry]:
        level, text = self.level.currentData(), self.search.text()
        return [entry for entry in entries if entry.fits(level, text)]

    def _show_all(self) -> None:
        self.text.setPlainText("\n".join(map(_line, self._fitting(self._entries))))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._say_count()

    def _append(self, entries: list[Entry]) -> None:
        for entry in self._fitting(entries):
            self.text.appendPlainText(_line(entry))  # stays at the end where one was there

    def _say_count(self) -> None:
        shown, n = len(self._fitting(self._entries)), len(self._entries)
        if not n:
            self.count.setText(tr("Nothing has been written here yet."))
        elif shown == n:
            self.count.setText(ntr("{n} entry", "{n} entries", n))
        else:
            self.count.setText(tr("{shown} of {n} entries", shown=shown, n=n))

    def _on_copy(self) -> None:
        chosen = self.text.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(chosen or self.text.toPlainText())


def _line(entry: Entry) -> str:
    head = f"{entry.time}  {entry.level:<8}" if entry.time else f"{entry.level:<8}"
    return f"{head}  {entry.text}"


def _call(act: Callable[[], object], _checked: bool = False) -> None:
    act()


class _LevelColours(QSyntaxHighlighter):
    """Warnings and errors in their colours; the word stands there too."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        tokens = tokens_in_use()
        self._formats = {}
        for level, colour in (
            ("WARNING", tokens.warning), ("ERROR", tokens.danger), ("CRITICAL", tokens.danger),
        ):  # fmt: skip
            shape = QTextCharFormat()
            shape.setForeground(QColor(colour))
            self._formats[level] = shape

    @override
    def highlightBlock(self, text: str) -> None:
        for level, shape in self._formats.items():
            if level in text[:32]:
                self.setFormat(0, len(text), shape)
