"""How each crop is shown at the size and scale of now: worked out once, read at every paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.gallery.cell_painter import Setting
from spinegui.gui.gallery.faces import Faces
from spinegui.gui.gallery.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spinegui.domain.labels import LabelSet
    from spinegui.gui.gallery.contents import Contents, Crop

Scale = tuple[int, bool, float]
"""The side of a picture in px of the view, whether each is scaled to fit, device px a px."""


class Settings:
    """Keeps settings by id until the scale or the crop itself changes."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.faces = Faces(SPINE_CLASSES)
        self.scale: tuple[Scale, float] | None = None
        self._known: dict[str, Setting] = {}

    def set_labels(self, labels: LabelSet) -> None:
        self.faces = Faces(labels)
        self._known.clear()

    def of(self, ids: Iterable[str], scale: Scale) -> list[Setting]:
        """Return how these crops are shown, in their order."""
        if self.scale != (scale, self._contents.field):
            self.scale = (scale, self._contents.field)
            self._known.clear()
        known, crops, found = self._known, self._contents.crops, []
        for crop_id in ids:
            setting, crop = known.get(crop_id), crops[crop_id]
            if setting is None or setting.crop is not crop:
                setting = known[crop_id] = self._make(crop, *scale)
            found.append(setting)
        return found

    def _make(self, crop: Crop, side: int, is_to_fit: bool, ratio: float) -> Setting:
        width = self._contents.width_px(crop, to_fit=is_to_fit)
        box, zoom = crop.detection.box, side / width
        wide, tall = round(box.width * zoom), round(box.height * zoom)
        outline = QRect((side - wide) // 2, (side - tall) // 2, wide, tall)
        score = crop.detection.score
        return Setting(
            crop=crop,
            picture=Picture(crop.place(width), round(side * ratio)),
            face=self.faces.of(crop),
            box=outline.intersected(QRect(0, 0, side - 1, side - 1)),
            strength=1.0 if score is None or crop.detection.is_decided else score,
            shrunk=1.0 if is_to_fit else self._contents.common_px(crop) / width,
        )
