"""The figures of two models side by side, each change with its bootstrap interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from spinegui.gui.dialogs.plain_table import plain_table
from spinegui.gui.dialogs.verdict import describe_change
from spinegui.gui.language import later, tr
from spinegui.gui.plots.confusion import class_name
from spinegui.reports.given_boxes import classes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from spinegui.domain.bootstrap import Estimate
    from spinegui.gui.comparison_data import Compared
    from spinegui.reports.evaluation import Evaluation

OF_DETECTION = (
    ("f1", later("F1 at score 0.5")),
    ("precision", later("Precision")),
    ("recall", later("Recall")),
    ("ap", later("Average precision")),
    ("count_error", later("Count error an image")),
    ("calibration_error", later("Calibration error")),
)
OF_CLASSES = (
    ("class/accuracy", later("Class accuracy")),
    ("class/balanced_accuracy", later("Balanced accuracy")),
    ("class/kappa", later("Cohen’s kappa")),
    ("class/calibration_error", later("Calibration error of classes")),
)
F1_OF = "class/f1/"
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def figures_table(
    parent: QWidget, compared: Compared, old_name: str, new_name: str
) -> QTableWidget:
    """Return a table with a row a figure, as far as it could be measured."""
    table = plain_table(parent, ("", old_name, new_name, tr("Change (95 % interval)"), "n"))
    changes = compared.comparison.changes
    old, new = _figures(compared.comparison.before), _figures(compared.comparison.after)
    rows = [(key, title) for key, title in _rows(compared) if _is_known(key, old, new)]
    table.setRowCount(len(rows))
    header = table.horizontalHeader()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in range(1, table.columnCount()):
        title_item = table.horizontalHeaderItem(column)
        assert title_item is not None
        title_item.setTextAlignment(RIGHT)
    for row, (key, title) in enumerate(rows):
        change = changes[key]
        texts = (
            title,
            _value(old.get(key)),
            _value(new.get(key)),
            describe_change(change),
            _n(old.get(key), new.get(key)),
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column:
                item.setTextAlignment(RIGHT)
            table.setItem(row, column, item)
    return table


def _rows(compared: Compared) -> list[tuple[str, str]]:
    """Return the keys and words of the figures, in their order."""
    changes = compared.comparison.changes
    of_each = [
        (key, tr("F1 of {lower}", lower=class_name(key.removeprefix(F1_OF)).lower()))
        for key in changes
        if key.startswith(F1_OF)
    ]
    detection = OF_DETECTION if compared.detects else ()
    usual = [(key, tr(text)) for key, text in (*detection, *OF_CLASSES)]
    return [row for row in (*usual, *of_each) if row[0] in changes]


def _figures(evaluation: Evaluation) -> dict[str, Estimate]:
    figures = dict(evaluation.detection or {})
    classes = classes_of(evaluation)
    if classes is not None:
        figures |= {f"class/{name}": e for name, e in classes.figures.items()}
    return figures


def _is_known(key: str, *sides: Mapping[str, Estimate]) -> bool:
    """Tell whether either side has this figure: a class nobody has, has none."""
    return any(key in side and side[key].value is not None for side in sides)


def _value(estimate: Estimate | None) -> str:
    return "–" if estimate is None or estimate.value is None else f"{estimate.value:.3f}"


def _n(old: Estimate | None, new: Estimate | None) -> str:
    """Return on how many spines or detections the figures rest, both where they differ."""
    counts = dict.fromkeys(str(e.n) for e in (old, new) if e is not None)
    return " / ".join(counts)
