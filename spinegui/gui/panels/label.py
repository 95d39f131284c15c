"""The selected spine close up: its picture, its classes with keys, who decided what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from spinegui.domain.detection import Detection, How, Origin, ReviewState, Vote
from spinegui.domain.labels import SPINE_CLASSES, UNSURE, LabelSet, SpineClass
from spinegui.gui.canvas.layers import cut_out
from spinegui.gui.class_words import label_words
from spinegui.gui.keys.bindings import DELIVERED
from spinegui.gui.keys.in_use import keys_of, native, with_keys
from spinegui.gui.language import tr
from spinegui.gui.panels.state_dots import class_icon

if TYPE_CHECKING:
    from spinegui.domain.edits import Edit
    from spinegui.gui.flows.display import Display
    from spinegui.gui.workspace import Workspace

CROP_HEIGHT, LEAST_CROP_HEIGHT = 148, 72
CONTEXT = 1.6
"""The picture shows the box with this much of its size around it on each side."""
SHARE_INSET = 10
"""The bar of a class's share stands in line with its letter and its number."""


class LabelPanel(QWidget):
    """Shows one selected spine; a click on a class is that class's digit key."""

    label_chosen = Signal(str)

    def __init__(self, workspace: Workspace, display: Display) -> None:
        super().__init__()
        self._workspace = workspace
        self._display = display
        self._buttons: dict[str, _ClassButton] = {}
        self.title = QLabel(self)
        self.title.setObjectName("panel_title")
        self.crop = _Crop(self)
        self.details = QLabel(self)
        self.details.setObjectName("hint")
        self.details.setWordWrap(True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._classes = QVBoxLayout()
        self._classes.setSpacing(4)
        self._sections = QVBoxLayout()
        self._sections.setSpacing(8)
        self._lay_out()
        workspace.document_changed.connect(self._on_labels_changed)
        workspace.labels_changed.connect(self._on_labels_changed)
        workspace.selection.changed.connect(self.refresh)
        workspace.edited.connect(self._on_edited)
        workspace.looked_back.connect(self.refresh)
        workspace.view_state.changed.connect(lambda _old, _new: self.refresh())
        workspace.loader.plane_ready.connect(lambda _plane: self.refresh())
        self._offer(SPINE_CLASSES)
        self.refresh()

    def _lay_out(self) -> None:
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.crop)
        layout.addLayout(self._classes)
        layout.addLayout(self._sections)
        layout.addWidget(self.details)
        layout.addStretch(1)
        # A low window scrolls what it has no room for, rather than grow beyond the screen.
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scroll)

    def add_section(self, widget: QWidget) -> None:
        """Put what another story knows about the selected spine below its classes."""
        self._sections.addWidget(widget)

    def _on_labels_changed(self, _cause: object = None) -> None:
        document = self._workspace.document
        self._offer(document.label_set if document else SPINE_CLASSES)
        self.refresh()

    def _on_edited(self, _edit: Edit) -> None:
        self.refresh()

    def _offer(self, labels: LabelSet) -> None:
        for button in self._buttons.values():
            self._classes.removeWidget(button)
            button.hide()  # at once: it may show what a blind session hides
            button.deleteLater()
        self._buttons = {c.id: _ClassButton(c, self) for c in (*labels.classes, UNSURE)}
        for label, button in self._buttons.items():
            button.clicked.connect(partial(self.label_chosen.emit, label))
            self._classes.addWidget(button)

    def name_keys(self) -> None:
        """Write the keys of the classes onto their buttons, as they are now."""
        self._on_labels_changed()

    def refresh(self) -> None:
        """Show the selection as it is now."""
        selected = self._workspace.selected_detections()
        for button in self._buttons.values():
            button.setEnabled(bool(selected) and self._workspace.past is None)
            button.show_share(None, is_label=False)
        if len(selected) != 1:
            self._show_none(len(selected))
            return
        detection = selected[0]
        self.title.setText(self._title(detection))
        self.crop.show_pixels(self._pixels(detection), detection, self._colour(detection))
        shares = dict(detection.class_scores)
        for label, button in self._buttons.items():
            button.show_share(shares.get(label), is_label=label == detection.label)
        self.details.setText("\n".join(describe(detection, self._pixel_um())))

    def _show_none(self, count: int) -> None:
        self.title.setText(tr("{count} spines", count=count) if count else tr("No spine selected"))
        self.crop.show_pixels(None, None, QColor())
        hint = (
            tr("Click a spine, or press Tab.")
            if not count
            else tr("A label or X acts on all of them.")
        )
        self.details.setText(hint)

    def _title(self, detection: Detection) -> str:
        shown = self._workspace.shown_detections()
        number = next((i for i, d in enumerate(shown, 1) if d is detection), 0)
        return (
            tr("Spine {number} of {len}", number=number, len=len(shown)) if number else tr("Spine")
        )

    def _colour(self, detection: Detection) -> QColor:
        document = self._workspace.document
        found = document.label_set.find(detection.label) if document else None
        return QColor(found.colour if found else UNSURE.colour)

    def _pixel_um(self) -> float | None:
        document, image = self._workspace.document, self._workspace.image
        size = document.pixel_size(image.id) if document and image else None
        return size.x_um if size else None

    def _pixels(self, detection: Detection) -> _Cut | None:
        plane = self._display.plane
        if plane is None:
            return None
        cx, cy = detection.box.center
        half = max(detection.box.width, detection.box.height) * (0.5 + CONTEXT / 2)
        wide = half * max(1.0, self.crop.width() / self.crop.height())
        height, width = plane.shape
        x0, x1 = max(0, int(cx - wide)), min(width, int(cx + wide) + 1)
        y0, y1 = max(0, int(cy - half)), min(height, int(cy + half) + 1)
        if x1 <= x0 or y1 <= y0:
            return None
        layers, _main = self._display.contrast.layers()
        return cut_out(layers, slice(y0, y1), slice(x0, x1)), x0, y0


_Cut = tuple[QImage, int, int]


class _Crop(QWidget):
    """The spine with its surroundings, as large as the panel allows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._box = QRectF()
        self._colour = QColor()
        self.setMinimumHeight(LEAST_CROP_HEIGHT)
        self.setMaximumHeight(CROP_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("Picture of the selected spine"))

    def show_pixels(self, cut: _Cut | None, detection: Detection | None, colour: QColor) -> None:
        self._image = None
        if cut is not None and detection is not None:
            self._image, x0, y0 = cut
            box = detection.box
            self._box = QRectF(box.x0 - x0, box.y0 - y0, box.width, box.height)
            self._colour = colour
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), CROP_HEIGHT)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#0E1013"))
        if self._image is None:
            return
        scale = min(self.width() / self._image.width(), self.height() / self._image.height())
        left = (self.width() - self._image.width() * scale) / 2
        top = (self.height() - self._image.height() * scale) / 2
        painter.translate(left, top)
        painter.scale(scale, scale)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(0, 0, self._image)
        pen = QPen(self._colour, 1.5)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawRect(self._box)


class _ClassButton(QPushButton):
    """A class with its key, its letter on its colour and the model's share as a bar."""

    def __init__(self, spine_class: SpineClass, parent: QWidget) -> None:
        key = _key_of(spine_class)
        super().__init__(f"{key}   {tr(spine_class.name)}" if key else tr(spine_class.name), parent)
        self.setObjectName("class_button")
        self._class = spine_class
        self._share: float | None = None
        self.setIcon(class_icon(spine_class.letter, spine_class.colour))
        self.setIconSize(QSize(16, 16))
        self.setCheckable(True)
        self.setFixedHeight(28)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tip = tr("Label the selected spines {lower}", lower=tr(spine_class.name).lower())
        self.setToolTip(f"{tip}  ({key})" if key else tip)

    def show_share(self, share: float | None, *, is_label: bool) -> None:
        self._share = share
        self.setChecked(is_label)
        self.setAccessibleDescription(
            "" if share is None else tr("{share:.0%} by the model", share=share)
        )
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._share is None:
            return
        painter = QPainter(self)
        colour = QColor(self._class.colour)
        track = QRectF(SHARE_INSET, self.height() - 4, self.width() - 2 * SHARE_INSET, 2)
        painter.fillRect(track, self.palette().color(QPalette.ColorRole.Mid))
        track.setWidth(track.width() * self._share)
        painter.fillRect(track, colour)
        painter.setPen(self.palette().color(self.foregroundRole()))
        area = self.rect().adjusted(0, 0, -10, 0)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, align, f"{self._share:.2f}")


def _key_of(spine_class: SpineClass) -> str:
    """Return the key that gives this class now, "" for none."""
    action_id = f"label_{spine_class.key}"
    if action_id not in DELIVERED:
        return spine_class.key
    return native(keys_of(action_id)[0]) if keys_of(action_id) else ""


def describe(detection: Detection, pixel_um: float | None) -> list[str]:
    """Return what is known about a spine, a line a fact."""
    box = detection.box
    scale, unit, digits = (pixel_um, "µm", 2) if pixel_um else (1.0, "px", 0)
    size = f"{box.width * scale:.{digits}f} × {box.height * scale:.{digits}f} {unit}"
    lines = [tr("Box {size}", size=size)]
    if detection.score is not None:
        lines.append(tr("Score {score:.2f}", score=detection.score))
    if detection.z is not None and detection.z_range is not None:
        low, high = detection.z_range
        lines.append(
            tr(
                "Best focus in slice {z:.0f}, seen in {first}–{last}",
                z=detection.z + 1,
                first=low + 1,
                last=high + 1,
            )
        )
    if detection.origin is Origin.USER:
        lines.append(tr("Drawn by a person"))
    elif detection.model:
        lines.append(tr("Found by {model}", model=detection.model))
    if detection.state is ReviewState.PREDICTED:
        lines.append(with_keys(tr("Nobody decided yet: {accept_next} accepts, {reject} rejects")))
    lines += map(_vote_text, detection.votes)
    return lines


def _vote_text(vote: Vote) -> str:
    """Return who said what and when, and how where it was not by hand with open eyes."""
    text = f"{vote.rater}: {label_words(vote.label).lower()}, {vote.at[:16].replace('T', ' ')}"
    if vote.how is How.ACCEPTED:
        return tr("{vote}, accepted", vote=text)
    return tr("{vote}, blind", vote=text) if vote.is_blind else text
