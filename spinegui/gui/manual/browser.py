"""A page of the manual, set to be read: room between lines, quiet tables, pictures that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDesktopServices,
    QImage,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser
from typing_extensions import override

from spinegui.gui.manual.pages import PAGES, manual_folder
from spinegui.gui.style.palette import tokens_in_use

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

PICTURE_WIDTH = 660
MARGIN = 20
LINE_PERCENT = 135
LARGER = {0: 0, 1: 2, 2: 1}
"""Steps of Qt's scale by heading level: 1 is 1.2 times the text, 2 is 1.5 times."""
ABOVE_PX = {0: 0, 1: 0, 2: 18}
BELOW_PX = {0: 8, 1: 10, 2: 6}
_LINE_HEIGHT = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value


class ManualBrowser(QTextBrowser):
    """Asks for another page where a link leads to one; other links open outside."""

    page_asked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._on_anchor_clicked)

    def show_markdown(self, text: str) -> None:
        """Show a page from its top."""
        tokens = tokens_in_use()
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Link, QColor(tokens.accent))
        self.setPalette(palette)
        self.setMarkdown(text)
        self.document().setDocumentMargin(MARGIN)
        block = self.document().begin()
        while block.isValid():
            self._set_block(block)
            block = block.next()
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _set_table(frame)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _set_block(self, block: QTextBlock) -> None:
        level = min(block.blockFormat().headingLevel(), 2)
        cursor = QTextCursor(block)
        in_table = cursor.currentTable() is not None
        shape = QTextBlockFormat()
        shape.setTopMargin(0 if in_table else ABOVE_PX[level])
        shape.setBottomMargin(0 if in_table else BELOW_PX[level])
        if not _holds_picture(block):
            shape.setLineHeight(LINE_PERCENT, _LINE_HEIGHT)
        cursor.mergeBlockFormat(shape)
        letters = QTextCharFormat()
        letters.setProperty(QTextCharFormat.Property.FontSizeAdjustment, LARGER[level])
        if level:
            letters.setFontWeight(600)
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        cursor.mergeCharFormat(letters)

    def find_first(self, words: str) -> None:
        """Go to the first of the words that were searched for."""
        for word in words.split()[:1]:
            self.moveCursor(QTextCursor.MoveOperation.Start)
            self.find(word)

    @override
    def loadResource(self, kind: int, url: QUrl | str) -> object:
        path = url if isinstance(url, str) else url.path()
        image = QImage(str((manual_folder() / path).resolve()))
        if image.isNull():
            return super().loadResource(kind, url)
        if image.width() > PICTURE_WIDTH:
            smooth = Qt.TransformationMode.SmoothTransformation
            image = image.scaledToWidth(PICTURE_WIDTH, smooth)
        return image

    def _on_anchor_clicked(self, url: QUrl) -> None:
        name = url.path().removesuffix(".md")
        if name in PAGES:
            self.page_asked.emit(name)
        else:
            QDesktopServices.openUrl(url)


def _holds_picture(block: QTextBlock) -> bool:
    return "\ufffc" in block.text()


def _set_table(table: QTextTable) -> None:
    shape = table.format()
    shape.setBorder(1)
    shape.setBorderCollapse(True)
    shape.setBorderBrush(QBrush(QColor(tokens_in_use().hairline)))
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setCellPadding(5)
    shape.setBottomMargin(10)
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(shape)
