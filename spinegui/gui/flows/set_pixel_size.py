"""Pixel size: asked for where the file does not say, set as one undoable edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.edits import Change, Edit
from spinegui.domain.image_ref import Calibration, PixelSize
from spinegui.gui.dialogs.pixel_size import PixelSizeSheet, Question
from spinegui.gui.edit_words import title_words
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.language import later, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from spinegui.gui.document import Document
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace

HINT = "pixel_size"
UNKNOWN = later("Pixel size unknown: sizes stay in px and Detect estimates the scale.")
UNEVEN = later(
    "Pixels of this image are not square ({x:.4g} × {y:.4g} µm). Check that this is right."
)


class SetPixelSize:
    """Sets sizes, and hints once a project that one is missing."""

    def __init__(self, parent: QWidget, workspace: Workspace, notices: Notices) -> None:
        self._parent = parent
        self._workspace = workspace
        self._notices = notices
        self._is_hint_dismissed = False
        notices.banner_dismissed.connect(self._on_banner_dismissed)
        workspace.document_changed.connect(self._on_document_changed)
        workspace.image_changed.connect(self._hint)
        workspace.edited.connect(self._hint)

    def run(self) -> None:
        """Ask for the size of the shown image."""
        document, image = self._workspace.document, self._workspace.image
        if document is None or image is None:
            return
        unknown = unknown_ids(document)
        question = Question(
            image=image,
            size=document.pixel_size(image.id),
            is_set_by_person=document.annotation(image.id).calibration is not None,
            n_unknown=len(unknown),
            asks_z=image.is_stack or any(document.images[i].is_stack for i in unknown),
        )
        sheet = PixelSizeSheet(self._parent, question)
        sheet.answered.connect(
            lambda size, for_all: self._answer(
                document, [*dict.fromkeys([image.id, *unknown])] if for_all else [image.id], size
            )
        )
        sheet.open()

    def _answer(self, document: Document, image_ids: list[str], size: PixelSize | None) -> None:
        if document is not self._workspace.document:
            return
        changes = [_change(document, image_id, size) for image_id in image_ids]
        changes = [c for c in changes if c is not None]
        title = "Set pixel size" if size else "Forget pixel size"
        if len(changes) > 1:
            title = f"{title} ({len(changes)} images)"
        if self._workspace.push(Edit(title, tuple(c for c in changes if c is not None))):
            offer_undo(document, self._notices, f"{title_words(title)}.")

    # -- the hint ----------------------------------------------------------------------------

    def _hint(self, *_cause: object) -> None:
        """Show the hint where it is true; once hidden it stays away for this project."""
        document, image = self._workspace.document, self._workspace.image
        text = ""
        if document is not None and image is not None and not self._is_hint_dismissed:
            size = document.pixel_size(image.id)
            if size is None:
                text = tr(UNKNOWN)
            elif size.is_anisotropic_xy and size.source != "user":
                text = tr(UNEVEN, x=size.x_um, y=size.y_um)
        if not text:
            self._notices.clear_banner(HINT)
        elif document is not None and document.is_read_only:
            self._notices.banner(HINT, text)
        else:
            self._notices.banner(HINT, text, (tr("Set pixel size…"), self.run))

    def _on_banner_dismissed(self, key: str) -> None:
        self._is_hint_dismissed = self._is_hint_dismissed or key == HINT

    def _on_document_changed(self, _document: Document | None) -> None:
        self._is_hint_dismissed = False
        self._notices.clear_banner(HINT)


def unknown_ids(document: Document) -> list[str]:
    """Return the images that nobody knows the pixel size of."""
    return [image_id for image_id in document.images if document.pixel_size(image_id) is None]


def _change(document: Document, image_id: str, size: PixelSize | None) -> Change | None:
    before = document.annotation(image_id).calibration
    after = None
    if size is not None:
        z_um = size.z_um if document.images[image_id].is_stack else None
        after = Calibration(image_id, PixelSize(size.x_um, size.y_um, z_um, size.source))
    return Change(before, after) if before != after else None
