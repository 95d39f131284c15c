"""Before a training: what it will use, what it will leave out, what it starts from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.domain.split import Part
from spinegui.gui.dialogs.role_row import COLUMNS, RoleRow
from spinegui.gui.language import later, ntr, tr
from spinegui.gui.manual.asking import give_help_key
from spinegui.gui.training_plan import FITS_AT_ONCE
from spinegui.jobs.train_bundle import possible_folds

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.dialogs.role_row import Pace
    from spinegui.gui.trainers import Trainers
    from spinegui.gui.training_plan import Plan, SplitImage
    from spinegui.storage.training_set import TrainingSet

WIDTH = 660
MOST_NAMES = 4
NOTE = later(
    "Only what was reviewed counts. Contrast and colours on the screen are not applied to the "
    "pixels. You can go on reviewing while it runs; the new model waits for your decision."
)
SPLIT_NOTE = later(
    "Drawn once for each image and never changed. Held-out images are never trained on: old and "
    "new model are compared on them."
)
COUNTED = {
    "spine": (later("{n} spine"), later("{n} spines")),
    "prediction": (later("{n} prediction"), later("{n} predictions")),
    "image": (later("{n} image"), later("{n} images")),
}
PARTS = {
    Part.TRAIN: later("Training"),
    Part.VALIDATION: later("Validation"),
    Part.TEST: later("Test"),
}


class Preflight(QDialog):
    """Shows the plan of a training; accepting it starts the training."""

    def __init__(self, parent: QWidget, plan: Plan, trainers: Trainers, pace: Pace) -> None:
        super().__init__(parent)
        self.setObjectName("preflight")
        give_help_key(self)
        self.setWindowTitle(tr("Retrain"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDTH)
        self._plan = plan
        self._folds = possible_folds(plan.training) if plan.held_out is None else 0
        n_images = len(plan.training.images)
        self.rows = [RoleRow(self, each, n_images, trainers, pace) for each in plan.roles]
        self.cross_validate = self._cross_validate()
        name = plan.roles[0].name if len(plan.roles) == 1 else ""
        headline = QLabel(
            tr("Train {name} on your corrections", name=name).replace("  ", " "), self
        )
        headline.setObjectName("headline")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(headline)
        layout.addLayout(self._form(facts(plan)))
        layout.addLayout(self._form(split_facts(plan)))
        layout.addWidget(self._hint(tr(SPLIT_NOTE)))
        layout.addLayout(self._grid())
        layout.addWidget(self.cross_validate)
        layout.addWidget(self._hint(tr(NOTE)))
        layout.addWidget(self._buttons())
        for row in self.rows:
            row.changed.connect(self._refresh)
            row.refresh()
        trainers.ask(dict.fromkeys(s.backend for row in self.rows for s in row.starts))

    @property
    def plan(self) -> Plan:
        """The plan as the user wants it."""
        wanted = tuple(row.role_plan for row in self.rows if row.is_wanted.isChecked())
        folds = self._folds if self.cross_validate.isChecked() else 0
        return replace(self._plan, roles=wanted, folds=folds)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for column, title in enumerate(map(tr, COLUMNS)):
            label = QLabel(title, self)
            label.setProperty("tone", "heading")
            grid.addWidget(label, 0, column)
        for number, row in enumerate(self.rows):
            row.place(grid, 1 + 2 * number)
        return grid

    def _cross_validate(self) -> QCheckBox:
        box = QCheckBox(
            tr(
                "Measure by cross-validation ({folds} folds; takes several times as long)",
                folds=self._folds,
            ),
            self,
        )
        box.setObjectName("crossValidate")
        box.setToolTip(
            tr(
                "Trains again without a part of the images, once for each part, and compares on "
                "the part left out. The new model itself is trained on all images."
            )
        )
        box.setVisible(bool(self._folds))
        is_quick = all(each.start.backend in FITS_AT_ONCE for each in self._plan.roles)
        box.setChecked(bool(self._folds) and is_quick)
        return box

    def _hint(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setObjectName("hint")
        label.setWordWrap(True)
        return label

    def _form(self, rows: list[tuple[str, str]]) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name, text in rows:
            value = QLabel(text, self)
            value.setWordWrap(True)
            value.setMinimumWidth(280)
            title = QLabel(name, self)
            title.setProperty("tone", "quiet")
            title.setMinimumWidth(76)
            title.setAlignment(Qt.AlignmentFlag.AlignTop)
            form.addRow(title, value)
        return form

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(self)
        self.start_button = QPushButton(tr("Start training"), self)
        self.start_button.setProperty("primary", True)
        self.start_button.setDefault(True)
        buttons.addButton(self.start_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _refresh(self) -> None:
        """Let it start only what can be trained; a disabled button says why."""
        wanted = [row for row in self.rows if row.is_wanted.isChecked()]
        reason = "" if wanted else tr("Choose at least one model to train")
        if not all(row.is_possible for row in wanted):
            reason = tr("What you chose to start from cannot be trained here yet")
        self.start_button.setEnabled(not reason)
        self.start_button.setToolTip(reason)
        self._fit()

    def _fit(self) -> None:
        """Make room for the lines that say what cannot be trained, as far as they are shown."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        # Longer words of another language make it wider, and never cut one.
        self.setFixedWidth(max(WIDTH, layout.minimumSize().width()))
        self.resize(self.width(), layout.totalHeightForWidth(self.width()))


def ask_preflight(
    dialog: Preflight,
    start: Callable[[Plan], object],
    show_how_to_install: Callable[[str], object],
) -> None:
    """Show the plan; `start` is called with it, as the user left it, when they say so."""
    dialog.accepted.connect(lambda: start(dialog.plan))
    for row in dialog.rows:
        row.help_wanted.connect(show_how_to_install)
    dialog.open()


def facts(plan: Plan) -> list[tuple[str, str]]:
    """Return what is learned from, a row a fact."""
    training = plan.training
    return [
        (tr("Spines"), f"{_count(training.n_positives, 'spine')}: {_classes(training)}"),
        (
            tr("Rejected"),
            tr("{count} you rejected", count=_count(training.n_negatives, "prediction")),
        ),
        (
            tr("Not used"),
            tr("{count} without any decision", count=_count(plan.n_unreviewed, "image")),
        ),
    ]


def split_facts(plan: Plan) -> list[tuple[str, str]]:
    """Return which images train and which are held out, a row a part."""
    rows = []
    for part, title in PARTS.items():
        images = [image for image in plan.split if image.part is part]
        rows.append((tr(title), _part(images, names_all=part is not Part.TRAIN)))
    if plan.held_out is None:
        rows.append(
            (
                "",
                tr(
                    "None of the reviewed images is held out, so there is none to compare on. "
                    "About three in ten of a project's images are held out once they are reviewed."
                ),
            )
        )
    return rows


def _part(images: list[SplitImage], *, names_all: bool) -> str:
    if not images:
        return tr("no image")
    reviewed = [image for image in images if image.is_reviewed]
    text = tr("{len} of {count} reviewed", len=len(reviewed), count=_count(len(images), "image"))
    names = [image.name for image in reviewed]
    if not names_all or not names:
        return text
    more = tr(" and {value} more", value=len(names) - MOST_NAMES) if len(names) > MOST_NAMES else ""
    return f"{text}: {', '.join(names[:MOST_NAMES])}{more}"


def _classes(training: TrainingSet) -> str:
    counts = Counter(p.label or "" for image in training.images for p in image.positives)
    named = [f"{counts[c.id]} {tr(c.name).lower()}" for c in SPINE_CLASSES.classes if counts[c.id]]
    usual = set(SPINE_CLASSES.ids)
    named += [f"{n} {label}" for label, n in counts.items() if label and label not in usual]
    if counts[""]:
        named.append(tr("{counts} without label", counts=counts[""]))
    return ", ".join(named) or tr("none")


def _count(n: int, what: str) -> str:
    one, many = COUNTED[what]
    return ntr(one, many, n)
