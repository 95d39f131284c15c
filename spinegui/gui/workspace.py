"""What is open now: document, image, selection and view; panels and flows share this one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from spinegui.domain.annotation import Annotation
from spinegui.domain.blind import is_open
from spinegui.gui.background import Background
from spinegui.gui.image_loader import ImageLoader, Wanted
from spinegui.gui.language import tr
from spinegui.gui.selection import Selection
from spinegui.gui.shown_list import ShownList
from spinegui.gui.view_memory import ViewMemory
from spinegui.gui.view_state import View, ViewState

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from spinegui.domain.blind import BlindSession
    from spinegui.domain.detection import Detection
    from spinegui.domain.edits import Edit
    from spinegui.domain.image_ref import ImageRef
    from spinegui.gui.document import Document
    from spinegui.gui.settings import Settings

NO_ANNOTATION = Annotation("")


class Workspace(QObject):
    """The open document and where the user stands in it."""

    document_changed = Signal(object)  # Document | None
    images_changed = Signal()  # of whatever document is open, as the next two
    labels_changed = Signal()
    image_left = Signal(str)  # image id, just before another is shown
    image_changed = Signal(str)  # image id, "" for none
    sight_changed = Signal()  # a blind session began or ended, after everything was shown anew
    user_changed = Signal(str)
    edited = Signal(object)  # Edit on whatever document is open
    stepped = Signal()  # its undo stack has moved
    closing = Signal()  # the window goes: who has threads of their own ends them
    looked_back = Signal()  # the image is shown as it was, or as it is again

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.background = Background(self)
        self.moments = Background(self)
        """What takes a moment, such as a histogram, and must not wait behind a long task."""
        self.loader = ImageLoader(self)
        self.selection = Selection(self)
        self.view_state = ViewState(self)
        self.document: Document | None = None
        self.image_id = ""
        self.shows_undone = True
        """Whether undo and redo show an image they change; a page over all images needs none."""
        self.views = ViewMemory()
        self._opened_at: int | None = None
        self.past: Annotation | None = None
        """What the shown image was at an earlier moment, while that is looked at."""
        self._shown = ShownList()
        self.loader.best_slice_ready.connect(self._on_best_slice_ready)
        self.view_state.changed.connect(self._on_view_changed)

    # -- reading -----------------------------------------------------------------------------

    @property
    def view(self) -> View:
        return self.view_state.view

    @property
    def image(self) -> ImageRef | None:
        return self.document.images.get(self.image_id) if self.document else None

    @property
    def annotation(self) -> Annotation:
        """The shown image as it appears: as it is, or as it was while that is looked at."""
        if self.past is not None:
            return self.past
        return self.document.annotation(self.image_id) if self.document else NO_ANNOTATION

    @property
    def image_ids(self) -> tuple[str, ...]:
        return tuple(self.document.images) if self.document else ()

    @property
    def blind(self) -> BlindSession | None:
        """The user's blind session, None while everything may be seen."""
        return self.document.blind if self.document else None

    def is_open(self, detection: Detection) -> bool:
        """Tell whether a spine still waits for the user's decision."""
        return is_open(detection, self.blind)

    def shown_detections(self) -> list[Detection]:
        """Return the shown detections of this image, by rows, then left to right."""
        return self._shown.of(self.annotation, self._lowest_shown())

    def n_decided(self) -> int:
        """Return how many of the shown detections are decided."""
        return self._shown.n_decided(self.annotation, self._lowest_shown())

    def _lowest_shown(self) -> float | None:
        """Return the score from which predictions are shown, None where none are."""
        return None if self.view.decided_only else self.view.threshold

    def selected_detections(self) -> list[Detection]:
        """Return the selected detections, in the order of selection."""
        detections = self.annotation.detections
        return [detections[i] for i in self.selection.ids if i in detections]

    # -- changing ----------------------------------------------------------------------------

    def open_document(self, document: Document | None) -> None:
        """Show another document, or none. The one before is the caller's to close."""
        if self.document is not None:
            for signal, slot in self._heard(self.document):
                signal.disconnect(slot)
        self.selection.clear()
        self.look_back(None)
        self.document = document
        self.image_id = ""
        if document is not None:
            for signal, slot in self._heard(document):
                signal.connect(slot)
        self.document_changed.emit(document)
        self.show_image(next(iter(self.image_ids), ""))

    def show_image(self, image_id: str) -> None:
        """Show an image of the open document; "" shows none."""
        if self.image_id:
            self.image_left.emit(self.image_id)
        self.selection.clear()
        self.look_back(None)
        self.image_id = image_id
        image = self.image
        if image is None:
            self.loader.close_image()
        else:
            self.loader.open(image)
            self.view_state.update(**self.views.fields_for(image, self.annotation, self.view))
            is_new = self.views.find(image_id) is None and not self.annotation.detections
            self._opened_at = self.view.z if is_new else None
        self.image_changed.emit(image_id)
        self.request_plane()

    def show_detection(self, detection: Detection) -> None:
        """Select a detection, on its own image and in its slice of best focus."""
        if detection.image_id != self.image_id:
            self.show_image(detection.image_id)
        if detection.z is not None and not self.view.is_projected:
            self.go_to_slice(round(detection.z))
        self.selection.replace([detection.id])

    def prepare(self, detection: Detection) -> None:
        """Read ahead what `show_detection` will need of this one."""
        image = self.document.images.get(detection.image_id) if self.document else None
        if image is None or self.document is None:
            return
        view = self.view
        if image.id != self.image_id:
            annotation = self.document.annotation(image.id)
            view = replace(view, **self.views.fields_for(image, annotation, view))  # type: ignore[arg-type]
        if detection.z is not None and not view.is_projected:
            view = replace(view, z=max(0, min(image.n_z - 1, round(detection.z))))
        self.loader.prepare(image, _wanted(view, image))

    def go_to_slice(self, z: int) -> None:
        image = self.image
        if image is not None:
            self.view_state.update(z=max(0, min(image.n_z - 1, z)))

    def look_back(self, past: Annotation | None) -> None:
        """Show the image as it was, or with None as it is. What was cannot be edited."""
        if past is not self.past:
            self.past = past
            present = self.annotation.detections
            self.selection.replace(i for i in self.selection.ids if i in present)
            self.looked_back.emit()

    def push(self, edit: Edit) -> bool:
        """Do an edit on the open document. An image that gets a decision is no longer unseen."""
        if self._refuses():
            return False
        return self.document is not None and self.document.push(edit)

    def can_draw(self) -> bool:
        """Tell, and say where not, whether a hand on the canvas sees the shown image.

        While its file is being read, the pixels of the image before are still on show.
        """
        if self.document is not None and self.image_id and not self.loader.has_pixels:
            self.document.push_refused.emit(tr("The image is still being read. Draw again."))
            return False
        return True

    def request_plane(self) -> None:
        if self.image is not None:
            self.loader.request(_wanted(self.view, self.image))

    def undo(self) -> None:
        if not self._refuses() and self.document is not None:
            self.document.undo()

    def redo(self) -> None:
        if not self._refuses() and self.document is not None:
            self.document.redo()

    def _refuses(self) -> bool:
        """Tell, and say why, whether nothing can be edited because it is the past that is seen."""
        if self.past is not None and self.document is not None:
            self.document.push_refused.emit(tr("This is how it was. Go back to now to edit."))
        return self.past is not None

    def close(self) -> None:
        """Stop the threads. The document is closed by whoever opened it."""
        self.closing.emit()
        self.background.close()
        self.moments.close()
        self.loader.close()

    # -- listening ---------------------------------------------------------------------------

    def _heard(self, document: Document) -> tuple[tuple[SignalInstance, object], ...]:
        """Return the signals of a document with what hears them, here for everybody else."""
        return (
            (document.edited, self._on_edited),
            (document.stepped, self.stepped),
            (document.images_requested, self._on_images_requested),
            (document.images_changed, self.images_changed),
            (document.labels_changed, self.labels_changed),
            (document.sight_changed, self._on_sight_changed),
            (document.user_changed, self.user_changed),
        )

    def _on_edited(self, edit: Edit) -> None:
        self.edited.emit(edit)
        # Asked only now: who heard of the edit may have gone on to another spine.
        if self.image_id in edit.image_ids:
            # Something else changed the image, such as a detection: it is shown as it is now.
            self.look_back(None)
        present = self.annotation.detections
        kept = [i for i in self.selection.ids if i in present and present[i].is_visible]
        self.selection.replace(kept)

    def _on_sight_changed(self) -> None:
        """Show everything anew: what was shown until now may not be seen, or may be again."""
        self.images_changed.emit()
        self.labels_changed.emit()
        is_hidden = self.blind is not None and self.blind.hides_names
        self.show_image(self.image_ids[0] if is_hidden and self.image_ids else self.image_id)
        self.sight_changed.emit()

    def _on_images_requested(self, image_ids: tuple[str, ...]) -> None:
        if self.shows_undone and self.image_id not in image_ids:
            self.show_image(image_ids[0])

    def _on_view_changed(self, old: View, new: View) -> None:
        image = self.image
        if image is not None and _wanted(old, image) != _wanted(new, image):
            self.request_plane()
        if new.decided_only and not old.decided_only:
            # What cannot be seen is not acted on.
            self.selection.replace(d.id for d in self.selected_detections() if d.is_decided)

    def _on_best_slice_ready(self, z: int) -> None:
        """Open a stack that is new where it has most to show, unless one went elsewhere."""
        if self._opened_at == self.view.z:
            self.go_to_slice(z)
        self._opened_at = None


def _wanted(view: View, image: ImageRef) -> Wanted:
    return Wanted(
        channel=view.channel,
        channels=view.channels(image.n_channels),
        z=view.z,
        time=view.time,
        slices=view.slices(image.n_z),
        moves=not view.is_projected,
    )
