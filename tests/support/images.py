"""Small TIFFs of every dress that microscopes and programs give them, whole and broken."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import numpy as np
import tifffile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_OME = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
_OME_TYPES = {"uint8": "uint8", "uint16": "uint16", "float32": "float"}
_LSM_MAGIC = 0x0400494C


def numbered(shape: tuple[int, ...], dtype: str = "uint16") -> NDArray[Any]:
    """Pixels that differ everywhere (modulo the type), so that a wrong plane never looks right."""
    count = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
    if dtype == "bool":
        return count % 3 == 0
    if np.dtype(dtype).kind == "f":
        return (count / 7.0 - 3.0).astype(dtype)
    return (count * 7 % (2 ** min(16, 8 * np.dtype(dtype).itemsize - 1))).astype(dtype)


def write_plain(path: Path, pixels: NDArray[Any], **options: Any) -> Path:
    """A TIFF that says nothing of its axes: one page a plane; options as in tifffile.imwrite."""
    options.setdefault("photometric", "minisblack")
    with tifffile.TiffWriter(
        path,
        bigtiff=options.pop("bigtiff", False),
        byteorder=options.pop("byteorder", None),
    ) as writer:
        pages = pixels if options["photometric"] == "minisblack" else pixels[np.newaxis]
        for page in pages.reshape(-1, *pages.shape[-2 if pages is pixels else -3 :]):
            writer.write(page, metadata=None, contiguous=False, **options)
    return path


def write_imagej(
    path: Path,
    pixels: NDArray[Any],
    axes: str,
    *,
    per_unit: tuple[float, float] | None = None,
    metadata: Mapping[str, Any] | None = None,
    **options: Any,
) -> Path:
    """What Fiji saves; `per_unit` = pixels a unit in x and y, `metadata` such as unit, spacing."""
    tifffile.imwrite(
        path,
        pixels,
        imagej=True,
        resolution=per_unit,
        metadata={"axes": axes, **(metadata or {})},
        **options,
    )
    return path


def write_ome(
    path: Path,
    pixels: NDArray[Any],
    axes: str,
    *,
    sizes: Mapping[str, Any] | None = None,
    **options: Any,
) -> Path:
    """OME-TIFF; `sizes` such as PhysicalSizeX=0.1, PhysicalSizeXUnit="nm"."""
    options.setdefault("photometric", "minisblack")
    tifffile.imwrite(path, pixels, ome=True, metadata={"axes": axes, **(sizes or {})}, **options)
    return path


def ome_xml(
    shape_xyczt: Sequence[int], dtype: str, order: str, blocks: Sequence[str], **attributes: str
) -> str:
    """OME-XML of one image with the TiffData elements given."""
    sizes = "".join(f' Size{a}="{n}"' for a, n in zip("XYCZT", shape_xyczt, strict=True))
    more = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><OME xmlns="{_OME}"><Image ID="Image:0">'
        f'<Pixels ID="Pixels:0" DimensionOrder="{order}" Type="{_OME_TYPES[dtype]}"{sizes}{more}>'
        f'<Channel ID="Channel:0:0" SamplesPerPixel="1"/>{"".join(blocks)}'
        "</Pixels></Image></OME>"
    )


def write_described(path: Path, planes: NDArray[Any], description: str, **options: Any) -> Path:
    """Pages (n, Y, X) with a description of one's own, such as hand-made OME-XML."""
    with tifffile.TiffWriter(path) as writer:
        for number, page in enumerate(planes):
            text = description.encode() if number == 0 else None
            writer.write(
                page,
                photometric="minisblack",
                metadata=None,
                description=text,
                contiguous=False,
                **options,
            )
    return path


def write_ome_pair(folder: Path, planes: NDArray[Any]) -> tuple[Path, Path]:
    """A z-stack split over two OME-TIFFs that name each other; planes (2n, Y, X) uint16."""
    n_z, height, width = planes.shape
    half = n_z // 2
    paths = (folder / "part_0.ome.tif", folder / "part_1.ome.tif")
    uuids = [f"urn:uuid:00000000-0000-0000-0000-00000000000{n}" for n in (1, 2)]
    blocks = [
        f'<TiffData IFD="{z % half}" FirstZ="{z}" FirstC="0" FirstT="0" PlaneCount="1">'
        f'<UUID FileName="{paths[z // half].name}">{uuids[z // half]}</UUID></TiffData>'
        for z in range(n_z)
    ]
    xml = ome_xml((width, height, 1, n_z, 1), "uint16", "XYZCT", blocks)
    for number, path in enumerate(paths):
        own = xml.replace("<OME ", f'<OME UUID="{uuids[number]}" ')
        write_described(path, planes[number * half : (number + 1) * half], own)
    return paths


def write_lsm(path: Path, pixels: NDArray[Any], voxel_um: tuple[float, float, float]) -> Path:
    """What a Zeiss LSM writes: pixels (Z, C, Y, X), a thumbnail after each slice, sizes in m.

    Not two channels: a true LSM then stores the bit depths in a broken way of its own.
    """
    n_z, n_channels, height, width = pixels.shape
    info = np.zeros(1, tifffile.TIFF.CZ_LSMINFO)[0]
    info["MagicNumber"], info["StructureSize"] = _LSM_MAGIC, info.dtype.itemsize
    info["DimensionX"], info["DimensionY"], info["DimensionZ"] = width, height, n_z
    info["DimensionChannels"], info["DimensionTime"] = n_channels, 1
    info["DataType"], info["ThumbnailX"], info["ThumbnailY"] = 1, 4, 4
    for axis, value in zip("XYZ", voxel_um, strict=True):
        info[f"VoxelSize{axis}"] = value * 1e-6
    tag = (34412, "B", info.dtype.itemsize, info.tobytes(), True)
    thumbnail = np.zeros((n_channels, 4, 4), pixels.dtype)
    layout = {"photometric": "minisblack", "planarconfig": "separate", "metadata": None}
    with tifffile.TiffWriter(path, byteorder="<") as writer:
        for z in range(n_z):
            extra = [tag] if z == 0 else []
            writer.write(pixels[z], extratags=extra, contiguous=False, **layout)
            writer.write(thumbnail, subfiletype=1, contiguous=False, **layout)
    return path


def overwrite_tags(path: Path, **values: Any) -> Path:
    """Change tags of the first page in place: ImageWidth=60000, XResolution=(0, 1), …"""
    with tifffile.TiffFile(path, mode="r+") as tif:
        tags = tif.pages.first.tags
        for name, value in values.items():
            tags[name].overwrite(value)
    return path


def write_huge_declared(path: Path, side: int = 30_000) -> Path:
    """A file of a few hundred bytes that declares side × side compressed pixels."""
    write_plain(path, np.zeros((1, 70_000 // 1000, 64), np.uint8), compression="zlib")
    return overwrite_tags(path, ImageWidth=side, ImageLength=side, RowsPerStrip=side)


def blank_page(path: Path, number: int) -> Path:
    """Overwrite the compressed data of one page with zeros."""
    with tifffile.TiffFile(path) as tif:
        page = tif.pages[number]
        start, count = page.dataoffsets[0], sum(page.databytecounts)
    data = bytearray(path.read_bytes())
    data[start : start + count] = bytes(count)
    path.write_bytes(data)
    return path


def cut(path: Path, keep: float) -> Path:
    """Keep the first part of a file, as an interrupted copy does."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    return path


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Break a file in one of the ways that disks, networks and attackers do."""
    broken = bytearray(data)
    way = int(rng.integers(5))
    if way == 0:  # a few bytes, most of them in the header and the tags
        for _ in range(int(rng.integers(1, 12))):
            end = min(400, len(broken)) if rng.random() < 0.7 else len(broken)
            broken[int(rng.integers(end))] = int(rng.integers(256))
    elif way == 1:  # cut off
        del broken[int(rng.integers(len(broken))) :]
    elif way == 2:  # a run of zeros
        start = int(rng.integers(len(broken)))
        broken[start : start + 64] = bytes(len(broken[start : start + 64]))
    elif way == 3:  # extreme numbers where counts and offsets stand
        extremes = (0, 1, 2**16 - 1, 2**31 - 1, 2**32 - 1)
        for _ in range(int(rng.integers(1, 4))):
            start = int(rng.integers(8, max(9, min(600, len(broken) - 4))))
            struct.pack_into("<I", broken, start, extremes[int(rng.integers(len(extremes)))])
    else:  # a piece of itself in the wrong place
        start, to = (int(n) for n in rng.integers(max(1, len(broken) - 32), size=2))
        broken[to : to + 32] = broken[start : start + 32]
    return bytes(broken)
