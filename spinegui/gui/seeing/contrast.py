"""Contrast: which value is shown dark and which bright, of each channel on show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.gui.canvas.layers import Layer
from spinegui.gui.canvas.luts import GREY, colour_ramp, lut
from spinegui.imaging.contrast import auto_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.gui.canvas.luts import ColourTable
    from spinegui.gui.view_state import ViewState

Window = tuple[float, float]
USUAL_PERCENTILES = (0.1, 99.8)
GAMMA_RANGE = (0.1, 10.0)


class Contrast:
    """Keeps the windows of the channels on show; what a person set lies in the view."""

    def __init__(self, view_state: ViewState) -> None:
        self._view_state = view_state
        self.planes: dict[int, NDArray[np.generic]] = {}
        """The planes (Y, X) on show by channel, as they are in the file."""
        self.percentiles = USUAL_PERCENTILES
        self._auto: dict[tuple[str, int], Window] = {}
        self._measured: dict[tuple[str, int], Window] = {}

    @property
    def plane(self) -> NDArray[np.generic] | None:
        """The plane of the channel that is shown, or adjusted where several are."""
        return self.planes.get(self._view_state.view.channel)

    def forget(self) -> None:
        """Another image: neither its pixels nor its windows are known yet."""
        self.planes = {}
        self._auto, self._measured = {}, {}

    def set_measured(self, channel: int, window: Window) -> None:
        """Take the window that suits all slices of a stack."""
        self._auto["", channel] = self._measured["", channel] = window

    def window_of(self, channel: int) -> Window:
        """Return the values that are shown darkest and brightest."""
        view = self._view_state.view
        chosen, plane = view.look(channel).window, self.planes.get(channel)
        if chosen is not None:
            return chosen
        if plane is None:
            return 0.0, 1.0
        # Contrast stays put while scrolling through a stack, so that slices can be compared.
        kind = "projection" if view.is_projected else "slab" if view.slab else ""
        key = (kind, channel)
        if key not in self._auto:
            self._auto[key] = auto_window(plane, *self.percentiles)
        return self._auto[key]

    def layers(self) -> tuple[tuple[Layer, ...], int]:
        """Return what the canvas is to paint, and which of it is read out and adjusted."""
        view, plane = self._view_state.view, self.plane
        if plane is None:
            return (), 0
        if not view.is_composite:
            window = self.window_of(view.channel)
            return (Layer(plane, window, view.gamma, self.colours()),), 0
        channels = sorted(self.planes)
        layers = []
        for channel in channels:
            look, colours = view.look(channel), colour_ramp(view.colour(channel))
            window, shown = self.window_of(channel), look.is_visible
            layers.append(Layer(self.planes[channel], window, look.gamma, colours, shown))
        return tuple(layers), channels.index(view.channel)

    def colours(self) -> ColourTable:
        """Return the colours of the channel that is shown."""
        view = self._view_state.view
        return colour_ramp(view.colour(view.channel)) if view.is_composite else lut(view.lut)

    def auto(self) -> None:
        """Choose the window by the percentiles of the shown plane."""
        self._auto = {}
        self._view_state.update(window=None, gamma=1.0)

    def reset(self) -> None:
        """Show everything as when the image was opened."""
        self._auto = dict(self._measured)
        self._view_state.update(looks=(), lut=GREY)

    def full(self) -> None:
        """Show every value from the least to the greatest."""
        if self.plane is not None:
            finite = self.plane[np.isfinite(self.plane)]
            if finite.size:
                self.set_window(float(finite.min()), float(finite.max()))

    def set_window(self, low: float, high: float) -> None:
        """Show these values darkest and brightest; nothing happens where they are not in order."""
        if high > low:
            self._view_state.update(window=(float(low), float(high)))

    def set_gamma(self, gamma: float) -> None:
        least, most = GAMMA_RANGE
        self._view_state.update(gamma=min(max(gamma, least), most))
