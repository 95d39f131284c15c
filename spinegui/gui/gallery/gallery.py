"""The gallery's story: which crops are shown and picked, and how it keeps in step with the desk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from spinegui.domain.crop_list import Wanted
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.gallery.deciding import Deciding
from spinegui.gui.gallery.listing import Listing
from spinegui.gui.gallery.pictures import Pictures
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import QPoint

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
        self.pictures = Pictures(self)
        self.listing = Listing(desk, self.pictures, self)
        self.contents = self.listing.contents
        self.picks = self.listing.picks
        self.grid = self.listing.grid
        self.page = self.listing.page
        self.comparing = self.listing.comparing
        self.deciding = Deciding(desk, self.contents, self.picks, self.grid)
        desk.front.add(NAME, self.page, self)
        self._listen()

    # -- the story ---------------------------------------------------------------------------

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {"gallery": self._toggle}

    def checked(self) -> dict[str, bool]:
        return {"gallery": self.is_in_front}

    def place(self) -> None:
        actions = self._desk.actions
        actions.give_canvas_keys(self.grid)
        # The ways out are the same wherever in the page the focus is.
        for name in ("gallery", "deselect"):
            self.page.addAction(actions[name])

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
        workspace = self._workspace
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
        self.page.project_chosen.connect(self._on_project_chosen)
        self.grid.picked.connect(self._on_picked)
        self.grid.opened.connect(self._on_opened)
        self.grid.menu_requested.connect(self._on_menu_requested)

    def _on_front_changed(self, _page: str) -> None:
        self._workspace.shows_undone = not (self.is_in_front and self.listing.is_of_project)
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
        self.listing.set_labels(labels)
        self.reload()

    def reload(self) -> None:
        """Read all spines of the chosen images again, where the gallery is in front."""
        if self.is_in_front:
            self.listing.reload()

    def _on_images_changed(self) -> None:
        """Images came, or one was found elsewhere: what could not be read is tried again."""
        self.pictures.forget()
        self.reload()

    def _on_image_changed(self, _image_id: str) -> None:
        if self.is_in_front and not self.listing.is_of_project:
            self.reload()
        elif self.is_in_front:
            self._tell_selection()

    def _on_edited(self, edit: Edit) -> None:
        document = self._workspace.document
        if self.is_in_front and document is not None:
            self.contents.follow(edit, document, self.listing.image_ids())
            self.deciding.follow_edit(edit)
            self.listing.refresh()

    def _on_view_changed(self, old: View, new: View) -> None:
        if self.is_in_front and old.threshold != new.threshold:
            self.listing.filter(replace(self.contents.filter, threshold=new.threshold))

    def _on_project_chosen(self, is_of_project: bool) -> None:
        self._workspace.shows_undone = not is_of_project

    # -- picking -----------------------------------------------------------------------------

    def _on_picked(self) -> None:
        self.page.show_count(len(self.contents.ids), len(self.picks.chosen), self._floor())
        self._tell_selection()
        self._desk.refresh_actions()

    def _floor(self) -> float | None:
        """Return the score from which predictions are shown; None where that does not matter."""
        wanted = self.contents.filter
        counts = wanted.wanted in {Wanted.ALL, Wanted.PREDICTIONS}
        return wanted.threshold if counts else None

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
