"""The columns of the spine table: what each says, how it sorts, which ones a person hid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMenu

from spinegui.domain.consensus import consensus
from spinegui.domain.detection import Detection, ReviewState
from spinegui.gui.class_words import label_words
from spinegui.gui.language import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QTableView

    from spinegui.domain.consensus import Quorum
    from spinegui.domain.image_ref import PixelSize
    from spinegui.gui.settings import Settings

PADDING = 18
ICON_WIDTH = 26
STATE_WORDS = {
    ReviewState.PREDICTED: later("Predicted"),
    ReviewState.ACCEPTED: later("Accepted"),
    ReviewState.REJECTED: later("Rejected"),
}


class Column(NamedTuple):
    """One column; `key` names it in the settings, whatever unit its title has.

    `sample` is as wide as what stands in it gets.
    """

    key: str
    title: str
    text: Callable[[Detection], str]
    sort: Callable[[Detection], float | str]
    is_number: bool
    sample: str


def columns_for(
    *, is_stack: bool, pixel: PixelSize | None, quorum: Quorum | None = None
) -> list[Column]:
    """Return the columns in order, sizes in µm where the pixel size is known."""
    columns = [
        Column(
            "label",
            tr("Label"),
            lambda d: label_words(d.label),
            lambda d: d.label or "",
            is_number=False,
            sample=tr("Mushroom"),
        ),
        Column(
            "score",
            tr("Score"),
            _score,
            lambda d: _or_below(d.score),
            is_number=True,
            sample="0.00",
        ),
        Column(
            "state",
            tr("State"),
            lambda d: tr(STATE_WORDS[d.state]),
            lambda d: d.state.value,
            is_number=False,
            sample=tr("Predicted"),
        ),
        _size(pixel),
        _place("x", 0),
        _place("y", 1),
    ]
    if is_stack:
        slice_column = Column(
            "z",
            "z",
            lambda d: "–" if d.z is None else f"{d.z + 1:.0f}",
            lambda d: _or_below(d.z),
            is_number=True,
            sample="00",
        )
        columns.insert(2, slice_column)
    if quorum is not None:
        columns.insert(1, _consensus(quorum))
    return columns


def _consensus(quorum: Quorum) -> Column:
    """Return what the raters came to: the label, or that they did not, and how many agree."""

    def text(d: Detection) -> str:
        found = consensus(d, quorum)
        if not found.asked:
            return "–"
        said = label_words(found.label) if found.label else tr("No consensus")
        return f"{said} {found.agreeing}/{found.asked}"

    return Column(
        "consensus", tr("Consensus"), text, text, is_number=False, sample=tr("No consensus 1/2")
    )


def _size(pixel: PixelSize | None) -> Column:
    scale_x, scale_y, unit = (pixel.x_um, pixel.y_um, "µm") if pixel else (1.0, 1.0, "px")
    digits = 2 if pixel else 0
    return Column(
        "size",
        tr("Size ({unit})", unit=unit),
        lambda d: f"{d.box.width * scale_x:.{digits}f} × {d.box.height * scale_y:.{digits}f}",
        lambda d: d.box.area,
        is_number=True,
        sample="1.00 × 1.00",
    )


def _place(key: str, axis: int) -> Column:
    return Column(
        key,
        tr("{key} (px)", key=key),
        lambda d: f"{d.box.center[axis]:.0f}",
        lambda d: d.box.center[axis],
        is_number=True,
        sample="0000",
    )


def _score(detection: Detection) -> str:
    return "–" if detection.score is None else f"{detection.score:.2f}"


def _or_below(value: float | None) -> float:
    """Sort what is not known before all that is."""
    return -1.0 if value is None else value


class ColumnChoice(QObject):
    """Hides and shows columns by a menu on the header, and remembers it."""

    def __init__(self, table: QTableView, settings: Settings) -> None:
        super().__init__(table)
        self._table = table
        self._settings = settings
        self._columns: Sequence[Column] = ()
        header = table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_menu_requested)

    def show(self, columns: Sequence[Column]) -> None:
        """Lay these columns out. Widths that a person set stay for as long as the set does."""
        if [c.key for c in columns] != [c.key for c in self._columns]:
            for number, column in enumerate(columns):
                self._table.setColumnWidth(number, self._width(column, has_icon=number == 0))
        self._columns = columns
        hidden = self._settings.hidden_columns
        for number, column in enumerate(columns):
            self._table.setColumnHidden(number, column.key in hidden)

    def _width(self, column: Column, *, has_icon: bool) -> int:
        texts = (column.sample, column.title)
        widest = max(self._table.fontMetrics().horizontalAdvance(text) for text in texts)
        return widest + PADDING + (ICON_WIDTH if has_icon else 0)

    def menu(self) -> QMenu:
        """Return the menu: one entry a column but the first, which names the spine."""
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        hidden = self._settings.hidden_columns
        for column in self._columns[1:]:
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(column.key not in hidden)
            action.triggered.connect(lambda on, key=column.key: self._choose(key, is_shown=on))
        return menu

    def _choose(self, key: str, *, is_shown: bool) -> None:
        hidden = set(self._settings.hidden_columns) - {key}
        self._settings.hidden_columns = tuple(sorted(hidden if is_shown else hidden | {key}))
        self.show(self._columns)

    def _on_menu_requested(self, position: QPoint) -> None:
        self.menu().popup(self._table.horizontalHeader().mapToGlobal(position))
