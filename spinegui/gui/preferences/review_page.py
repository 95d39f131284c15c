"""Settings of reviewing: what comes after a label, how near a spine is brought, what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox
from typing_extensions import override

from spinegui.gui.language import tr
from spinegui.gui.preferences.page import SettingsPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from spinegui.gui.settings import Settings


class ReviewPage(SettingsPage):
    """The page of everyday habits."""

    stored = ("auto_advance", "review_zoom", "guide", "skip_reviewed")

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(settings, parent)
        self.auto_advance = QCheckBox(tr("Go on after a label"), self)
        self.zoom = QComboBox(self)
        self.guide = QCheckBox(tr("Say what is next"), self)
        self.skip = QCheckBox(tr("Leave out reviewed images"), self)
        for name, text in (
            ("near", tr("Near")), ("usual", tr("Usual")), ("far", tr("With its surroundings")),
        ):  # fmt: skip
            self.zoom.addItem(text, name)
        self.add_row(
            tr("Labelling"),
            self.auto_advance,
            tr("A label selects the next undecided spine at once."),
        )
        self.add_row(
            tr("Zoom"), self.zoom, tr("How large a spine is brought into view when it is judged.")
        )
        self.add_row(
            tr("Guide"), self.guide, tr("A line above the image names the next sensible step.")
        )
        self.add_row(
            tr("Detecting"), self.skip, tr("Detecting on all images does not touch reviewed ones.")
        )
        self.refresh()
        for box in (self.auto_advance, self.guide, self.skip):
            box.toggled.connect(self._on_changed)
        self.zoom.activated.connect(self._on_changed)

    @override
    def refresh(self) -> None:
        """Show the settings as they are."""
        settings = self._settings
        self.auto_advance.setChecked(settings.auto_advance)
        self.zoom.setCurrentIndex(max(0, self.zoom.findData(settings.review_zoom)))
        self.guide.setChecked(settings.shows_guide)
        self.skip.setChecked(settings.skips_reviewed)

    def _on_changed(self, _value: object = None) -> None:
        settings = self._settings
        settings.auto_advance = self.auto_advance.isChecked()
        settings.review_zoom = str(self.zoom.currentData())
        settings.shows_guide = self.guide.isChecked()
        settings.skips_reviewed = self.skip.isChecked()
        self.changed.emit()
