"""Asking how large a pixel is: known or asked for, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from typing_extensions import override

from spinegui.domain.image_ref import MAX_PIXEL_SIZE_UM, PixelSize
from spinegui.gui.dialogs.sheet import Sheet, set_tone, words
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from spinegui.domain.image_ref import ImageRef

WIDTH = 440
VERDICT_HEIGHT = 36
USUAL_UM = (0.01, 0.5)
"""Pixels outside of this are rare where spines can be seen; worth a second look, not refused."""


@dataclass(frozen=True, slots=True)
class Question:
    """The shown image, its size now (None = unknown), who else could take the answer."""

    image: ImageRef
    size: PixelSize | None
    is_set_by_person: bool
    n_unknown: int
    """Images of the project without a size, this one counted where it has none."""
    asks_z: bool


class PixelSizeSheet(Sheet):
    """Three fields in µm; says what it makes of them while one types."""

    answered = Signal(object, bool)  # PixelSize | None (= take the person's away), for all unknown

    def __init__(self, parent: QWidget, question: Question) -> None:
        super().__init__(parent, "pixel_size", tr("Pixel size"))
        self._question = question
        size = question.size
        self.x_um = _field(tr("Pixel width"), size.x_um if size else None)
        self.y_um = _field(tr("Pixel height"), size.y_um if size else None)
        self.z_um = _field(tr("Slice distance"), size.z_um if size else None)
        self.square = QCheckBox(tr("Square pixels"), self)
        self.square.setChecked(size is None or not size.is_anisotropic_xy)
        self.for_all = QRadioButton(
            tr("All {n_unknown} images of unknown size", n_unknown=question.n_unknown), self
        )
        self.for_all.setObjectName("for_all")
        self.verdict = words("", "quiet")
        self.verdict.setObjectName("verdict")
        # Room for two lines, so that the fields stay put while one types.
        self.verdict.setMinimumHeight(VERDICT_HEIGHT)
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.primary = self.add_buttons(tr("Set pixel size"))
        if question.is_set_by_person:
            self._add_forget()
        for field in (self.x_um, self.y_um, self.z_um):
            field.textChanged.connect(self._judge)
        self.square.toggled.connect(self._judge)
        self.setMinimumWidth(WIDTH)
        self.x_um.setFocus()
        self.x_um.selectAll()
        self._judge()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        rows = [(tr("Width (x)"), self.x_um), (tr("Height (y)"), self.y_um)]
        rows += [(tr("Slice distance (z)"), self.z_um)] if self._question.asks_z else []
        for row, (text, field) in enumerate(rows):
            grid.addWidget(QLabel(text), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(words("µm", "quiet"), row, 2)
        grid.addWidget(self.square, 1, 3)
        grid.setColumnStretch(1, 1)
        self.body.addWidget(
            words(tr("How large is one pixel of {name}?", name=self._question.image.name))
        )
        self.body.addWidget(words(_state(self._question), "quiet"))
        self.body.addLayout(grid)
        self.body.addWidget(self.verdict)
        self.for_all.setVisible(self._question.n_unknown > 1)
        if self._question.n_unknown > 1:
            self.body.addWidget(self._scope())

    def _scope(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        only = QRadioButton(tr("This image"), box)
        only.setObjectName("only_this")
        only.setChecked(True)
        row.addWidget(only)
        row.addWidget(self.for_all)
        row.addStretch(1)
        return box

    def _add_forget(self) -> None:
        from_file = self._question.image.pixel_size
        text = tr("Use the file's") if from_file else tr("Set to unknown")
        forget = QPushButton(text, self)
        forget.setObjectName("forget")
        forget.setAutoDefault(False)
        forget.clicked.connect(self._on_forget_clicked)
        self.button_row.addButton(forget, self.button_row.ButtonRole.ResetRole)

    def _on_forget_clicked(self) -> None:
        super().accept()
        self.answered.emit(None, False)

    @override
    def accept(self) -> None:
        size = self._size()
        if isinstance(size, PixelSize):
            super().accept()
            self.answered.emit(size, self.for_all.isChecked())

    def _judge(self, *_changed: object) -> None:
        self.y_um.setEnabled(not self.square.isChecked())
        if self.square.isChecked() and self.y_um.text() != self.x_um.text():
            self.y_um.setText(self.x_um.text())
        size = self._size()
        self.primary.setEnabled(isinstance(size, PixelSize))
        if isinstance(size, str):
            set_tone(self.verdict, size, "quiet" if not self.x_um.text().strip() else "danger")
        else:
            set_tone(self.verdict, *judge(size, self._question.image))

    def _size(self) -> PixelSize | str:
        """Return the size, or what is wrong with the fields."""
        try:
            x, y = _number(self.x_um.text()), _number(self.y_um.text())
            z = _number(self.z_um.text()) if self.z_um.text().strip() else None
        except ValueError:
            return tr("Type the size in µm, such as 0.065.")
        try:
            return PixelSize(x, y, z, "user")
        except ValueError:
            return tr(
                "A pixel is more than 0 and at most {MAX_PIXEL_SIZE_UM:g} µm.",
                MAX_PIXEL_SIZE_UM=MAX_PIXEL_SIZE_UM,
            )


def judge(size: PixelSize, image: ImageRef) -> tuple[str, str]:
    """Return what a size means for an image, and the tone to say it in."""
    wide, high = image.width * size.x_um, image.height * size.y_um
    if size.is_anisotropic_xy:
        text = tr("Width and height differ: lengths would depend on direction. Please check.")
        return text, "warning"
    if not USUAL_UM[0] <= size.x_um <= USUAL_UM[1]:
        return tr(
            "Unusual for spines: the image would be {wide:.4g} × {high:.4g} µm.",
            wide=wide,
            high=high,
        ), "warning"
    return tr("The image is then {wide:.4g} × {high:.4g} µm.", wide=wide, high=high), "quiet"


def _state(question: Question) -> str:
    size = question.size
    if size is None:
        return tr("The file does not say. Your microscope's notes do: look for µm per pixel.")
    who = tr("you") if question.is_set_by_person else tr("the file ({source})", source=size.source)
    return tr(
        "Now {x_um:.4g} × {y_um:.4g} µm, from {who}.", x_um=size.x_um, y_um=size.y_um, who=who
    )


def _field(name: str, value: float | None) -> QLineEdit:
    field = QLineEdit("" if value is None else f"{value:.6g}")
    field.setAccessibleName(tr("{name} in µm", name=name))
    field.setPlaceholderText(tr("unknown"))
    return field


def _number(text: str) -> float:
    # Half of our readers type a decimal comma.
    return float(text.strip().replace(",", "."))
