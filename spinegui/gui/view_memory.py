"""How each image was last looked at, so that one who comes back finds it as it was left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spinegui.gui.canvas.luts import GREY, LUT_NAMES

if TYPE_CHECKING:
    from spinegui.domain.annotation import Annotation
    from spinegui.domain.image_ref import ImageRef
    from spinegui.gui.view_state import View

OF_THE_IMAGE = (
    "z", "channel", "time", "is_projected", "z_range", "slab", "is_composite", "looks", "lut",
)  # fmt: skip
"""The fields of a view that belong to one image; threshold and layers are the person's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of an image is on show: view px per image px, and the point in the middle."""

    scale: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Seen:
    """How one image was looked at; no place means the whole image."""

    view: View
    place: Place | None = None


class ViewMemory:
    """Remembers by image id, for as long as the window is open."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}

    def keep(self, image_id: str, view: View, place: Place | None) -> None:
        self._seen[image_id] = Seen(view, place)

    def find(self, image_id: str) -> Seen | None:
        return self._seen.get(image_id)

    def place(self, image_id: str) -> Place | None:
        """Return what part of the image was on show, None for the whole or a new image."""
        seen = self._seen.get(image_id)
        return seen.place if seen else None

    def fields_for(self, image: ImageRef, annotation: Annotation, view: View) -> dict[str, object]:
        """Return the fields of the view with which to show that image, fitted to its size.

        A new image takes over colours, composite, projection and slab from the one before, opens
        in the slice where most spines are sharpest, else in its middle, with automatic contrast.
        """
        seen = self._seen.get(image.id)
        start = seen.view if seen else self._first(image, annotation, view)
        shown = fitted(start, image)
        return {name: getattr(shown, name) for name in OF_THE_IMAGE}

    @staticmethod
    def _first(image: ImageRef, annotation: Annotation, view: View) -> View:
        found = Counter(round(d.z) for d in annotation.visible() if d.z is not None)
        z = found.most_common(1)[0][0] if found else image.n_z // 2
        return replace(view, z=z, time=0, z_range=None, looks=())


def fitted(view: View, image: ImageRef) -> View:
    """Return the view within the slices, channels and times of that image, in colours we know."""
    last = image.n_z - 1
    first_z, last_z = view.z_range or (0, last)
    first_z, last_z = max(0, min(first_z, last)), max(0, min(last_z, last))
    return replace(
        view,
        z=max(0, min(view.z, last)),
        channel=max(0, min(view.channel, image.n_channels - 1)),
        time=max(0, min(view.time, image.n_times - 1)),
        is_projected=view.is_projected and image.is_stack,
        slab=max(0, min(view.slab, last)),
        z_range=None if (first_z, last_z) == (0, last) else (first_z, last_z),
        is_composite=view.is_composite and image.n_channels > 1,
        lut=view.lut if view.lut in LUT_NAMES else GREY,
    )
