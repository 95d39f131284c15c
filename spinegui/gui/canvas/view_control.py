"""Which part of the image is on show: fit, zoom, pan, and the short glide to the next spine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal

from spinegui.gui.canvas.view_transform import ViewTransform, allowed_scale
from spinegui.gui.style.motion import PAN_MS, wants_motion

if TYPE_CHECKING:
    from spinegui.domain.geometry import Box

Size = tuple[float, float]

BOX_SHARES = {"near": 0.26, "usual": 0.16, "far": 0.09}
"""Which share of the view a box takes that is zoomed to, by the settings' word."""
_LARGEST_BOX_SCALE = 24.0
_LEGIBLE_SHARES = (1 / 12, 1 / 3)
"""A box whose longer side takes a share between these of the view's shorter one can be judged."""


class ViewControl(QObject):
    """Owns the transform. While nobody zoomed or panned, the image stays fitted to the view."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.transform = ViewTransform()
        self._image: Size = (1.0, 1.0)
        self._view: Size = (1.0, 1.0)
        self._is_fitted = True
        self.box_share = BOX_SHARES["usual"]
        self._from = self._to = self.transform
        self._glide = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._glide.setDuration(PAN_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glide.valueChanged.connect(self._on_glide_value_changed)

    @property
    def is_fitted(self) -> bool:
        return self._is_fitted

    @property
    def image_size(self) -> Size:
        return self._image

    @property
    def view_size(self) -> Size:
        return self._view

    def visible(self) -> Box:
        """Return the part of the image plane on show, in px; it may reach beyond the image."""
        return self.transform.visible(self._view)

    def set_image_size(self, width: float, height: float) -> None:
        """Fit an image of another size; leave the view alone for one of the same size."""
        if (width, height) != self._image:
            self._image = (float(width), float(height))
            self.fit()

    def set_view_size(self, width: float, height: float) -> None:
        """Follow the widget: stay fitted, else keep the centre where it is."""
        dx, dy = (width - self._view[0]) / 2, (height - self._view[1]) / 2
        self._view = (max(float(width), 1.0), max(float(height), 1.0))
        if self._is_fitted:
            self.fit()
        else:
            self._show(self.transform.panned(dx, dy))

    def fit(self) -> None:
        self._glide.stop()
        self._is_fitted = True
        self.transform = ViewTransform.fitted(self._image, self._view)
        self.changed.emit()

    def zoom(self, factor: float, at: Size | None = None) -> None:
        """Zoom by a factor about a view point, by default the middle of the view."""
        self._zoom_to_scale(self.transform.scale * factor, at)

    def actual_size(self, ratio: float) -> None:
        """Show one image pixel as one pixel of a screen with that device pixel ratio."""
        self._zoom_to_scale(1 / ratio, None)

    def zoom_to(self, box: Box) -> None:
        """Show the box large, with its surroundings."""
        share = self.box_share
        scale = min(self._view[0] * share / box.width, self._view[1] * share / box.height)
        scale = allowed_scale(min(scale, _LARGEST_BOX_SCALE), self._image, self._view)
        self._show(ViewTransform.centred(scale, box.center, self._view))

    def frame(self, box: Box) -> None:
        """Show the whole box as large as the view lets it, in the middle, at once."""
        scale = min(self._view[0] / box.width, self._view[1] / box.height)
        scale = allowed_scale(scale, self._image, self._view)
        self._show(ViewTransform.centred(scale, box.center, self._view))

    def pan(self, dx: float, dy: float) -> None:
        """Move the image by view px."""
        self._show(self.transform.panned(dx, dy))

    def center_at(self, x: float, y: float) -> None:
        """Bring an image point to the middle at once."""
        self._show(ViewTransform.centred(self.transform.scale, (x, y), self._view))

    def look_at(self, scale: float, at: Size) -> None:
        """Show that image point in the middle at that scale, as far as the limits allow."""
        scale = allowed_scale(scale, self._image, self._view)
        self._show(ViewTransform.centred(scale, at, self._view))

    def center_on(self, box: Box, *, animate: bool) -> None:
        """Bring the box to the middle, or as near as the image's border lets it, at this zoom."""
        target = ViewTransform.centred(self.transform.scale, box.center, self._view)
        self._go(target.filling(self._image, self._view), animate=animate)

    def approach(self, box: Box, *, scale: float | None = None, animate: bool) -> None:
        """Bring the box to the middle for judging it.

        The zoom stays at `scale` (by default as it is) where the box is legible in it: between
        spines of like size, nothing but the place changes. Else the box takes a sixth of the view.
        """
        side, room = max(box.width, box.height), min(self._view)
        scale = self.transform.scale if scale is None else scale
        least, most = _LEGIBLE_SHARES
        if not least * room <= side * scale <= most * room:
            scale = min(self.box_share * room / side, _LARGEST_BOX_SCALE)
        scale = allowed_scale(scale, self._image, self._view)
        target = ViewTransform.centred(scale, box.center, self._view)
        self._go(target.filling(self._image, self._view), animate=animate)

    def stop(self) -> None:
        """End a glide at its target."""
        if self._glide.state() == QVariantAnimation.State.Running:
            self._show(self._to)

    def _go(self, target: ViewTransform, *, animate: bool) -> None:
        if not (animate and wants_motion()):
            self._show(target)
            return
        self._glide.stop()
        self._from, self._to = self.transform, target
        self._glide.start()

    def _zoom_to_scale(self, scale: float, at: Size | None) -> None:
        at = at or (self._view[0] / 2, self._view[1] / 2)
        self._show(self.transform.scaled_to(allowed_scale(scale, self._image, self._view), at))

    def _show(self, transform: ViewTransform) -> None:
        self._glide.stop()
        self._is_fitted = False
        self.transform = transform.kept_in_sight(self._image, self._view)
        self.changed.emit()

    def _on_glide_value_changed(self, way: float) -> None:
        a, b = self._from, self._to
        scale = a.scale * (b.scale / a.scale) ** way
        if a.scale != b.scale:
            # In step with the zoom, so that one point of the image stays where it is.
            way = (scale - a.scale) / (b.scale - a.scale)
        dx, dy = a.dx + (b.dx - a.dx) * way, a.dy + (b.dy - a.dy) * way
        self._is_fitted = False
        self.transform = ViewTransform(scale, dx, dy)
        self.changed.emit()
