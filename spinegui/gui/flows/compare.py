"""After a training: old against new on images neither saw; promoting is the user's act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.comparison_data import Compared, read_comparison
from spinegui.gui.dialogs.comparison import ComparisonDialog
from spinegui.gui.language import tr
from spinegui.gui.picture_cutter import PictureCutter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from spinegui.domain.geometry import Box
    from spinegui.gui.flows.models import Models
    from spinegui.gui.notices import Notices
    from spinegui.gui.spots import Spot
    from spinegui.gui.workspace import Workspace
    from spinegui.storage.model_store import ModelInfo


class Compare:
    """Shows how a new model differs and lets the user promote it or keep the old one."""

    def __init__(
        self,
        parent: QWidget,
        workspace: Workspace,
        notices: Notices,
        models: Models,
        point_at: Callable[[Box], object],
    ) -> None:
        self._parent = parent
        self._workspace = workspace
        self._notices = notices
        self._models = models
        self._point_at = point_at
        self._shown: dict[str, ComparisonDialog] = {}
        self._cut = PictureCutter(workspace, notices)

    def run(self, old: ModelInfo, new: ModelInfo, job_folder: Path) -> None:
        """Offer the new model; nothing opens by itself over the user's work."""
        self._notices.banner(
            _key(new),
            tr("{name} is trained. It is used only once you promote it.", name=new.name),
            (tr("Compare"), lambda: self._read(old, new, job_folder)),
            (tr("Promote"), lambda: self._decide(new, promote=True)),
            (tr("Keep the old one"), lambda: self._decide(new, promote=False)),
        )

    def _read(self, old: ModelInfo, new: ModelInfo, job_folder: Path) -> None:
        if self._workspace.blind is not None:
            self._notices.toast(tr("Not in a blind session: the comparison shows labels."))
            return
        shown = self._shown.get(new.sha)
        if shown is not None:
            shown.raise_()
            shown.activateWindow()
            return
        self._workspace.background.start(
            tr("Comparing the models"),
            lambda task: read_comparison(job_folder, task),
            lambda compared: self._show(old, new, compared),
            lambda error: self._notices.error(tr("The models could not be compared"), str(error)),
        )

    def _show(self, old: ModelInfo, new: ModelInfo, compared: Compared | None) -> None:
        dialog = ComparisonDialog(self._parent, (old.name, new.name), compared, self._cut)
        dialog.spot_chosen.connect(self._on_spot_chosen)
        dialog.decided.connect(lambda promote: self._decide(new, promote=promote))
        dialog.destroyed.connect(lambda: self._shown.pop(new.sha, None))
        self._shown[new.sha] = dialog
        dialog.show()

    def _on_spot_chosen(self, spot: Spot) -> None:
        """Show a spine that the models were compared on, in its image."""
        document = self._workspace.document
        images = document.images.values() if document else ()
        image = next((ref for ref in images if ref.path == str(spot.file)), None)
        if image is None:
            self._notices.toast(tr("{name} is not part of the open project.", name=spot.file.name))
            return
        if image.id != self._workspace.image_id:
            self._workspace.show_image(image.id)
        if spot.slice is not None and not self._workspace.view.is_projected:
            self._workspace.go_to_slice(spot.slice)
        self._point_at(spot.box)

    def _decide(self, new: ModelInfo, *, promote: bool) -> None:
        self._notices.clear_banner(_key(new))
        if promote:
            self._models.promote(new)
        else:
            self._notices.toast(
                tr("{name} is kept in the list of models, without working.", name=new.name)
            )


def _key(model: ModelInfo) -> str:
    return f"model {model.sha}"
