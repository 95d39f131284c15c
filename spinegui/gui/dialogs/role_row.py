"""One training of a plan: whether it is wanted, what it starts from, for how many epochs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from spinegui.gui.dialogs.sheet import set_tone, words
from spinegui.gui.language import later, tr
from spinegui.gui.panels.job_card import format_seconds
from spinegui.gui.training_plan import FITS_AT_ONCE, backend_name, roles_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QGridLayout

    from spinegui.gui.trainers import Trainers
    from spinegui.gui.training_plan import RolePlan, Start

    Pace = Callable[[str, int], float | None]

MOST_EPOCHS = 1000
FEW_MODULES = 3
COLUMNS = (later("Train"), later("Starting from"), later("Epochs"), later("Takes"))


class RoleRow(QObject):
    """The controls of one training in the dialog's grid; says `changed` and `help_wanted`."""

    changed = Signal()
    help_wanted = Signal(str)  # backend

    def __init__(
        self, parent: QWidget, role_plan: RolePlan, n_images: int, trainers: Trainers, pace: Pace
    ) -> None:
        super().__init__(parent)
        self._plan = role_plan
        self._n_images = n_images
        self._trainers = trainers
        self._pace = pace
        self.starts = role_plan.starts
        self.is_wanted = QCheckBox(roles_words(role_plan.roles).capitalize(), parent)
        self.is_wanted.setChecked(True)
        self.is_wanted.setToolTip(tr("The new model is called {name}", name=role_plan.name))
        self.start = QComboBox(parent)
        self.start.setAccessibleName(
            tr("What the {roles_words} starts from", roles_words=roles_words(role_plan.roles))
        )
        for each in self.starts:
            self.start.addItem(each.words(role_plan.roles))
        self.start.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.epochs = QSpinBox(parent)
        self.epochs.setRange(0, MOST_EPOCHS)
        self.epochs.setSpecialValueText(tr("Usual"))
        self.epochs.setAccessibleName(tr("Epochs"))
        self.time = QLabel(parent)
        self.time.setProperty("tone", "quiet")
        self.why = words("", "warning")
        self.why.setParent(parent)
        self.how = QPushButton(tr("How to install"), parent)
        self.how.setAutoDefault(False)
        self.how.setToolTip(tr("Opens the settings, which tell the command"))
        self.how.clicked.connect(lambda: self.help_wanted.emit(self._lacking()))
        for signal in (self.is_wanted.toggled, self.start.activated, self.epochs.valueChanged):
            signal.connect(lambda _value: self.refresh())
        trainers.answered.connect(self.refresh)

    def place(self, grid: QGridLayout, row: int) -> None:
        """Put the controls into two rows of a grid; the second tells what cannot be trained."""
        for column, widget in enumerate((self.is_wanted, self.start, self.epochs, self.time)):
            grid.addWidget(widget, row, column)
        lacking = QHBoxLayout()
        lacking.setSpacing(12)
        lacking.addWidget(self.why, 1)
        lacking.addWidget(self.how, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(lacking, row + 1, 0, 1, len(COLUMNS))

    @property
    def chosen(self) -> Start:
        return self.starts[self.start.currentIndex()]

    @property
    def role_plan(self) -> RolePlan:
        """The training as the person wants it."""
        epochs = self.epochs.value() if self.epochs.isEnabled() else 0
        return replace(self._plan, start=self.chosen, epochs=epochs or None)

    @property
    def is_possible(self) -> bool:
        """Whether nothing is known that keeps it from being trained."""
        return self._trainers.problem(self.chosen.backend) is None

    def refresh(self) -> None:
        """Enable what can be trained, as far as it is known by now."""
        model = self.start.model()
        assert isinstance(model, QStandardItemModel)
        for row, each in enumerate(self.starts):
            item = model.item(row)
            item.setEnabled(self._is_offered(each))
            item.setToolTip(self._reason(each))
        wanted = self.is_wanted.isChecked()
        backend = self.chosen.backend
        self.is_wanted.setText(roles_words(self.chosen.roles).capitalize())
        self.start.setEnabled(wanted)
        self.epochs.setEnabled(wanted and backend not in FITS_AT_ONCE)
        at_once = tr(
            "{backend_name} fits in one step, without epochs", backend_name=backend_name(backend)
        )
        self.epochs.setToolTip(
            at_once if backend in FITS_AT_ONCE else tr("How often each image is seen")
        )
        self.time.setText(self._estimate())
        self._say_what_is_lacking()
        self.changed.emit()

    def _is_offered(self, start: Start) -> bool:
        """Tell whether it can be chosen: the one in use until, others once, an answer is there."""
        is_in_use = start is self.starts[0]
        is_known = start.backend in FITS_AT_ONCE or self._trainers.answer(start.backend) is not None
        return (is_in_use or is_known) and self._trainers.problem(start.backend) is None

    def _reason(self, start: Start) -> str:
        problem = self._trainers.problem(start.backend)
        if problem is not None:
            return problem.what
        return "" if self._is_offered(start) else tr("Asking whether it can be trained here")

    def _estimate(self) -> str:
        """Return how long it takes, judging by the last time."""
        if not self.is_wanted.isChecked():
            return "–"
        epochs = self.epochs.value() if self.epochs.isEnabled() else 0
        pace = self._pace(self.chosen.backend, epochs)
        if pace is not None:
            return tr(
                "about {format_seconds}", format_seconds=format_seconds(pace * self._n_images)
            )
        return tr("seconds") if self.chosen.backend in FITS_AT_ONCE else tr("the log tells")

    def _lacking(self) -> str:
        """Return the first backend that could be started from but lacks something, "" for none."""
        found = (s.backend for s in self.starts if self._trainers.problem(s.backend) is not None)
        return next(found, "")

    def _say_what_is_lacking(self) -> None:
        backends = dict.fromkeys(
            s.backend for s in self.starts if self._trainers.problem(s.backend) is not None
        )
        names = tr(" and ").join(backend_name(backend) for backend in backends)
        text = (
            tr(
                "{names} cannot be trained here yet: {modules}.",
                names=names,
                modules=self._modules(list(backends)),
            )
            if names
            else ""
        )
        set_tone(self.why, text, "danger" if not self.is_possible else "quiet")
        self.how.setVisible(bool(text))

    def _modules(self, backends: list[str]) -> str:
        """Return what is missing, in few words."""
        missing: list[str] = []
        for backend in backends:
            answer = self._trainers.answer(backend)
            infos = () if answer is None else answer.backends
            for info in infos:
                if info.name == backend:
                    missing += [*info.missing, *info.missing_for_training]
        if not missing:
            return tr("their Python does not answer")
        if len(missing) > FEW_MODULES:
            return tr("the libraries are not installed")
        return tr("{join} not installed", join=", ".join(dict.fromkeys(missing)))
