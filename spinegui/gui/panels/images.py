"""The list of images with how far each one is reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QLabel, QListView, QVBoxLayout, QWidget
from typing_extensions import override

from spinegui.domain.annotation import Progress
from spinegui.gui.language import ntr, tr
from spinegui.gui.panels.state_dots import state_icon

if TYPE_CHECKING:
    from spinegui.domain.annotation import Annotation
    from spinegui.domain.edits import Edit
    from spinegui.domain.image_ref import ImageRef
    from spinegui.gui.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = Qt.ItemDataRole.UserRole


class ImageListModel(QAbstractListModel):
    """The table model behind the list: one row an image, in the project's order."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._refs: list[ImageRef] = []

    def reload(self) -> None:
        self.beginResetModel()
        document = self._workspace.document
        self._refs = list(document.images.values()) if document else []
        self.endResetModel()

    def row_of(self, image_id: str) -> int:
        return next((i for i, ref in enumerate(self._refs) if ref.id == image_id), -1)

    def refresh(self, image_ids: tuple[str, ...]) -> None:
        for image_id in image_ids:
            index = self.index(self.row_of(image_id))
            self.dataChanged.emit(index, index)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._refs)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or self._workspace.document is None:
            return None
        ref = self._refs[index.row()]
        annotation = self._workspace.document.annotation(ref.id)
        if role == Qt.ItemDataRole.DisplayRole:
            return ref.name
        if role == Qt.ItemDataRole.DecorationRole:
            return state_icon(annotation.progress)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole}:
            return f"{ref.shown_path}\n{describe(ref)}\n{describe_progress(annotation)}"
        return ref.id if role == ID_ROLE else None


class ImagesPanel(QWidget):
    """Shows the images of the project; a click shows one."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.model = ImageListModel(workspace)
        self.list = QListView(self)
        self.list.setObjectName("images")
        self.list.setAccessibleName(tr("Images"))
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        # Long names are cut in the middle, not scrolled.
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.summary = QLabel(self)
        self.summary.setObjectName("hint")
        self.summary.setContentsMargins(12, 4, 12, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.summary)
        workspace.document_changed.connect(self._reload)
        workspace.images_changed.connect(self._reload)
        workspace.image_changed.connect(self._on_image_changed)
        workspace.edited.connect(self._on_edited)
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self._summarise()

    def _reload(self, _cause: object = None) -> None:
        self.model.reload()
        self._on_image_changed(self._workspace.image_id)
        self._summarise()

    def _on_image_changed(self, image_id: str) -> None:
        row = self.model.row_of(image_id)
        if row >= 0 and row != self.list.currentIndex().row():
            self.list.setCurrentIndex(self.model.index(row))

    def _on_current_changed(self, current: QModelIndex) -> None:
        image_id = current.data(ID_ROLE)
        if image_id and image_id != self._workspace.image_id:
            self._workspace.show_image(image_id)

    def _on_edited(self, edit: Edit) -> None:
        self.model.refresh(edit.image_ids)
        self._summarise()

    def _summarise(self) -> None:
        document = self._workspace.document
        if document is None or not document.images:
            self.summary.setText(tr("No images yet."))
            return
        reviewed = sum(document.annotation(i).is_reviewed for i in document.images)
        self.summary.setText(
            tr("{reviewed} of {len} reviewed", reviewed=reviewed, len=len(document.images))
        )


def describe(ref: ImageRef) -> str:
    """Return size, slices, channels, depth and pixel size in one line."""
    parts = [tr("{width} × {height} px", width=ref.width, height=ref.height)]
    if ref.is_stack:
        parts.append(tr("{n_z} slices", n_z=ref.n_z))
    if ref.n_channels > 1:
        parts.append(tr("{n_channels} channels", n_channels=ref.n_channels))
    if ref.n_times > 1:
        parts.append(tr("{n_times} times", n_times=ref.n_times))
    parts.append(ref.dtype)
    size = ref.pixel_size
    parts.append(
        tr("{x_um:.4g} µm/px ({source})", x_um=size.x_um, source=size.source)
        if size
        else tr("pixel size unknown")
    )
    return " · ".join(parts)


def describe_progress(annotation: Annotation) -> str:
    """Return in a line how far people are with an image."""
    n = sum(1 for d in annotation.visible() if d.is_decided)
    return {
        Progress.UNSEEN: tr("unseen: nothing decided yet"),
        Progress.IN_WORK: ntr("in work: {n} spine decided", "in work: {n} spines decided", n),
        Progress.REVIEWED: ntr("reviewed: {n} spine", "reviewed: {n} spines", n),
        Progress.NO_SPINES: tr("reviewed: no spines here"),
    }[annotation.progress]
