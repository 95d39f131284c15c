"""The legend of a plot, beside it and not over its lines: a sample of each with its name."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Entry(NamedTuple):
    """One line: its colour, whether it is dashed, its name and what is worth knowing of it."""

    colour: str
    is_dashed: bool
    name: str
    value: str = ""


class Legend(QLabel):
    """Asks for its entries again when the theme changes."""

    def __init__(self, parent: QWidget, entries: Callable[[], Sequence[Entry]]) -> None:
        super().__init__(parent)
        self._entries = entries
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.refresh()

    def refresh(self) -> None:
        """Show the entries as they are now."""
        entries = self._entries()
        self.setText(tr(" &ensp; ").join(_rich(entry) for entry in entries))
        self.setAccessibleName(", ".join(f"{e.name} {e.value}".strip() for e in entries))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.refresh()


def _rich(entry: Entry) -> str:
    line = "╍╍" if entry.is_dashed else "━━"
    name = html.escape(entry.name).replace(" ", "&nbsp;")
    value = html.escape(entry.value).replace(" ", "&nbsp;")
    told = f"&nbsp;<b>{value}</b>" if value else ""
    return tr(
        '<span style="color:{colour}">{line}</span>&nbsp;{name}{told}',
        colour=entry.colour,
        line=line,
        name=name,
        told=told,
    )
