"""Where the image lies in the view: one scale and one offset, and the arithmetic on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from spinegui.domain.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_SCALE = 64.0
MIN_FRACTION_OF_FIT = 0.5


class DeviceTransform(NamedTuple):
    """Image px to device px: device = image * scale + offset, offsets whole device pixels."""

    scale: float
    ox: int
    oy: int


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """Image px to view px (logical): view = image * scale + (dx, dy)."""

    scale: float = 1.0
    dx: float = 0.0
    dy: float = 0.0

    @classmethod
    def fitted(cls, image: tuple[float, float], view: tuple[float, float]) -> ViewTransform:
        """Show the whole image (width, height) centred in the view, with a little air around it."""
        scale = _fit_scale(image, view)
        return cls(scale, (view[0] - image[0] * scale) / 2, (view[1] - image[1] * scale) / 2)

    @classmethod
    def centred(cls, scale: float, at: tuple[float, float], view: Sequence[float]) -> ViewTransform:
        """Show image point `at` in the middle of the view."""
        return cls(scale, view[0] / 2 - at[0] * scale, view[1] / 2 - at[1] * scale)

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        return x * self.scale + self.dx, y * self.scale + self.dy

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.dx) / self.scale, (y - self.dy) / self.scale

    def box_to_view(self, box: Box) -> Box:
        return Box(*self.to_view(box.x0, box.y0), *self.to_view(box.x1, box.y1))

    def visible(self, view: tuple[float, float]) -> Box:
        """Return the part of the image plane that a view of that size shows, in image px."""
        return Box(*self.to_image(0, 0), *self.to_image(*view))

    def panned(self, dx: float, dy: float) -> ViewTransform:
        return ViewTransform(self.scale, self.dx + dx, self.dy + dy)

    def scaled_to(self, scale: float, at: tuple[float, float]) -> ViewTransform:
        """Change the scale while the image point under view point `at` stays where it is."""
        x, y = self.to_image(*at)
        return ViewTransform(scale, at[0] - x * scale, at[1] - y * scale)

    def kept_in_sight(self, image: tuple[float, float], view: tuple[float, float]) -> ViewTransform:
        """Shift so that the image never leaves the view: a quarter of the view keeps some of it."""
        limit_x, limit_y = view[0] / 4, view[1] / 4
        dx = min(max(self.dx, limit_x - image[0] * self.scale), view[0] - limit_x)
        dy = min(max(self.dy, limit_y - image[1] * self.scale), view[1] - limit_y)
        return ViewTransform(self.scale, dx, dy)

    def filling(self, image: tuple[float, float], view: tuple[float, float]) -> ViewTransform:
        """Shift so that no more of what lies around the image is on show than there must be."""
        dx = _filling_offset(self.dx, image[0] * self.scale, view[0])
        dy = _filling_offset(self.dy, image[1] * self.scale, view[1])
        return ViewTransform(self.scale, dx, dy)

    def device(self, ratio: float) -> DeviceTransform:
        """Device px at that ratio; the offset is rounded so that pixels and boxes agree."""
        return DeviceTransform(self.scale * ratio, round(self.dx * ratio), round(self.dy * ratio))


def allowed_scale(scale: float, image: tuple[float, float], view: tuple[float, float]) -> float:
    """Return the nearest scale that neither loses the image nor shows only a handful of pixels."""
    lowest = min(_fit_scale(image, view) * MIN_FRACTION_OF_FIT, 1.0)
    return min(max(scale, lowest), MAX_SCALE)


def _filling_offset(offset: float, length: float, room: float) -> float:
    """Return the nearest offset that fills the room, or the middle for what is shorter."""
    if length <= room:
        return (room - length) / 2
    return min(max(offset, room - length), 0.0)


def _fit_scale(image: tuple[float, float], view: tuple[float, float]) -> float:
    air = 0.98
    return max(min(view[0] / image[0], view[1] / image[1]) * air, 1e-6)
