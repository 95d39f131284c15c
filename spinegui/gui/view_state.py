"""How the image is looked at: slice, projection, contrast, colours, threshold, layers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

DEFAULT_THRESHOLD = 0.5
CHANNEL_COLOURS = ("#00E000", "#FF00FF", "#00B7EB", "#FFD000", "#FF4040", "#FFFFFF")
"""The first two are told apart, and their sum is white, for colour-blind eyes too."""
_LOOK_FIELDS = ("window", "gamma", "colour", "is_visible")


@dataclass(frozen=True, slots=True)
class ChannelLook:
    """How one channel is shown; `window` None means automatic, `colour` "" the usual one."""

    window: tuple[float, float] | None = None
    gamma: float = 1.0
    colour: str = ""
    is_visible: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """What the eye sees. `channel` is the one that is shown alone, read out and adjusted."""

    z: int = 0
    channel: int = 0
    time: int = 0
    is_projected: bool = False
    z_range: tuple[int, int] | None = None
    """First and last slice of the projection; None means all."""
    slab: int = 0
    """So many slices on either side of the shown one are shown with it."""
    is_composite: bool = False
    looks: tuple[ChannelLook, ...] = field(default=())
    lut: str = "grey"
    threshold: float = DEFAULT_THRESHOLD
    show_boxes: bool = True
    show_labels: bool = True
    predictions_only: bool = False
    show_rejected: bool = False
    decided_only: bool = False
    """Whether nobody sees what nobody decided on, as in a search without the model's boxes."""
    smooth: bool = False

    def look(self, channel: int) -> ChannelLook:
        """Return how that channel is shown."""
        return self.looks[channel] if channel < len(self.looks) else ChannelLook()

    def colour(self, channel: int) -> str:
        """Return the colour ("#RRGGBB") of that channel in a composite."""
        return self.look(channel).colour or CHANNEL_COLOURS[channel % len(CHANNEL_COLOURS)]

    @property
    def window(self) -> tuple[float, float] | None:
        return self.look(self.channel).window

    @property
    def gamma(self) -> float:
        return self.look(self.channel).gamma

    def channels(self, n_channels: int) -> tuple[int, ...]:
        """Return the channels whose pixels are wanted: the visible ones and the adjusted one."""
        if not self.is_composite:
            return (self.channel,)
        visible = {c for c in range(n_channels) if self.look(c).is_visible}
        return tuple(sorted(visible | {self.channel}))

    def slices(self, n_z: int) -> tuple[int, int] | None:
        """Return the first and last slice to project, None where one slice is shown as it is."""
        if n_z < 2 or not (self.is_projected or self.slab):
            return None
        first, last = self.z - self.slab, self.z + self.slab
        if self.is_projected:
            first, last = self.z_range or (0, n_z - 1)
        return max(0, first), min(n_z - 1, last)

    def with_look(self, channel: int, **fields: object) -> View:
        """Return the view with that channel shown otherwise."""
        looks = [self.look(c) for c in range(max(channel + 1, len(self.looks)))]
        looks[channel] = replace(looks[channel], **fields)  # type: ignore[arg-type]
        return replace(self, looks=tuple(looks))


class ViewState(QObject):
    """The current `View`; listeners get the old and the new one and compare."""

    changed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = View()

    @property
    def view(self) -> View:
        return self._view

    def update(self, **fields: object) -> None:
        """Change the named fields of the view; those of a look, of the channel that is shown."""
        look = {name: fields.pop(name) for name in _LOOK_FIELDS if name in fields}
        view = replace(self._view, **fields)  # type: ignore[arg-type]
        self._set(view.with_look(view.channel, **look) if look else view)

    def update_channel(self, channel: int, **look: object) -> None:
        """Change how one channel is shown."""
        self._set(self._view.with_look(channel, **look))

    def _set(self, view: View) -> None:
        old, self._view = self._view, view
        if old != view:
            self.changed.emit(old, view)
