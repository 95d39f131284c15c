"""Opening images: from the menu, by drag and drop, from the command line, a file or a folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from spinegui.gui.flows.review import new_id
from spinegui.gui.language import later, ntr, tr
from spinegui.imaging.opening import image_ref, is_image
from spinegui.imaging.source import ImageReadError
from spinegui.storage.errors import ProjectClosedError
from spinegui.storage.places import data_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from spinegui.domain.image_ref import ImageRef
    from spinegui.gui.background import Task
    from spinegui.gui.document import Document
    from spinegui.gui.flows.open_project import OpenProject
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace

NOTHING_FOUND = later(
    "None of these is an image that can be read. Open TIFF, OME-TIFF or LSM files, or a folder "
    "that holds some."
)


@dataclass(frozen=True)
class _Read:
    refs: tuple[ImageRef, ...]
    errors: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Opened:
    """What came of opening: images that are in the project now, and what could not be read.

    `image_ids` are in the order of the files; `unreadable` holds names, each with a sentence why.
    """

    image_ids: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...] = ()


Then: TypeAlias = "Callable[[Opened], object] | None"


class OpenImages:
    """Takes images into the open project, or into one that is made for their folder."""

    def __init__(self, workspace: Workspace, notices: Notices, open_project: OpenProject) -> None:
        self._workspace = workspace
        self._notices = notices
        self._open_project = open_project
        self._being_read: set[Path] = set()

    def run(self, paths: Sequence[Path], then: Then = None) -> None:
        """Open image files, folders of images, or one project among them.

        `then` gets what came of it, and speaks of what could not be read in place of the dialog.
        """
        # Dropped while a project is being opened, they belong into that one.
        self._open_project.when_ready(partial(self._run, paths, then))

    def _run(self, paths: Sequence[Path], then: Then) -> None:
        projects = [p for p in paths if p.suffix == ".spine"]
        if projects:
            self._open_project.run(projects[0])
            return
        try:
            files = find_images(paths)
            if not any(file.is_file() for file in files):
                self._notices.error(tr("No images found"), tr(NOTHING_FOUND))
                return
            self._workspace.settings.last_folder = str(files[0].parent)
            if self._workspace.document is None:
                project = project_for(files[0].parent)
                self._open_project.run(project, create=True, then=lambda: self._add(files, then))
            else:
                self._add(files, then)
        except OSError as err:  # a folder that may not be looked into, a full disk
            self._notices.error(tr("The images could not be opened"), str(err))

    def _add(self, files: Sequence[Path], then: Then) -> None:
        document = self._workspace.document
        if document is None:
            return
        by_path = {ref.path: ref.id for ref in document.images.values()}
        known = [by_path[str(f)] for f in files if str(f) in by_path]
        new = [f for f in files if str(f) not in by_path and f not in self._being_read]
        if new and document.is_read_only:
            self._notices.toast(tr("This project is open read-only, so no image can be added."))
        elif new:
            self._read(document, new, tuple(known), then)
        elif known:
            self._workspace.show_image(known[0])
            if then is not None:
                then(Opened(tuple(known)))

    def _read(
        self, document: Document, files: Sequence[Path], known: tuple[str, ...], then: Then
    ) -> None:
        project = document.project
        self._being_read.update(files)

        def work(task: Task[_Read]) -> _Read:
            read = read_images(files, task)
            if read.refs:
                project.add_images(read.refs).result()
            return read

        task = self._workspace.background.start(
            tr("Opening images"), work, partial(self._take, document, known, then), self._fail
        )
        task.finished.connect(partial(self._being_read.difference_update, files))

    def _take(self, document: Document, known: tuple[str, ...], then: Then, read: _Read) -> None:
        if document is not self._workspace.document:
            return
        if read.refs:
            document.add_images(read.refs)
            self._workspace.show_image(read.refs[0].id)
        if then is not None:
            then(Opened((*known, *(ref.id for ref in read.refs)), read.errors))
        elif read.errors:
            count = len(read.errors)
            title = ntr("An image could not be opened", "{n} images not opened", count)
            self._notices.error(title, "\n".join(why for _name, why in read.errors[:8]))

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, ProjectClosedError):
            self._notices.error(tr("The images could not be opened"), str(error))


def read_images(files: Sequence[Path], task: Task[_Read]) -> _Read:
    """Identify these files; one that cannot be read does not stop the rest."""
    refs: list[ImageRef] = []
    errors: list[tuple[str, str]] = []
    for i, path in enumerate(files):
        task.step(i, len(files), path.name)
        try:
            refs.append(image_ref(path, image_id=new_id()))
        except ImageReadError as err:
            errors.append((path.name, str(err)))
    return _Read(tuple(refs), tuple(errors))


def find_images(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and the images directly in the folders named, in order, absolute."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.iterdir() if p.is_file() and is_image(p))
        else:
            found.append(path)
    return list(dict.fromkeys(p.absolute() for p in found))


def project_for(folder: Path) -> Path:
    """Return where the project of a folder's images is kept when the user has named none.

    It lies in the user's data folder, never unasked beside the images; the same folder always leads
    to the same project, so its corrections are found again.
    """
    mark = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:8]
    projects = data_folder() / "projects"
    projects.mkdir(parents=True, exist_ok=True)
    return projects / f"{folder.absolute().name or 'images'}-{mark}.spine"
