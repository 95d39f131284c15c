"""From an image's file to the frame that a backend sees."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.backends.base import Frame
from spinegui.imaging.opening import file_sha256, open_image
from spinegui.imaging.projection import max_projection
from spinegui.jobs.payloads import ImageInput, ProjectionChoice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.imaging.source import ImageSource


class ImageInputError(Exception):
    """An image is not what the job was made for; the text says what happened and what to do."""


def read_frame(image: ImageInput, reporter: Reporter) -> Frame:
    """Read the pixels that the job asks for. Raises ImageInputError, ImageReadError."""
    name = Path(image.path).name
    if image.sha256 is not None and file_sha256(image.path) != image.sha256:
        raise ImageInputError(
            f"{name} was changed after it was added. Add it again, then start the job again."
        )
    reporter.check_cancelled()
    with open_image(image.path) as source:
        is_there = 0 <= image.channel < source.n_channels and 0 <= image.time < source.n_times
        if not is_there:
            raise ImageInputError(
                f"{name} has {source.n_channels} channels and {source.n_times} times; channel "
                f"{image.channel}, time {image.time} was asked for. Choose others (from 0)."
            )
        pixels = _read_pixels(source, image, reporter)
        return Frame(pixels, image.pixel_size or source.pixel_size)


def _read_pixels(source: ImageSource, image: ImageInput, reporter: Reporter) -> NDArray[Any]:
    def should_stop() -> bool:
        reporter.check_cancelled()
        return False

    if source.n_z == 1:
        # A copy: a view of a file that somebody cuts meanwhile would end this process.
        return np.array(source.plane(0, image.channel, image.time))[None]
    if image.projection == ProjectionChoice.MAX:
        plane = max_projection(source, image.channel, image.time, should_stop=should_stop)
        return plane[None]
    return source.volume(image.channel, image.time)
