"""The page on which keys are changed: choose an action, press a key, decide where two want it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from spinegui.gui.dialogs.search_field import search_field
from spinegui.gui.dialogs.sheet import words
from spinegui.gui.keys.in_use import native
from spinegui.gui.keys.key_editor import KeyEditor
from spinegui.gui.keys.key_list import KeyList
from spinegui.gui.language import ntr, tr
from spinegui.storage.key_file import read_keys, write_keys
from spinegui.storage.strict_json import StrictJsonError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.action_set import ActionSet

FILE_NAME = "spinegui-keys.json"
_IN_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class KeysPage(QWidget):
    """Every change counts at once, and the line below takes it back."""

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._keys = actions.keys
        self.search = search_field(self, tr("Find an action or a key"))
        self.list = KeyList(actions, self)
        self.editor = KeyEditor(actions, self)
        self.import_ = self._button(tr("Import…"), "import_keys", self._on_import)
        self.export = self._button(tr("Export…"), "export_keys", self._on_export)
        self.reset_all = self._button(tr("Reset all keys"), "reset_keys", self._on_reset_all)
        self._lay_out()
        self.search.textChanged.connect(self._on_text_changed)
        self.search.installEventFilter(self)
        self.list.installEventFilter(self)
        self.list.currentItemChanged.connect(lambda *_items: self._on_row_chosen())
        self.list.itemDoubleClicked.connect(lambda *_item: self.editor.listen())
        self._keys.changed.connect(self._on_keys_changed)
        self.list.choose("accept_next")
        self._on_keys_changed()

    def _button(self, text: str, name: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.editor)
        note = words(
            tr(
                "Single letters act while the image or a list of spines has the focus. What the "
                "mouse does, Esc, and Alt with the arrows cannot be changed."
            ),
            "quiet",
        )
        layout.addWidget(note)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.import_)
        row.addWidget(self.export)
        row.addStretch(1)
        row.addWidget(self.reset_all)
        layout.addLayout(row)

    def choose(self, action_id: str) -> None:
        """Show an action, wherever the search stands."""
        self.search.clear()
        self.list.choose(action_id)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.search and event.key() in _IN_LIST:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.editor.listen()
                return True
        return super().eventFilter(watched, event)

    def _on_text_changed(self, text: str) -> None:
        self.list.show_only(text)
        left = self.list.visible_ids()
        if left and self.list.action_id not in left:
            self.list.choose(left[0])

    def _on_row_chosen(self) -> None:
        if self.list.action_id:
            self.editor.show_action(self.list.action_id)

    def _on_keys_changed(self) -> None:
        self.list.refresh()
        self.editor.refresh()
        self.reset_all.setEnabled(bool(self._keys.own))
        self.reset_all.setToolTip("" if self._keys.own else tr("No key has been changed"))

    def _on_reset_all(self) -> None:
        before = self._keys.own
        self._keys.restore({})
        self.editor.say(
            tr("All keys are as delivered again."),
            (tr("Undo"), partial(self._keys.restore, before)),
        )

    # -- files -------------------------------------------------------------------------------

    def _on_export(self) -> None:
        dialog = self._file_dialog(tr("Export keys"), "export_keys_file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(FILE_NAME)
        dialog.fileSelected.connect(lambda file: self._export(Path(file)))
        dialog.open()

    def _on_import(self) -> None:
        dialog = self._file_dialog(tr("Import keys"), "import_keys_file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self._import(Path(file)))
        dialog.open()

    def _file_dialog(self, title: str, name: str) -> QFileDialog:
        dialog = QFileDialog(self, title, str(Path.home()), tr("Keys (*.json)"))
        dialog.setObjectName(name)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _export(self, path: Path) -> None:
        try:
            write_keys(path, self._keys.own)
        except OSError as err:
            self.editor.say(tr("The keys could not be written: {error}", error=err), tone="danger")
            return
        n, name = len(self._keys.own), path.name
        if n:
            one, many = "{n} changed action is in {name}.", "{n} changed actions are in {name}."
            self.editor.say(ntr(one, many, n, name=name))
        else:
            self.editor.say(tr("{name} holds the delivered keys: none was changed.", name=name))

    def _import(self, path: Path) -> None:
        before = self._keys.own
        try:
            left_out = self._keys.take_over(read_keys(path))
        except (OSError, StrictJsonError) as err:
            self.editor.say(tr("No key was changed. {error}", error=err), tone="danger")
            return
        text = tr("The keys of {name} are in use.", name=path.name)
        if left_out:
            named = ", ".join(native(key) for key in left_out)
            text = f"{text} {tr('Left out, as they cannot be used: {keys}.', keys=named)}"
        self.editor.say(text, (tr("Undo"), partial(self._keys.restore, before)))
