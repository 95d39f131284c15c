"""All that is known about one image: its detections, reviewed regions, state, calibration."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from spinegui.domain.detection import Detection
    from spinegui.domain.geometry import Box
    from spinegui.domain.image_ref import Calibration


@dataclass(frozen=True, slots=True)
class ReviewedRegion:
    """A part of an image that a person looked at: what is not marked there is background.

    `z_range` holds the inclusive slices that were looked at; None means all of them. `is_unaided`:
    the person looked before seeing what a model had found there.
    """

    kind: ClassVar[str] = "region"

    id: str
    image_id: str
    box: Box
    z_range: tuple[int, int] | None = None
    is_unaided: bool = False

    def contains(self, x: float, y: float, z: float | None = None) -> bool:
        inside_z = z is None or self.z_range is None or self.z_range[0] <= z <= self.z_range[1]
        return inside_z and self.box.contains(x, y)


class Progress(StrEnum):
    """How far people are with an image."""

    UNSEEN = "unseen"
    """Nobody decided anything on it."""
    IN_WORK = "in work"
    """Something is decided on it, or a part of it was looked at."""
    REVIEWED = "reviewed"
    """A person went through all of it."""
    NO_SPINES = "no spines"
    """A person went through all of it and says that it holds none."""


@dataclass(frozen=True, slots=True)
class ImageState:
    """Whether a person went through the whole image, and whether it was said to hold no spine.

    Raises ValueError for an image without spines that nobody went through.
    """

    kind: ClassVar[str] = "image_state"

    image_id: str
    is_reviewed: bool = False
    has_no_spines: bool = False

    def __post_init__(self) -> None:
        if self.has_no_spines and not self.is_reviewed:
            raise ValueError("Only an image that was reviewed is known to hold no spines.")

    @property
    def id(self) -> str:
        return self.image_id


@dataclass(frozen=True, slots=True)
class ImageChannel:
    """In which channel of an image, from 0, its spines were looked for; 0 where nobody said."""

    kind: ClassVar[str] = "channel"

    image_id: str
    channel: int

    @property
    def id(self) -> str:
        return self.image_id


def _no_detections() -> Mapping[str, Detection]:
    return MappingProxyType({})


def _no_regions() -> Mapping[str, ReviewedRegion]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Annotation:
    """All items of one image; immutable, changed only through `edits.apply`."""

    image_id: str
    detections: Mapping[str, Detection] = field(default_factory=_no_detections)
    regions: Mapping[str, ReviewedRegion] = field(default_factory=_no_regions)
    state: ImageState | None = None
    calibration: Calibration | None = None
    image_channel: ImageChannel | None = None

    @property
    def channel(self) -> int:
        """The channel that models learn from and are measured on."""
        return self.image_channel.channel if self.image_channel is not None else 0

    @property
    def is_reviewed(self) -> bool:
        return self.state is not None and self.state.is_reviewed

    @property
    def has_no_spines(self) -> bool:
        """Whether a person said that it holds none; a spine accepted since then outweighs it."""
        is_said = self.state is not None and self.state.has_no_spines
        return is_said and not any(d.is_decided for d in self.visible())

    @property
    def progress(self) -> Progress:
        if self.is_reviewed:
            return Progress.NO_SPINES if self.has_no_spines else Progress.REVIEWED
        return Progress.IN_WORK if self.has_decisions else Progress.UNSEEN

    @property
    def has_decisions(self) -> bool:
        """Tell whether a person decided anything here."""
        return (
            self.is_reviewed
            or bool(self.regions)
            or any(d.is_decided for d in self.detections.values())
        )

    def visible(self) -> Iterator[Detection]:
        """Yield the detections that are not rejected."""
        return (d for d in self.detections.values() if d.is_visible)

    def covers(self, x: float, y: float, z: float | None = None) -> bool:
        """Tell whether a person looked at that point."""
        return self.is_reviewed or any(r.contains(x, y, z) for r in self.regions.values())
