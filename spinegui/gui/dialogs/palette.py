"""The command palette: type what you want to do, see its key, press Enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)
from typing_extensions import override

from spinegui.gui.actions import ACTIONS
from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.key_caps import caps_of, caps_width, paint_caps
from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon
from spinegui.gui.style.palette import tokens_in_use

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from spinegui.gui.action_set import ActionSet

Index = QModelIndex | QPersistentModelIndex
WIDTH, HEIGHT = 560, 420
ROW_HEIGHT = 34
COMMAND_ROLE = Qt.ItemDataRole.UserRole
_HIDDEN = ("palette",)
_IN_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Command:
    """One action as the palette shows it; `reason` says why it is disabled, "" if it is not."""

    id: str
    text: str
    menu: str
    tip: str
    caps: tuple[tuple[str, ...], ...]
    reason: str


def commands(actions: ActionSet) -> list[Command]:
    """Return all actions as they are now."""
    return [
        Command(
            spec.id,
            actions[spec.id].text(),
            " ▸ ".join(map(tr, spec.place)),
            actions[spec.id].statusTip(),
            caps_of(actions.keys.of(spec.id)[:1]),
            actions.reason(spec.id),
        )
        for spec in ACTIONS
        if spec.id not in _HIDDEN
    ]


def matching(found: list[Command], text: str) -> list[Command]:
    """Return the commands that hold every word, best first: in the name, then in tip or menu.

    Where two fit equally well, one that can be used now comes first.
    """
    wanted = text.casefold().split()
    ranked = [(rank, command) for command in found if (rank := _rank(command, wanted)) is not None]
    ranked.sort(key=lambda pair: (pair[0], bool(pair[1].reason)))
    return [command for _, command in ranked]


def _rank(command: Command, wanted: list[str]) -> int | None:
    name = command.text.casefold()
    everything = f"{name} {command.tip} {command.menu}".casefold()
    if not all(word in everything for word in wanted):
        return None
    if not wanted or name.startswith(wanted[0]):
        return 0
    return 1 if all(word in name for word in wanted) else 2


class _Commands(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Command] = []

    def show(self, shown: list[Command]) -> None:
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.shown)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        command = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return command.text
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole}:
            return command.reason or command.tip
        return command if role == COMMAND_ROLE else None


class PaletteSheet(Sheet):
    """A field and a list; the arrows move in the list while one types."""

    def __init__(self, parent: QWidget, actions: ActionSet) -> None:
        super().__init__(parent, "palette", tr("Find a command"))
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self._actions = actions
        self._commands = commands(actions)
        self.model = _Commands()
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(tr("Type what you want to do"))
        self.field.setAccessibleName(tr("Find a command"))
        self.field.addAction(icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.textChanged.connect(self._on_text_changed)
        self.field.installEventFilter(self)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(_CommandPainter(actions, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(tr("Commands"))
        self.list.clicked.connect(lambda _index: self.accept())
        self.note = words("", "quiet")
        self.body.setContentsMargins(8, 8, 8, 8)
        self.body.setSpacing(6)
        self.body.addWidget(self.field)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.note)
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self._on_text_changed("")
        self._place(parent)

    def _place(self, parent: QWidget) -> None:
        width, height = min(WIDTH, parent.width() - 80), min(HEIGHT, parent.height() - 120)
        self.setFixedSize(max(width, 320), max(height, 240))
        left = (parent.width() - self.width()) // 2
        self.move(parent.mapToGlobal(parent.rect().topLeft()).x() + left, self._top(parent))

    def _top(self, parent: QWidget) -> int:
        return parent.mapToGlobal(parent.rect().topLeft()).y() + 64

    @property
    def current(self) -> Command | None:
        """The command that Enter would run."""
        command = self.list.currentIndex().data(COMMAND_ROLE)
        return command if isinstance(command, Command) else None

    @override
    def accept(self) -> None:
        command = self.current
        if command is None or command.reason:
            return
        super().accept()
        # After the sheet is gone, so that what the action opens comes to the front.
        self._actions[command.id].trigger()

    def _on_text_changed(self, text: str) -> None:
        self.model.show(matching(self._commands, text))
        self.list.setCurrentIndex(self.model.index(0))
        self._on_current_changed()

    def _on_current_changed(self, *_indexes: QModelIndex) -> None:
        command = self.current
        if command is None:
            self.note.setText(tr("No command fits. Try fewer letters."))
        else:
            self.note.setText(command.tip)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _IN_LIST:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.accept()
                return True
        return super().eventFilter(watched, event)


class _CommandPainter(QStyledItemDelegate):
    """Icon, name, menu in quiet, keys as caps; greyed where disabled."""

    def __init__(self, actions: ActionSet, parent: QObject) -> None:
        super().__init__(parent)
        self._actions = actions

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        command: Command = index.data(COMMAND_ROLE)
        tokens = tokens_in_use()
        area: QRect = option.rect
        state = option.state
        font: QFont = option.font
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selected))
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), 5, 5)
        mode = QIcon.Mode.Disabled if command.reason else QIcon.Mode.Normal
        picture = QRect(area.left() + 10, area.center().y() - 7, 16, 16)
        self._actions[command.id].icon().paint(painter, picture, mode=mode)
        text = QRectF(area.adjusted(38, 0, -12, 0))
        painter.setFont(font)
        painter.setPen(QColor(tokens.disabled if command.reason else tokens.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(text, middle, command.text)
        used = painter.fontMetrics().horizontalAdvance(command.text) + 10
        painter.setPen(QColor(tokens.disabled if command.reason else tokens.muted))
        quiet = command.reason or command.menu
        room = text.width() - used - caps_width(command.caps, font) - 12
        elided = painter.fontMetrics().elidedText(quiet, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(text.adjusted(used, 0, 0, 0), middle, elided)
        paint_caps(painter, text, command.caps, font)
        painter.restore()
