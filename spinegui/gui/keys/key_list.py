"""The list of actions with their keys, by menu; typing leaves what fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)
from typing_extensions import override

from spinegui.gui.actions import ACTIONS, MENUS
from spinegui.gui.key_caps import caps_of, caps_width, paint_caps
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QWidget

    from spinegui.gui.action_set import ActionSet

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = Qt.ItemDataRole.UserRole
KEYS_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_HEIGHT = 26
KEYS_WIDTH = 250
CHANGED_MARK = " •"


class KeyList(QTreeWidget):
    """Rows that are actions carry their id; menus are rows above them."""

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._rows: dict[str, QTreeWidgetItem] = {}
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(12)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(_KeyPainter(self))
        self.setAccessibleName(tr("Actions and their keys"))
        for menu in MENUS:
            self._add_menu(menu)
        self.expandAll()
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, KEYS_WIDTH)
        self.refresh()

    def _add_menu(self, menu: str) -> None:
        heading = QTreeWidgetItem(self, [tr(menu)])
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        heading.setFirstColumnSpanned(True)
        for spec in ACTIONS:
            if spec.menu == menu:
                row = QTreeWidgetItem(heading)
                row.setData(0, ID_ROLE, spec.id)
                self._rows[spec.id] = row

    @property
    def action_id(self) -> str:
        """The action of the current row, "" for none."""
        item = self.currentItem()
        return str(item.data(0, ID_ROLE) or "") if item is not None else ""

    def choose(self, action_id: str) -> None:
        """Make an action's row the current one."""
        self.setCurrentItem(self._rows[action_id])
        self.scrollToItem(self._rows[action_id])

    def refresh(self) -> None:
        """Show the keys as they are now; a dot marks what the person changed."""
        for action_id, row in self._rows.items():
            keys = caps_of(self._actions.keys.of(action_id))
            is_own = action_id in self._actions.keys.own
            text = self._actions[action_id].text().rstrip("…")
            row.setText(0, text + CHANGED_MARK * is_own)
            row.setToolTip(0, self._actions[action_id].statusTip())
            row.setData(1, KEYS_ROLE, keys)
            spoken = tr(" or ").join("+".join(words) for words in keys) or tr("no key")
            row.setData(1, Qt.ItemDataRole.AccessibleTextRole, spoken)

    def show_only(self, text: str) -> None:
        """Leave the rows that hold every word in their name, keys or menu."""
        wanted = text.casefold().split()
        for row in self._rows.values():
            row.setHidden(not self._fits(row, wanted))
        for i in range(self.topLevelItemCount()):
            heading = self.topLevelItem(i)
            if heading is not None:
                rows = [row for row in self._rows.values() if row.parent() is heading]
                heading.setHidden(all(row.isHidden() for row in rows))

    def visible_ids(self) -> list[str]:
        """Return the actions that the search leaves."""
        return [action_id for action_id, row in self._rows.items() if not row.isHidden()]

    def _fits(self, row: QTreeWidgetItem, wanted: list[str]) -> bool:
        keys = row.data(1, Qt.ItemDataRole.AccessibleTextRole)
        heading = row.parent()
        menu = heading.text(0) if heading is not None else ""
        everything = f"{row.text(0)} {row.toolTip(0)} {keys} {menu}".casefold()
        return all(word in everything for word in wanted)


class _KeyPainter(QStyledItemDelegate):
    """Keys as caps at the right; the menus' names quiet."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, ROW_HEIGHT)

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if not index.parent().isValid():
            quiet = option.palette.color(QPalette.ColorRole.PlaceholderText)
            option.palette.setColor(QPalette.ColorRole.Text, quiet)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        caps = index.data(KEYS_ROLE)
        if index.column() != 1 or not caps:
            return
        area = QRectF(option.rect.adjusted(0, 0, -8, 0))
        while len(caps) > 1 and caps_width(caps, option.font) > area.width():
            caps = caps[:-1]
        if option.state & QStyle.StateFlag.State_Enabled:
            paint_caps(painter, area, caps, option.font)
