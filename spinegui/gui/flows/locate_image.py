"""An image whose file is gone: say so in its place, find it again, and its neighbours with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from spinegui.gui.language import later, ntr, tr
from spinegui.imaging.opening import file_sha256
from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QWidget

    from spinegui.domain.image_ref import ImageRef
    from spinegui.gui.background import Task
    from spinegui.gui.document import Document
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace

IMAGES = later("Microscope images (*.tif *.tiff *.lsm);;All files (*)")


@dataclass(frozen=True, slots=True)
class _Found:
    """Where images lie now, by id."""

    paths: dict[str, Path]


class _OtherImageError(Exception):
    """The chosen file is not the image that is missing."""


class LocateImage:
    """Asks where a file went; its contents must be the same, by hash."""

    def __init__(self, parent: QWidget, workspace: Workspace, notices: Notices) -> None:
        self._parent = parent
        self._workspace = workspace
        self._notices = notices

    def run(self) -> None:
        """Ask for the file of the shown image."""
        document, image = self._workspace.document, self._workspace.image
        if document is None or image is None:
            return
        folder = self._workspace.settings.last_folder
        dialog = QFileDialog(self._parent, tr("Locate {name}", name=image.name), folder, tr(IMAGES))
        dialog.setObjectName("locate_file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.selectFile(Path(image.path).name)
        dialog.fileSelected.connect(lambda file: self.run_on(image, Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def run_on(self, image: ImageRef, path: Path) -> None:
        """Take this file for that image, and look for other missing ones beside it."""
        document = self._workspace.document
        if document is None:
            return
        self._workspace.settings.last_folder = str(path.parent)
        others = [ref for ref in document.recorded_images.values() if ref.id != image.id]

        def work(task: Task[_Found]) -> _Found:
            if file_sha256(path) != image.sha256:
                raise _OtherImageError
            return _Found({image.id: path, **_beside(path.parent, others, task)})

        def fail(error: Exception) -> None:
            if isinstance(error, _OtherImageError):
                text = tr(
                    "{name} holds other pixels than {name_2} did when it was added, so its "
                    "boxes would not fit. Choose the original file, or open this one as a new "
                    "image.",
                    name=path.name,
                    name_2=image.name,
                )
                self._notices.error(tr("This is another image"), text)
            else:
                self._notices.error(tr("The image could not be read"), str(error))

        self._workspace.background.start(
            tr("Checking {name}", name=path.name),
            work,
            lambda found: self._relink(document, found),
            fail,
        )

    def _relink(self, document: Document, found: _Found) -> None:
        if document is not self._workspace.document:
            return
        for image_id, path in found.paths.items():
            document.move_image(image_id, str(path.absolute()))
            if not document.is_read_only:
                document.project.relink_image(image_id, path)
        self._workspace.show_image(self._workspace.image_id)
        count = len(found.paths)
        self._notices.toast(ntr("Image found.", "{n} images found there.", count))


def _beside(folder: Path, refs: Iterable[ImageRef], task: Task[_Found]) -> dict[str, Path]:
    """Return the other missing images that lie in this folder under their own names."""
    found = {}
    missing = [ref for ref in refs if not Path(ref.path).exists()]
    for number, ref in enumerate(missing):
        task.step(number, len(missing), ref.name)
        place = folder / ref.name
        try:
            if place.is_file() and file_sha256(place) == ref.sha256:
                found[ref.id] = place
        except ImageReadError:  # unreadable here: it stays missing
            continue
    return found
