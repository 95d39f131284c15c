"""The parts of the hunt's panel that live on shafts: faint candidates, and sparse stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton
from typing_extensions import override

from spinegui.domain.sparse import LEAST_SPINES, WORTH_A_LOOK
from spinegui.gui.hunt.parts import Part, sentence
from spinegui.gui.hunt.places_table import PlacesTable, Row
from spinegui.gui.keys.in_use import key_text
from spinegui.gui.language import ntr, tr
from spinegui.gui.panels.state_dots import class_icon

if TYPE_CHECKING:
    from spinegui.domain.hunt import Faint, Findings
    from spinegui.domain.sparse import SparseStretches, Stretch
    from spinegui.gui.hunt.hunting import Hunting
    from spinegui.gui.hunt.shaft_tracing import ShaftTracing
    from spinegui.gui.workspace import Workspace


class ShaftPart(Part):
    """Says how far the tracing is while nothing is known; offers to try again where it failed."""

    def __init__(self, title: str, hunting: Hunting, tracing: ShaftTracing) -> None:
        super().__init__(title)
        self._hunting = hunting
        self._tracing = tracing
        self.again = QPushButton(tr("Trace the shafts"), self)
        self.again.setToolTip(
            tr("Find the shafts of this image, along which spines are looked for")
        )
        self.again.clicked.connect(tracing.ask)
        self.rows.addWidget(self.again)
        hunting.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show what is known now."""
        findings, is_traced = self._hunting.findings, self._tracing.lines is not None
        self.again.setVisible(not is_traced and not self._tracing.is_running)
        if findings is not None and is_traced:
            self.show_findings(findings)
            return
        self.show_nothing()
        self.text.setText(self._state())

    def _state(self) -> str:
        if self._tracing.is_running:
            return tr("Tracing the shafts.")
        if self._tracing.lines is not None:
            return tr("Looking.")
        return self._tracing.error or tr("The shafts are not traced yet.")

    def show_findings(self, findings: Findings) -> None:
        """Show what was found."""
        raise NotImplementedError

    def show_nothing(self) -> None:
        """Show that nothing is known."""
        raise NotImplementedError


class FaintPart(ShaftPart):
    """Candidates below the threshold near a shaft: the keys of the review decide on them."""

    chosen = Signal(str)

    def __init__(self, workspace: Workspace, hunting: Hunting, tracing: ShaftTracing) -> None:
        super().__init__(tr("Faint ones near a shaft"), hunting, tracing)
        self._workspace = workspace
        self.table = PlacesTable(tr("Faint candidates"), self._titles())
        self.table.chosen.connect(self.chosen)
        self.reach = QDoubleSpinBox(self)
        self.reach.setRange(0.5, 100.0)
        self.reach.setSingleStep(0.5)
        self.reach.setDecimals(1)
        self.reach.setKeyboardTracking(False)
        self.reach.setAccessibleName(tr("Distance from the shaft"))
        self.reach.setToolTip(tr("Candidates farther from every shaft are left out"))
        self.reach.valueChanged.connect(hunting.set_reach)
        self._reach_row = QHBoxLayout()
        self._reach_text = QLabel(tr("Within"), self)
        self._reach_row.addWidget(self._reach_text)
        self._reach_row.addWidget(self.reach, 1)
        self.rows.addLayout(self._reach_row)
        self.rows.addWidget(self.table)
        self.refresh()

    @override
    def show_findings(self, findings: Findings) -> None:
        n, threshold = len(findings.faint), self._workspace.view.threshold
        self._show_reach(is_shown=True)
        self.table.show_rows([self._row(f) for f in findings.faint], self._titles())
        if not n:
            self.text.setText(
                tr("No candidate below the score of {score:.2f} is left.", score=threshold)
            )
            return
        self.text.setText(
            ntr(
                "{n} candidate below the score of {score:.2f}. Click it: {accept} accepts, "
                "{reject} rejects.",
                "{n} candidates below the score of {score:.2f}. Click one: {accept} accepts, "
                "{reject} rejects, both go on.",
                n,
                score=threshold,
                accept=key_text("accept_next"),
                reject=key_text("reject"),
            )
        )

    @override
    def show_nothing(self) -> None:
        self._show_reach(is_shown=False)
        self.table.show_rows([], self._titles())

    def _show_reach(self, *, is_shown: bool) -> None:
        self.reach.setVisible(is_shown)
        self._reach_text.setVisible(is_shown)
        self.reach.blockSignals(True)
        self.reach.setSuffix(f" {self._hunting.unit}")
        self.reach.setValue(self._hunting.reach)
        self.reach.blockSignals(False)

    def _titles(self) -> tuple[str, ...]:
        return (tr("Label"), tr("Score"), self._hunting.unit)

    def _row(self, faint: Faint) -> Row:
        document, detections = self._workspace.document, self._workspace.annotation.detections
        detection = detections.get(faint.detection_id)
        label = detection.label if detection else None
        found = document.label_set.find(label) if document else None
        return Row(
            faint.detection_id,
            (found.name if found else "–", f"{faint.score:.2f}", f"{faint.distance:.1f}"),
            class_icon(found.letter, found.colour) if found else None,
            tr(
                "{distance:.1f} {unit} from the shaft's middle",
                distance=faint.distance,
                unit=self._hunting.unit,
            ),
        )


class SparsePart(ShaftPart):
    """Stretches of shaft with implausibly few spines."""

    chosen = Signal(int)

    def __init__(self, hunting: Hunting, tracing: ShaftTracing) -> None:
        super().__init__(tr("Sparse stretches"), hunting, tracing)
        self.again.hide()  # one button for all parts that live on shafts is enough
        self.table = PlacesTable(tr("Sparse stretches"), self._titles())
        self.table.chosen.connect(lambda key: self.chosen.emit(int(key)))
        self.note = sentence("")
        self.rows.addWidget(self.table)
        self.rows.addWidget(self.note)
        self.refresh()

    @override
    def refresh(self) -> None:
        super().refresh()
        self.again.hide()

    @override
    def show_findings(self, findings: Findings) -> None:
        sparse = findings.sparse
        rows = [self._row(i, stretch) for i, stretch in enumerate(sparse.stretches)]
        self.table.show_rows(rows, self._titles())
        self.note.setVisible(bool(rows) or bool(sparse.n_bare))
        self.note.setText(" ".join(self._notes(sparse)))
        unit = self._hunting.unit
        if sparse.n < LEAST_SPINES:
            self.text.setText(
                tr("At least {n} spines on shafts are needed to tell.", n=LEAST_SPINES)
            )
            return
        density = sparse.density * (10 if self._hunting.is_um else 100)
        per = f"10 {unit}" if self._hunting.is_um else f"100 {unit}"
        told = tr(
            "{density:.1f} spines per {per} ({n} on {length:.0f} {unit}).",
            density=density, per=per, n=sparse.n, length=sparse.length, unit=unit,
        )  # fmt: skip
        if rows:
            told += " " + tr("Here are fewer than chance leaves.")
        else:
            told += " " + tr("No stretch has fewer than chance leaves.")
        self.text.setText(told)

    @override
    def show_nothing(self) -> None:
        self.table.show_rows([], self._titles())
        self.note.hide()

    def _notes(self, sparse: SparseStretches) -> list[str]:
        notes = []
        if sparse.stretches:
            notes.append(
                tr(
                    "p: chance of so few in this window; p, all: of one as rare among all {n} "
                    "windows of the image (* below 0.05).",
                    n=sparse.n_windows,
                )
            )
        if sparse.n_bare:
            text = ntr(
                "{n} line without any spine ({length:.0f} {unit}), as axons are, is left out.",
                "{n} lines without any spine ({length:.0f} {unit}), as axons are, are left out.",
                sparse.n_bare,
                length=sparse.bare_length,
                unit=self._hunting.unit,
            )
            notes.append(text)
        return notes

    def _titles(self) -> tuple[str, ...]:
        return (self._hunting.unit, tr("Spines"), "p", tr("p, all"))

    def _row(self, index: int, stretch: Stretch) -> Row:
        stands_out = stretch.p_anywhere < WORTH_A_LOOK
        tip = tr(
            "{count} spines on {length:.1f} {unit}, {expected:.1f} expected.",
            count=stretch.count, length=stretch.length, unit=self._hunting.unit,
            expected=stretch.expected,
        )  # fmt: skip
        if stands_out:
            tip += " " + tr("Chance alone seldom leaves such a stretch anywhere on this image.")
        words = (
            f"{stretch.length:.1f}",
            tr("{count} of {expected:.0f}", count=stretch.count, expected=stretch.expected),
            _p(stretch.p),
            _p(stretch.p_anywhere) + (" *" if stands_out else ""),
        )
        return Row(str(index), words, tip=tip)


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
