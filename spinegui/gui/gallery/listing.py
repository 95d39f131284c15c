"""What the gallery lists: which images, labels and states, in which order; words where nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spinegui.domain.crop_list import CropFilter
from spinegui.gui.gallery.comparing import Comparing
from spinegui.gui.gallery.contents import LEARNT, Contents, Order
from spinegui.gui.gallery.grid import Grid
from spinegui.gui.gallery.page import GalleryPage
from spinegui.gui.gallery.picks import Picks
from spinegui.gui.language import tr
from spinegui.gui.task_strip import TaskStrip

if TYPE_CHECKING:
    from spinegui.domain.crop_list import Wanted
    from spinegui.domain.labels import LabelSet
    from spinegui.gui.desk import Desk
    from spinegui.gui.gallery.pictures import Pictures


class Listing(QObject):
    """Keeps grid, chips and counts in step with what was asked for; decides nothing."""

    def __init__(self, desk: Desk, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._workspace = desk.workspace
        self._front = desk.front
        self.contents = Contents()
        self.picks = Picks()
        self.grid = Grid(self.contents, self.picks, pictures)
        self.comparing = Comparing(pictures.calm, self)
        self.page = GalleryPage(self.grid, TaskStrip(self.comparing.background))
        self.is_of_project = True
        self._anchor = ""
        self.page.where.setCurrentIndex(1)
        self._listen()

    def _listen(self) -> None:
        page = self.page
        self.comparing.done.connect(self._on_compared)
        page.chips.chosen.connect(self._on_label_chosen)
        page.project_chosen.connect(self._on_project_chosen)
        page.wanted_chosen.connect(self._on_wanted_chosen)
        page.order_chosen.connect(self._on_order_chosen)
        page.reverse_toggled.connect(self._on_reverse_toggled)
        page.fit_toggled.connect(self._on_fit_toggled)

    def set_labels(self, labels: LabelSet) -> None:
        """Offer these classes; all of them are listed."""
        self.grid.set_labels(labels)
        self.page.chips.set_labels(labels)
        self.contents.choose(replace(self.contents.filter, label=None))

    def reload(self) -> None:
        """Read all spines of the chosen images again."""
        threshold = self._workspace.view.threshold
        self.contents.filter = replace(self.contents.filter, threshold=threshold)
        self.contents.load(self._workspace.document, self.image_ids())
        self._show_again()
        self._compare_where_due()

    def image_ids(self) -> tuple[str, ...]:
        workspace = self._workspace
        if self.is_of_project:
            return workspace.image_ids
        return (workspace.image_id,) if workspace.image_id else ()

    def filter(self, wanted: CropFilter) -> None:
        self.contents.choose(wanted)
        self._show_again()
        self._compare_where_due()

    def _compare_where_due(self) -> None:
        """Compare again where the order needs it and crops are shown that it does not know."""
        if self.contents.order in LEARNT and not self.comparing.knows(self.contents.ids):
            self.comparing.start(self.contents)

    def _on_compared(self) -> None:
        """Take the answer: the order that was asked for, from its top."""
        contents = self.contents
        if not self.page.isVisible() or contents.order not in LEARNT:
            return
        if contents.order is Order.SIMILARITY:
            contents.sort(self.comparing.like(self._anchor))
        else:
            contents.sort(self.comparing.unlike())
        self._show_from_the_top()

    def _show_from_the_top(self) -> None:
        """Show another order from its beginning; what is picked must not be out of sight."""
        self.picks.follow(self.contents.ids)
        if self.contents.order is Order.SIMILARITY:
            self.picks.choose_ids([self._anchor])
        else:
            self.picks.forget()
        self.refresh()
        self.grid.verticalScrollBar().setValue(0)

    def _show_again(self) -> None:
        """Show another list, with what is still in it picked."""
        self.picks.follow(self.contents.ids)
        self.refresh()

    def refresh(self) -> None:
        self.page.chips.show_counts(self.contents.counts())
        self.page.show_scale(self._scale_text())
        self._show_emptiness()
        self.grid.refresh()
        self.grid.follow_picks()

    def _scale_text(self) -> str:
        contents = self.contents
        if self.grid.is_to_fit or not contents.crops:
            return ""
        unit = "µm" if contents.is_calibrated else "px"
        digits = 1 if contents.is_calibrated else 0
        return tr(
            "Each {width:.{digits}f} {unit} wide", width=contents.field, digits=digits, unit=unit
        )

    def _show_emptiness(self) -> None:
        page, contents = self.page, self.contents
        was_empty = page.is_empty
        page.show_empty(not contents.ids)
        if not contents.crops:
            detect = self._desk.actions["detect"]
            page.empty.set_content(
                tr("No spines yet"),
                tr("Their crops will be here, to compare and relabel many at once."),
                detect.text(),
                detect.trigger,
            )
        elif not contents.ids:
            page.empty.set_content(
                tr("No spine left here"),
                tr("None matches what is chosen above."),
                tr("Show all spines"),
                self._show_all,
            )
        if page.isVisible() and was_empty != page.is_empty:
            self._front.take_focus()

    def _show_all(self) -> None:
        self.page.chips.check(None)
        self.page.wanted.setCurrentIndex(0)
        self.filter(CropFilter(threshold=self._workspace.view.threshold))

    # -- what was asked for ------------------------------------------------------------------

    def _on_label_chosen(self, label: str | None) -> None:
        self.filter(replace(self.contents.filter, label=label))

    def _on_wanted_chosen(self, wanted: Wanted) -> None:
        self.filter(replace(self.contents.filter, wanted=wanted))
        self._front.take_focus()

    def _on_project_chosen(self, is_of_project: bool) -> None:
        self.is_of_project = is_of_project
        self.reload()
        self._front.take_focus()

    def _on_order_chosen(self, order: Order) -> None:
        self.contents.order = order
        self._front.take_focus()
        if order not in LEARNT:
            self.comparing.stop()
            self.contents.sort()
            self._show_from_the_top()
            return
        self._anchor = self.picks.current or next(iter(self.contents.ids), "")
        # An edit changes what is unlike its label: that is worked out anew each time.
        if order is Order.SIMILARITY and self.comparing.knows(self.contents.ids):
            self._on_compared()
        else:
            self.comparing.start(self.contents)

    def _on_reverse_toggled(self, is_reversed: bool) -> None:
        self.contents.is_reversed = is_reversed
        self.contents.sort()
        self._show_from_the_top()

    def _on_fit_toggled(self, is_to_fit: bool) -> None:
        self.grid.set_to_fit(is_to_fit)
        self.page.show_scale(self._scale_text())
