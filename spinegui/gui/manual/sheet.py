"""The manual: contents and search at the left, the page at the right; it stays open beside work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout

from spinegui.gui.dialogs.search_field import search_field
from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.language import tr
from spinegui.gui.manual.browser import ManualBrowser
from spinegui.gui.manual.pages import matching, read_page

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

SIZE = QSize(980, 680)
CONTENTS_WIDTH = 200


class ManualSheet(Sheet):
    """Shows one page; a link leads to another, or out into the browser."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "manual", tr("Manual"))
        self.setModal(False)
        self.search = search_field(self, tr("Find in the manual"))
        self.contents = QListWidget(self)
        self.contents.setAccessibleName(tr("Contents"))
        self.contents.setFixedWidth(CONTENTS_WIDTH)
        self.nothing = words(tr("No page holds these words."), "quiet")
        self.page = ManualBrowser(self)
        self.page.setAccessibleName(tr("Page"))
        left, row = QVBoxLayout(), QHBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.search)
        left.addWidget(self.nothing)
        left.addWidget(self.contents, 1)
        row.setSpacing(16)
        row.addLayout(left)
        row.addWidget(self.page, 1)
        self.search.setFixedWidth(CONTENTS_WIDTH)
        self.body.addLayout(row, 1)
        self.search.textChanged.connect(self._on_text_changed)
        self.contents.currentItemChanged.connect(self._on_item_chosen)
        self.page.page_asked.connect(self.show_page)
        self._on_text_changed("")
        self.resize(SIZE)
        self.search.setFocus()

    @property
    def name(self) -> str:
        """The page on show."""
        item = self.contents.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def show_page(self, name: str) -> None:
        """Turn to a page."""
        if not self._choose(name):
            self.search.clear()
            self._choose(name)

    def _choose(self, name: str) -> bool:
        for i in range(self.contents.count()):
            if self.contents.item(i).data(Qt.ItemDataRole.UserRole) == name:
                self.contents.setCurrentRow(i)
                return True
        return False

    def _on_text_changed(self, text: str) -> None:
        before = self.name
        blocker = QSignalBlocker(self.contents)
        self.contents.clear()
        for page in matching(text):
            item = QListWidgetItem(page.title, self.contents)
            item.setData(Qt.ItemDataRole.UserRole, page.name)
        blocker.unblock()
        self.nothing.setVisible(not self.contents.count())
        if not self._choose(before) and self.contents.count():
            self.contents.setCurrentRow(0)
        self._on_item_chosen()

    def _on_item_chosen(self, *_items: object) -> None:
        if self.name:
            self.page.show_markdown(read_page(self.name).text)
            self.page.find_first(self.search.text())
