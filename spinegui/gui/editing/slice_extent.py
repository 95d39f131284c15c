"""First, sharpest and last slice of the selected spine: in its panel, and with a key each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLabel, QSpinBox, QWidget

from spinegui.domain.edits import Change, Edit
from spinegui.domain.slices import seen_from, seen_to, sharpest_in, span_of
from spinegui.gui.keys.in_use import with_keys
from spinegui.gui.language import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.detection import Detection
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace

    Step = Callable[[Detection, int, int], Detection]

PARTS: tuple[tuple[str, str, Step], ...] = (
    ("first_slice", later("First slice"), seen_from),
    ("sharpest_slice", later("Sharpest slice"), sharpest_in),
    ("last_slice", later("Last slice"), seen_to),
)
_TITLES = {
    "first_slice": later("First slice"),
    "sharpest_slice": later("Best slice"),
    "last_slice": later("Last slice"),
}
_TIPS = {
    "first_slice": later("The first slice the spine is seen in; {first_slice} takes the shown one"),
    "sharpest_slice": later(
        "The slice the spine is sharpest in; {sharpest_slice} takes the shown one"
    ),
    "last_slice": later("The last slice the spine is seen in; {last_slice} takes the shown one"),
}


class SliceExtent(QWidget):
    """Three numbers, counted from 1 as everywhere in the window; hidden for what is no stack."""

    def __init__(self, workspace: Workspace, notices: Notices) -> None:
        super().__init__()
        self._workspace = workspace
        self._notices = notices
        self.fields: dict[str, QSpinBox] = {}
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(2)
        for column, (part, text, step) in enumerate(PARTS):
            name = QLabel(tr(text), self)
            name.setObjectName("hint")
            field = QSpinBox(self)
            field.setObjectName(part)
            field.setAccessibleName(tr(text))
            # A number half typed is no slice yet.
            field.setKeyboardTracking(False)
            field.valueChanged.connect(partial(self._on_changed, part, step))
            name.setBuddy(field)
            layout.addWidget(name, 0, column)
            layout.addWidget(field, 1, column)
            self.fields[part] = field
        for signal in (workspace.selection.changed, workspace.edited, workspace.image_changed):
            signal.connect(self.refresh)
        self.refresh()

    def take_shown(self, part: str) -> None:
        """Take the shown slice for that part, of every selected spine: one edit."""
        view = self._workspace.view
        if view.is_projected:
            self._notices.toast(with_keys(tr("Show a single slice first: {projection}")))
            return
        step = next(step for name, _, step in PARTS if name == part)
        self._change(part, step, self._workspace.selected_detections(), view.z)

    def refresh(self, _cause: object = None) -> None:
        """Show the slices of the one selected spine."""
        image, selected = self._workspace.image, self._workspace.selected_detections()
        is_shown = image is not None and image.is_stack and len(selected) == 1
        self.setVisible(is_shown)
        if image is None or not is_shown:
            return
        spine, document = selected[0], self._workspace.document
        first, last = span_of(spine, image.n_z)
        best = (first + last) // 2 if spine.z is None else round(spine.z)
        can_edit = document is not None and not document.is_read_only
        for part, value in zip(self.fields, (first, best, last), strict=True):
            field = self.fields[part]
            field.blockSignals(True)
            field.setRange(1, image.n_z)
            field.setValue(value + 1)
            field.blockSignals(False)
            field.setEnabled(can_edit and self._workspace.past is None)
            field.setToolTip(with_keys(tr(_TIPS[part])))

    def _on_changed(self, part: str, step: Step, number: int) -> None:
        self._change(part, step, self._workspace.selected_detections(), number - 1)
        self.refresh()

    def _change(self, part: str, step: Step, found: list[Detection], z: int) -> None:
        image = self._workspace.image
        if image is None:
            return
        changes = tuple(Change(d, after) for d in found if (after := step(d, z, image.n_z)) != d)
        if changes:
            self._workspace.push(Edit(_TITLES[part], changes))
