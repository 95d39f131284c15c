"""The sample project: made once into the user's data folder, opened, and detected on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from spinegui.gui.flows.review import new_id
from spinegui.gui.language import tr
from spinegui.imaging.opening import image_ref
from spinegui.synthesis.sample import SAMPLE
from spinegui.synthesis.sample_folder import PROJECT_NAME, ensure_sample, sample_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spinegui.domain.image_ref import ImageRef
    from spinegui.gui.background import Task
    from spinegui.gui.flows.detect import Detect
    from spinegui.gui.flows.open_project import OpenProject
    from spinegui.gui.notices import Notices
    from spinegui.gui.workspace import Workspace
    from spinegui.synthesis.sample import SampleImage


@dataclass(frozen=True, slots=True)
class _Made:
    refs: tuple[ImageRef, ...]


class OpenSample:
    """Makes what is missing of the sample; one that was worked on opens as it was left."""

    def __init__(
        self,
        workspace: Workspace,
        notices: Notices,
        open_project: OpenProject,
        detect: Detect,
        recipes: Sequence[SampleImage] = SAMPLE,
    ) -> None:
        self._workspace = workspace
        self._notices = notices
        self._open_project = open_project
        self._detect = detect
        self._recipes = recipes

    def run(self, folder: Path | None = None, name: str = PROJECT_NAME) -> None:
        """Open the sample in that folder, by default one in the user's data folder.

        Another `name` of the project is another project on the same images.
        """
        folder = folder or sample_folder()
        self._workspace.background.start(
            tr("Making the sample images"),
            partial(self._make, folder),
            partial(self._open, folder / name),
            lambda error: self._notices.error(tr("The sample could not be made"), str(error)),
        )

    def _make(self, folder: Path, task: Task[_Made]) -> _Made:
        truth = ensure_sample(folder, on_progress=task.step, recipes=self._recipes)
        return _Made(tuple(image_ref(file, image_id=new_id()) for file in truth.images))

    def _open(self, path: Path, made: _Made) -> None:
        self._open_project.run(path, create=True, then=partial(self._fill, made))

    def _fill(self, made: _Made) -> None:
        document = self._workspace.document
        if document is None or document.is_read_only:
            return
        known = {ref.sha256 for ref in document.images.values()}
        new = tuple(ref for ref in made.refs if ref.sha256 not in known)
        if new:
            document.project.add_images(new)
            document.add_images(new)
            self._workspace.show_image(next(iter(document.images)))
        bare = [i for i in document.images if not document.annotation(i).detections]
        self._detect.run(bare)
