"""Precision and recall, and calibration, of two models: before and after in one plot each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from spinegui.domain.metrics import CALIBRATION_BINS, DetectionTable
from spinegui.gui.confusion import answers_in_bin
from spinegui.gui.dialogs.confusion_page import LIST_HEIGHT
from spinegui.gui.dialogs.sheet import words
from spinegui.gui.dialogs.spot_list import MOST_SHOWN, SpotList
from spinegui.gui.language import later, tr
from spinegui.gui.plots.calibration import Answers, CalibrationPlot
from spinegui.gui.plots.legend import Legend
from spinegui.gui.plots.pr_curve import PrecisionRecallPlot
from spinegui.reports.given_boxes import classes_of

if TYPE_CHECKING:
    from spinegui.domain.metrics import ClassTable
    from spinegui.gui.comparison_data import Compared
    from spinegui.gui.dialogs.spot_list import CutsPictures
    from spinegui.reports.evaluation import Evaluation

OF_DETECTION = later("A ring marks the score of 0.5, above which detections count.")
OF_CLASSES = later("All classes together: each score is what the model gives a class.")


class CurvesPage(QWidget):
    """Two plots side by side: of detections, or where only classes were trained, of classes."""

    def __init__(
        self, parent: QWidget, compared: Compared, names: tuple[str, str], cut: CutsPictures
    ) -> None:
        super().__init__(parent)
        self._compared = compared
        self._names = names
        sides = (compared.comparison.before, compared.comparison.after)
        tables = [_detections(side) if compared.detects else _classes(side) for side in sides]
        known = {n: (t, s) for n, t, s in zip(names, tables, sides, strict=True) if t is not None}
        self.pr = PrecisionRecallPlot(
            self, {n: t for n, (t, _) in known.items()}, marks_cut=compared.detects
        )
        self.calibration = CalibrationPlot(
            self,
            {n: _answers(t, s, detects=compared.detects) for n, (t, s) in known.items()},
            {n: _error(s, detects=compared.detects) for n, (_, s) in known.items()},
            right=tr("Share that are spines") if compared.detects else tr("Share that are right"),
        )
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(_titled(tr("Precision and recall"), self.pr))
        row.addLayout(_titled(tr("Calibration: are the scores honest?"), self.calibration))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row, 1)
        self.note = words(_note(compared), "quiet")
        layout.addWidget(self.note)
        self.spots = SpotList(self, cut)
        self.spots.setFixedHeight(LIST_HEIGHT)
        self.spots.hide()
        layout.addWidget(self.spots)
        self.calibration.bin_chosen.connect(self._on_bin_chosen)

    def _on_bin_chosen(self, is_after: bool, number: int) -> None:
        """Show what was answered with the scores behind a dot."""
        comparison, name = self._compared.comparison, self._names[int(is_after)]
        low, high = number / CALIBRATION_BINS, (number + 1) / CALIBRATION_BINS
        evaluation = comparison.after if is_after else comparison.before
        files, detects = self._compared.files, self._compared.detects
        found = answers_in_bin(evaluation, files, number, detects=detects)
        more = (
            tr("; the first {MOST_SHOWN} are shown", MOST_SHOWN=MOST_SHOWN)
            if len(found) > MOST_SHOWN
            else ""
        )
        self.note.setText(
            tr(
                "{name}: {len} answers with {low:.1f} to {high:.1f}{more}.",
                name=name,
                len=len(found),
                low=low,
                high=high,
                more=more,
            )
        )
        self.spots.show()
        self.spots.show_spots(found)


def _note(compared: Compared) -> str:
    """Return on what the curves rest, and how to read them."""
    after = compared.comparison.after
    classes = None if compared.detects else classes_of(after)
    count = after.n_spines if classes is None else len(classes.table.truth)
    how = tr(OF_DETECTION if compared.detects else OF_CLASSES)
    return tr(
        "n = {count} spines on {len} images. {how} On the diagonal, of answers "
        "with 0.8 eight in ten are right; larger dots stand for more answers. "
        "Click one to see them.",
        count=count,
        len=len(after.images),
        how=how,
    )


def _titled(title: str, plot: PrecisionRecallPlot | CalibrationPlot) -> QVBoxLayout:
    label = QLabel(title)
    label.setObjectName("panel_title")
    layout = QVBoxLayout()
    layout.setSpacing(4)
    layout.addWidget(label)
    layout.addWidget(plot, 1)
    layout.addWidget(Legend(plot.parentWidget(), plot.entries))
    return layout


def _detections(evaluation: Evaluation) -> DetectionTable | None:
    return evaluation.table


def _classes(evaluation: Evaluation) -> DetectionTable | None:
    """Return each class of each spine as an answer that is right or not."""
    classes = classes_of(evaluation)
    if classes is None:
        return None
    table: ClassTable = classes.table
    k = len(table.label_ids)
    return DetectionTable(
        scores=table.scores.ravel(),
        is_match=np.eye(k, dtype=np.bool_)[table.truth].ravel(),
        image=np.repeat(table.image, k),
        truths=np.bincount(table.image, minlength=table.n_images),
    )


def _answers(table: DetectionTable, evaluation: Evaluation, *, detects: bool) -> Answers:
    classes = None if detects else classes_of(evaluation)
    if classes is None:
        return Answers(table.scores, table.is_match)
    given = classes.table
    return Answers(given.scores.max(axis=1), given.predicted == given.truth)


def _error(evaluation: Evaluation, *, detects: bool) -> float:
    """Return the calibration error, NaN where there is none."""
    classes = None if detects else classes_of(evaluation)
    figures = classes.figures if classes is not None else evaluation.detection
    found = (figures or {}).get("calibration_error")
    return float("nan") if found is None or found.value is None else found.value
