"""Writing synthetic images as calibrated TIFF files, as ImageJ reads them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from spinegui.storage.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.synthesis.scene import SyntheticImage


class SynthesisError(Exception):
    """Synthetic images could not be written. The text is for the user."""


def write_image(path: Path, image: SyntheticImage) -> None:
    """Write the pixels, (Z, Y, X) or (Y, X) in 2D, with voxel size in µm; whole or not at all.

    Raises SynthesisError.
    """
    import tifffile

    is_stack = image.settings.is_stack
    size = image.pixel_size
    metadata: dict[str, object] = {"axes": "ZYX" if is_stack else "YX", "unit": "um"}
    if size.z_um is not None:
        metadata["spacing"] = size.z_um
    buffer = io.BytesIO()
    tifffile.imwrite(
        buffer,
        image.pixels if is_stack else image.pixels[0],
        imagej=True,
        resolution=(1 / size.x_um, 1 / size.y_um),
        metadata=metadata,
    )
    write_bytes(path, buffer.getvalue())


def write_bytes(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all; raises SynthesisError."""
    try:
        write_whole(path, data)
    except OSError as err:
        reason = err.strerror or str(err)
        raise SynthesisError(
            f"{path} could not be written ({reason}). Choose a folder with free space that you may "
            "write to."
        ) from err
