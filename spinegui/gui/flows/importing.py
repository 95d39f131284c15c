"""Importing a COCO file: its images, boxes and labels, as one undoable edit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from spinegui.domain.edits import EditConflictError, apply
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.flows.review import new_id
from spinegui.gui.language import ntr, tr
from spinegui.imaging.opening import image_ref
from spinegui.storage.exchange.coco import CocoError, read_coco, resolve_below
from spinegui.storage.exchange.coco_import import CocoImport, ImportTarget, import_coco
from spinegui.storage.exchange.project_content import keep_carried
from spinegui.storage.rows import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from spinegui.domain.image_ref import ImageRef
    from spinegui.gui.background import Task
    from spinegui.gui.document import Document
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _FolderNeeded:
    """The images do not lie where the file is; `sentence` names the first that is missing."""

    sentence: str


class Importing:
    """Asks for a file, and for the images' folder where they do not lie beside it."""

    def __init__(self, parent: QWidget, workspace: Workspace, notices: Notices) -> None:
        self._parent = parent
        self._workspace = workspace
        self._notices = notices

    def run(self) -> None:
        """Ask for a COCO file and bring it in."""
        dialog = self._dialog(tr("Import COCO"), tr("COCO dataset (*.json)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.run_on(Path(file)))
        dialog.open()

    def run_on(self, path: Path, images_root: Path | None = None) -> None:
        """Bring a COCO file in, its images below `images_root` or, unless given, beside it."""
        document = self._workspace.document
        if document is None:
            return
        self._workspace.settings.last_folder = str(path.parent)
        self._workspace.background.start(
            tr("Importing {name}", name=path.name),
            _reading(path, images_root, document),
            lambda answer: self._take(document, path, images_root, answer),
            lambda error: self._notices.error(tr("Nothing was imported"), str(error)),
        )

    def _take(
        self,
        document: Document,
        path: Path,
        root: Path | None,
        answer: CocoImport | _FolderNeeded,
    ) -> None:
        if document is not self._workspace.document:
            return
        if isinstance(answer, _FolderNeeded):
            self._notices.toast(answer.sentence)
            self._ask_folder(path)
            return
        document.add_images(answer.images)
        try:
            apply(document.recorded, answer.edit)
        except EditConflictError:  # the person went on working while the file was read
            self.run_on(path, root)
            return
        if answer.label_set != document.label_set:
            document.change_labels(answer.label_set)
        if answer.edit.changes and not document.push(answer.edit):  # which has said why
            return
        shown = next(iter(answer.edit.image_ids), "")
        if shown:
            self._workspace.show_image(shown)
        text = describe_import(answer, path.name)
        if answer.edit.changes:
            offer_undo(document, self._notices, text)
        else:
            self._notices.toast(text)

    def _ask_folder(self, path: Path) -> None:
        dialog = self._dialog(tr("Choose the folder with the images of {name}", name=path.name), "")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda folder: self.run_on(path, Path(folder)))
        dialog.open()

    def _dialog(self, title: str, names: str) -> QFileDialog:
        dialog = QFileDialog(self._parent, title, self._workspace.settings.last_folder, names)
        dialog.setObjectName("import_file")
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def _reading(
    path: Path, root: Path | None, document: Document
) -> Callable[[Task[CocoImport | _FolderNeeded]], CocoImport | _FolderNeeded]:
    """Return the work that reads file and images and adds the new images to the project."""
    images, annotations = tuple(document.recorded_images.values()), document.recorded
    label_set, project = document.label_set, document.project

    def work(task: Task[CocoImport | _FolderNeeded]) -> CocoImport | _FolderNeeded:
        names = [image.pixels for image in read_coco(path).images]
        missing = _missing(root or path.parent, names)
        if missing and root is None:
            return _FolderNeeded(missing)
        done = iter(range(len(names)))

        def read_image(file: Path, image_id: str) -> ImageRef:
            task.step(next(done, 0), len(names), file.name)
            return image_ref(file, image_id=image_id)

        target = ImportTarget(images, annotations, read_image, new_id, now(), label_set)
        found = import_coco(path, root or path.parent, target)
        task.step(len(names), len(names), path.name)
        if found.images:
            project.add_images(found.images).result()
        if found.label_set != label_set:
            project.set_label_set(found.label_set).result()
        keep_carried(project, found.carried)
        return found

    return work


def _missing(root: Path, names: list[str]) -> str:
    """Return the sentence about the first image that is not below the folder, "" if all are."""
    for name in names:
        try:
            resolve_below(root, name)
        except CocoError as err:
            return str(err)
    return ""


def describe_import(found: CocoImport, name: str) -> str:
    """Return what came in, in a sentence."""
    parts = [
        tr("{n_detections} spines imported from {name}", n_detections=found.n_detections, name=name)
    ]
    if found.images:
        parts.append(ntr("{n} new image", "{n} new images", len(found.images)))
    if found.skipped:
        parts.append(tr("{skipped} were here already", skipped=found.skipped))
    return ", ".join(parts) + "."
