"""What OME-XML says beyond the axes that tifffile reads from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from spinegui.imaging.reading import optional

if TYPE_CHECKING:
    from tifffile import TiffFile


def elements(xml: str | None, name: str) -> list[ET.Element]:
    """Return the elements of that name in document order, whatever the version of the schema.

    Raises ElementTree.ParseError where the text is not XML.
    """
    # OME-XML has no document type; one that has may be a bomb of nested entities.
    if not xml or "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        return []
    root = ET.fromstring(xml)  # noqa: S314 - entities were refused above
    return [element for element in root.iter() if element.tag.rpartition("}")[2] == name]


def missing_companions(tif: TiffFile) -> tuple[str, ...]:
    """Return the names of the other files that an OME-TIFF is spread over and that are not there.

    A file that was renamed still knows itself by its UUID and misses nothing.
    """
    return optional(lambda: _missing(tif.ome_metadata, Path(tif.filehandle.path))) or ()


def _missing(xml: str | None, path: Path) -> tuple[str, ...]:
    own = {root.get("UUID") for root in elements(xml, "OME")} | {None}
    others = {
        name
        for uuid in elements(xml, "UUID")
        if uuid.text not in own and (name := uuid.get("FileName")) is not None
    }
    return tuple(sorted(name for name in others if not (path.parent / name).exists()))
