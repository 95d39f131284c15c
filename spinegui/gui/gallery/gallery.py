"""The gallery's story: which crops are shown and picked, and how it keeps in step with the desk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from spinegui.domain.crop_list import CropFilter
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.gallery.comparing import Comparing
from spinegui.gui.gallery.contents import LEARNT, Contents, Order
from spinegui.gui.gallery.deciding import Deciding
from spinegui.gui.gallery.grid import Grid
from spinegui.gui.gallery.page import GalleryPage
from spinegui.gui.gallery.picks import Picks
from spinegui.gui.gallery.pictures import Pictures
from spinegui.gui.language import tr
from spinegui.gui.task_strip import TaskStrip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import QPoint

    from spinegui.domain.crop_list import Wanted
    from spinegui.domain.edits import Edit
    from spinegui.gui.desk import Desk
    from spinegui.gui.document import Document
    from spinegui.gui.view_state import View

NAME = "gallery"
ZOOM_STEP = 16


class Gallery(QObject):
    """A story and a page in the image's place."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._workspace = desk.workspace
        self.contents = Contents()
        self.picks = Picks()
        self.pictures = Pictures(self)
        self.grid = Grid(self.contents, self.picks, self.pictures)
        self.comparing = Comparing(self)
        self.page = GalleryPage(self.grid, TaskStrip(self.comparing.background))
        self.deciding = Deciding(desk, self.contents, self.picks, self.grid)
        self.is_of_project = True
        self._anchor = ""
        desk.front.add(NAME, self.page, self)
        self.page.where.setCurrentIndex(1)
        self._listen()

    # -- the story ---------------------------------------------------------------------------

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {"gallery": self._toggle}

    def checked(self) -> dict[str, bool]:
        return {"gallery": self.is_in_front}

    def place(self) -> None:
        self._desk.actions.give_canvas_keys(self.grid)

    # -- the page in front -------------------------------------------------------------------

    @property
    def is_in_front(self) -> bool:
        return self._desk.front.name == NAME

    def answers(self) -> Mapping[str, Callable[[], object]]:
        """Return what the shared actions do here."""
        display, grid = self._desk.display, self.grid
        return {
            **self.deciding.answers(),
            "gallery": self._toggle,
            "deselect": self._escape,
            "zoom_in": lambda: grid.set_side(grid.side + ZOOM_STEP),
            "zoom_out": lambda: grid.set_side(grid.side - ZOOM_STEP),
            "zoom_to_selection": self._toggle_preview,
            "lower_threshold": lambda: display.step_threshold(-1),
            "raise_threshold": lambda: display.step_threshold(1),
        }

    @property
    def hint(self) -> str:
        return tr(
            "Click selects · Shift+click reaches · drag selects many · double-click shows it "
            "in its image · Ctrl+wheel sizes"
        )

    def n_selected(self) -> int:
        return len(self.picks.chosen)

    def label(self, label: str) -> None:
        self.deciding.label(label)

    def take_focus(self) -> None:
        (self.page.empty.button if self.page.is_empty else self.grid).setFocus()

    def _toggle(self) -> None:
        self._desk.front.toggle(NAME)

    def _toggle_preview(self) -> None:
        if self.grid.preview.isVisible():
            self.grid.preview.leave()
        else:
            self.grid.show_preview()

    def _escape(self) -> None:
        """Take the preview away, or let go of many; with one or none, go back to the image."""
        if self.grid.preview.isVisible():
            self.grid.preview.leave()
        elif len(self.picks.chosen) > 1:
            self.picks.clear()
            self.grid.follow_picks()
        else:
            self._desk.front.show_image()

    # -- listening ---------------------------------------------------------------------------

    def _listen(self) -> None:
        workspace, page = self._workspace, self.page
        self._desk.front.changed.connect(self._on_front_changed)
        workspace.document_changed.connect(self._on_document_changed)
        workspace.labels_changed.connect(self._on_labels_changed)
        workspace.images_changed.connect(self._on_images_changed)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.edited.connect(self._on_edited)
        workspace.view_state.changed.connect(self._on_view_changed)
        workspace.selection.changed.connect(self._on_selection_changed)
        workspace.sight_changed.connect(self.reload)
        workspace.closing.connect(self.pictures.close)
        workspace.closing.connect(self.comparing.close)
        self.comparing.done.connect(self._on_compared)
        self.grid.picked.connect(self._on_picked)
        self.grid.opened.connect(self._on_opened)
        self.grid.menu_requested.connect(self._on_menu_requested)
        page.chips.chosen.connect(self._on_label_chosen)
        page.project_chosen.connect(self._on_project_chosen)
        page.wanted_chosen.connect(self._on_wanted_chosen)
        page.order_chosen.connect(self._on_order_chosen)
        page.reverse_toggled.connect(self._on_reverse_toggled)
        page.fit_toggled.connect(self._on_fit_toggled)

    def _on_front_changed(self, _page: str) -> None:
        self._workspace.shows_undone = not (self.is_in_front and self.is_of_project)
        if self.is_in_front:
            selected = self._workspace.selection.ids
            self.reload()
            self.picks.choose_ids(selected)
            self.grid.follow_picks()
        else:
            self.comparing.stop()
            self.pictures.rest()

    def _on_document_changed(self, document: Document | None) -> None:
        self.pictures.forget()
        self.comparing.forget()
        self._on_labels_changed()
        if document is None and self.is_in_front:
            self._desk.front.show_image()

    def _on_labels_changed(self) -> None:
        document = self._workspace.document
        labels = document.label_set if document else SPINE_CLASSES
        self.grid.set_labels(labels)
        self.page.chips.set_labels(labels)
        self.contents.choose(replace(self.contents.filter, label=None))
        self.reload()

    def _on_images_changed(self) -> None:
        """Images came, or one was found elsewhere: what could not be read is tried again."""
        self.pictures.forget()
        self.reload()

    def _on_image_changed(self, _image_id: str) -> None:
        if self.is_in_front and not self.is_of_project:
            self.reload()
        elif self.is_in_front:
            self._tell_selection()

    def _on_edited(self, edit: Edit) -> None:
        document = self._workspace.document
        if self.is_in_front and document is not None:
            self.contents.follow(edit, document, self._image_ids())
            self.deciding.follow_edit(edit)
            self._refresh()

    def _on_view_changed(self, old: View, new: View) -> None:
        if self.is_in_front and old.threshold != new.threshold:
            self._filter(replace(self.contents.filter, threshold=new.threshold))

    # -- what is shown -----------------------------------------------------------------------

    def reload(self) -> None:
        """Read all spines of the chosen images again."""
        if not self.is_in_front:
            return
        threshold = self._workspace.view.threshold
        self.contents.filter = replace(self.contents.filter, threshold=threshold)
        self.contents.load(self._workspace.document, self._image_ids())
        self._show_again()
        self._compare_where_due()

    def _image_ids(self) -> tuple[str, ...]:
        workspace = self._workspace
        if self.is_of_project:
            return workspace.image_ids
        return (workspace.image_id,) if workspace.image_id else ()

    def _filter(self, wanted: CropFilter) -> None:
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
        if not self.is_in_front or contents.order not in LEARNT:
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
        self._refresh()
        self.grid.verticalScrollBar().setValue(0)

    def _show_again(self) -> None:
        """Show another list, with what is still in it picked."""
        self.picks.follow(self.contents.ids)
        self._refresh()

    def _refresh(self) -> None:
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
        if self.is_in_front and was_empty != page.is_empty:
            self.take_focus()

    def _show_all(self) -> None:
        self.page.chips.check(None)
        self.page.wanted.setCurrentIndex(0)
        self._filter(CropFilter(threshold=self._workspace.view.threshold))

    # -- what was asked for ------------------------------------------------------------------

    def _on_label_chosen(self, label: str | None) -> None:
        self._filter(replace(self.contents.filter, label=label))

    def _on_wanted_chosen(self, wanted: Wanted) -> None:
        self._filter(replace(self.contents.filter, wanted=wanted))
        self.take_focus()

    def _on_project_chosen(self, is_of_project: bool) -> None:
        self.is_of_project = is_of_project
        self._workspace.shows_undone = not is_of_project
        self.reload()
        self.take_focus()

    def _on_order_chosen(self, order: Order) -> None:
        self.contents.order = order
        self.take_focus()
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

    # -- picking -----------------------------------------------------------------------------

    def _on_picked(self) -> None:
        self.page.show_count(len(self.contents.ids), len(self.picks.chosen))
        self._tell_selection()
        self._desk.refresh_actions()

    def _picked_on_image(self) -> list[str]:
        """Return what is picked of the shown image, where table and panel can show it."""
        present = self._workspace.annotation.detections
        return [i for i in self.picks.in_order() if i in present and present[i].is_visible]

    def _tell_selection(self) -> None:
        if self.is_in_front:
            self._workspace.selection.replace(self._picked_on_image())

    def _on_selection_changed(self) -> None:
        """Follow a choice made in the table; nothing chosen there says nothing about here."""
        ids = self._workspace.selection.ids
        if self.is_in_front and ids and set(ids) != set(self._picked_on_image()):
            self.picks.choose_ids(ids)
            self.grid.follow_picks()

    def _on_opened(self, crop_id: str) -> None:
        """Go to the spine in its image."""
        detection = self.contents.crops[crop_id].detection
        self._desk.front.show_image()
        self._workspace.show_detection(detection)
        self._desk.display.approach(detection)

    def _on_menu_requested(self, at: QPoint) -> None:
        if not self.picks.chosen:
            return
        menu = QMenu(self.page)
        menu.aboutToHide.connect(menu.deleteLater)
        for action_id in self.deciding.menu_ids():
            menu.addAction(self._desk.actions[action_id])
        menu.popup(at)
